//! Who sent a notification: an HMAC-SHA256 with the app secret over the exact bytes of the body. Meta signs its own
//! escaped text (`\u00e4`, `\/`), so a body that is parsed and serialised again does not match.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/create-webhook-endpoint>

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// The header that carries the signature.
pub const HEADER: &str = "x-hub-signature-256";

const PREFIX: &str = "sha256=";

/// Why a notification is not trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    #[error("the signature header is missing")]
    Missing,
    #[error("the signature header is not \"sha256=\" and 64 hex digits")]
    Malformed,
    #[error("the signature belongs to another body or another app secret")]
    Mismatch,
}

/// The header's value for a body, as Meta would send it.
pub fn sign(secret: &SecretString, body: &[u8]) -> String {
    format!("{PREFIX}{}", digest(secret, body))
}

/// The HMAC alone, as hex digits.
pub fn digest(secret: &SecretString, text: &[u8]) -> String {
    hex::encode(mac(secret, text).finalize().into_bytes())
}

/// A parsed signature that is not verified yet.
#[derive(Debug, Clone, Copy)]
pub struct Signature([u8; 32]);

impl Signature {
    /// Reads the header.
    ///
    /// # Errors
    /// [`SignatureError::Missing`] or [`SignatureError::Malformed`].
    pub fn read(header: Option<&str>) -> Result<Self, SignatureError> {
        let header = header.ok_or(SignatureError::Missing)?;
        let digits = header.strip_prefix(PREFIX).ok_or(SignatureError::Malformed)?;
        let mut signature = [0; 32];
        hex::decode_to_slice(digits, &mut signature).map_err(|_| SignatureError::Malformed)?;
        Ok(Self(signature))
    }

    /// Checks, in constant time, that the body was signed with this app secret. An empty secret matches nothing: a
    /// channel without a secret must not trust every sender.
    pub fn is_of(&self, secret: &SecretString, body: &[u8]) -> bool {
        !secret.expose_secret().is_empty() && mac(secret, body).verify_slice(&self.0).is_ok()
    }
}

/// Reads the header and checks it against the body.
///
/// # Errors
/// [`SignatureError`] if the body was not signed with this app secret.
pub fn verify(secret: &SecretString, header: Option<&str>, body: &[u8]) -> Result<(), SignatureError> {
    match Signature::read(header)?.is_of(secret, body) {
        true => Ok(()),
        false => Err(SignatureError::Mismatch),
    }
}

fn mac(secret: &SecretString, body: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes())
        .expect("HMAC takes a key of any length");
    mac.update(body);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    const ESCAPED: &[u8] = br#"{"text":"\u00e4\u00f6\u00e5 text\/html"}"#;
    const ESCAPED_HEADER: &str = "sha256=8d502d46bcb49c5daeaa12efd7ae150567ccfb59a279495078a34f55bf61c14b";

    fn secret(text: &str) -> SecretString {
        SecretString::from(text)
    }

    #[test]
    fn agrees_with_rfc_4231_case_2() {
        assert_eq!(
            sign(&secret("Jefe"), b"what do ya want for nothing?"),
            "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    #[test]
    fn covers_the_bytes_as_escaped_on_the_wire() {
        let key = secret("app-secret");
        assert_eq!(verify(&key, Some(ESCAPED_HEADER), ESCAPED), Ok(()));
        let rewritten: serde_json::Value = serde_json::from_slice(ESCAPED).unwrap();
        let rewritten = serde_json::to_vec(&rewritten).unwrap();
        assert_eq!(
            verify(&key, Some(ESCAPED_HEADER), &rewritten),
            Err(SignatureError::Mismatch)
        );
    }

    #[test]
    fn accepts_upper_case_hex() {
        let upper = ESCAPED_HEADER.to_uppercase().replace("SHA256", "sha256");
        assert_eq!(verify(&secret("app-secret"), Some(&upper), ESCAPED), Ok(()));
    }

    #[test]
    fn refuses_what_was_not_signed_with_the_secret() {
        let key = secret("app-secret");
        assert_eq!(verify(&key, None, ESCAPED), Err(SignatureError::Missing));
        for header in [
            "",
            "sha256=",
            "sha1=00",
            &ESCAPED_HEADER[7..],
            &ESCAPED_HEADER[..69],
            "sha256=zz",
        ] {
            assert_eq!(
                verify(&key, Some(header), ESCAPED),
                Err(SignatureError::Malformed),
                "{header}"
            );
        }
        assert_eq!(
            verify(&key, Some(&format!("{ESCAPED_HEADER}00")), ESCAPED),
            Err(SignatureError::Malformed)
        );
        assert_eq!(
            verify(&secret("other"), Some(ESCAPED_HEADER), ESCAPED),
            Err(SignatureError::Mismatch)
        );
        assert_eq!(
            verify(&key, Some(ESCAPED_HEADER), b"{}"),
            Err(SignatureError::Mismatch)
        );
    }

    #[test]
    fn an_empty_secret_matches_nothing() {
        let empty = secret("");
        assert_eq!(
            verify(&empty, Some(&sign(&empty, b"{}")), b"{}"),
            Err(SignatureError::Mismatch)
        );
    }
}
