//! The second factor of a log-in: a code that an app shows, or a recovery code.

use super::passkey::PasskeyRow;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How many recovery codes there are.
pub const RECOVERY_CODES: u32 = 10;
/// Hexadecimal digits of a recovery code.
pub const RECOVERY_DIGITS: usize = 16;
/// Digits of a code that an app shows.
const DIGITS: usize = 6;

/// How far a user's second factor is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondFactorView {
    /// `None`: log-ins ask for no code.
    pub on_since: Option<Timestamp>,
    /// Recovery codes that were not used yet.
    pub codes_left: u32,
    /// What the user needs to turn it on. It is not shown any more when it is on.
    pub setup: Option<SecondFactorSetup>,
    /// The oldest first.
    pub passkeys: Vec<PasskeyRow>,
}

/// What an app and its user are told when a second factor is set up.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondFactorSetup {
    /// In Base32, for apps that read no QR code.
    pub secret: String,
    /// What the QR code says: <https://github.com/google/google-authenticator/wiki/Key-Uri-Format>
    pub uri: String,
    pub recovery_codes: Vec<String>,
}

impl fmt::Debug for SecondFactorSetup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecondFactorSetup").finish_non_exhaustive()
    }
}

/// What somebody typed as a code.
#[derive(Debug, PartialEq, Eq)]
pub enum TypedCode {
    /// The digits that an app shows.
    OfApp(String),
    Recovery(String),
}

impl TypedCode {
    /// People type spaces and dashes as they like. `None`: no code looks like this.
    pub fn read(typed: &str) -> Option<Self> {
        let is_filling = |c: char| c.is_whitespace() || c == '-';
        let code: String = typed
            .chars()
            .filter(|c| !is_filling(*c))
            .take(RECOVERY_DIGITS + 1)
            .collect::<String>()
            .to_ascii_lowercase();
        if code.len() == DIGITS && code.bytes().all(|c| c.is_ascii_digit()) {
            Some(Self::OfApp(code))
        } else if code.len() == RECOVERY_DIGITS && code.bytes().all(|c| c.is_ascii_hexdigit()) {
            Some(Self::Recovery(code))
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_as_people_type_them() {
        let app = |code: &str| Some(TypedCode::OfApp(code.to_owned()));
        let recovery = Some(TypedCode::Recovery("0123456789abcdef".to_owned()));
        for (typed, code) in [
            ("123456", app("123456")),
            (" 123 456\n", app("123456")),
            ("0123-4567-89ab-cdef", recovery),
            ("12345", None),
            ("1234567", None),
            ("12345a", None),
            ("١٢٣٤٥٦", None),
            ("0123-4567-89ab-cdeg", None),
            ("0123-4567-89ab-cdef-0", None),
            ("", None),
        ] {
            assert_eq!(TypedCode::read(typed), code, "{typed:?}");
        }
        let upper = TypedCode::read("0123 4567 89AB CDEF");
        assert_eq!(upper, Some(TypedCode::Recovery("0123456789abcdef".to_owned())));
        assert_eq!(TypedCode::read(&"9".repeat(4_000_000)), None);
    }
}
