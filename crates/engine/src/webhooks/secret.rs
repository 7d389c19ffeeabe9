//! The secret of a webhook, and what it signs.
//! <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#symmetric>

use crate::random;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::SecretString;
use sha2::Sha256;
use std::fmt;

#[derive(Clone, PartialEq, Eq)]
pub(super) struct Secret([u8; 32]);

impl Secret {
    pub(super) fn create() -> Self {
        Self(random::bytes())
    }

    /// What was sealed.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// As whoever checks signatures is given it.
    pub(super) fn text(&self) -> SecretString {
        format!("whsec_{}", BASE64_STANDARD.encode(self.0)).into()
    }

    fn sign(&self, id: &str, seconds: i64, body: &[u8]) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(format!("{id}.{seconds}.").as_bytes());
        mac.update(body);
        format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secret").finish_non_exhaustive()
    }
}

/// The header `webhook-signature`: one signature by each secret.
pub(super) fn signature(secrets: &[Secret], id: &str, seconds: i64, body: &[u8]) -> String {
    let signatures: Vec<_> = secrets
        .iter()
        .map(|secret| secret.sign(id, seconds, body))
        .collect();
    signatures.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret as _;

    const BODY: &str = r#"{"type":"message.received","timestamp":"2026-11-30T02:00:00Z","data":{"id":"é"}}"#;

    /// Of the PyPI package `standardwebhooks` 1.1.0.
    const BY_ANOTHER: &str = "v1,cLX5tO4k6ZyOzK8Uh8vaWmTrfuHhA437Mrj41tU3P5o=";

    fn counted() -> Secret {
        Secret(std::array::from_fn(|n| u8::try_from(n).unwrap()))
    }

    #[test]
    fn another_implementation_signs_the_same() {
        let text = counted().text();
        assert_eq!(
            text.expose_secret(),
            "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
        );
        let signed = signature(&[counted()], "msg_1", 1_796_004_000, BODY.as_bytes());
        assert_eq!(signed, BY_ANOTHER);
    }

    #[test]
    fn while_secrets_change_both_sign() {
        let signed = signature(
            &[Secret::create(), counted()],
            "msg_1",
            1_796_004_000,
            BODY.as_bytes(),
        );
        let (new, former) = signed.split_once(' ').unwrap();
        assert!(new.starts_with("v1,") && new != BY_ANOTHER);
        assert_eq!(former, BY_ANOTHER);
    }

    #[test]
    fn a_secret_is_not_shown_by_accident() {
        assert_eq!(format!("{:?}", counted()), "Secret { .. }");
    }
}
