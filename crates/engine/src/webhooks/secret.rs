//! The secret of a webhook, and what it signs.
//! <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#symmetric>

use crate::random;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use domain::form::Problem;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;
use std::fmt;

const PREFIX: &str = "whsec_";
/// Bytes that a secret has at least and at most.
const SHORTEST: usize = 24;
const LONGEST: usize = 64;

#[derive(Clone, PartialEq, Eq)]
pub(super) struct Secret(Vec<u8>);

impl Secret {
    pub(super) fn create() -> Self {
        Self(random::bytes::<32>().to_vec())
    }

    /// One that a user brings: `whsec_` and base64.
    pub(super) fn parse(text: &SecretString) -> Result<Self, Problem> {
        let encoded = text.expose_secret().trim().strip_prefix(PREFIX);
        let bytes = encoded.and_then(|encoded| BASE64_STANDARD.decode(encoded).ok());
        Self::checked(bytes.ok_or(Problem::NotAToken)?)
    }

    /// What was sealed.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        Self::checked(bytes.to_vec()).ok()
    }

    fn checked(bytes: Vec<u8>) -> Result<Self, Problem> {
        match bytes.len() {
            SHORTEST..=LONGEST => Ok(Self(bytes)),
            short if short < SHORTEST => Err(Problem::TooShort),
            _ => Err(Problem::TooLong),
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// As whoever checks signatures is given it.
    pub(super) fn text(&self) -> SecretString {
        format!("{PREFIX}{}", BASE64_STANDARD.encode(&self.0)).into()
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

    const BODY: &str = r#"{"type":"message.received","timestamp":"2026-11-30T02:00:00Z","data":{"id":"é"}}"#;

    /// Of the PyPI package `standardwebhooks` 1.1.0.
    const BY_ANOTHER: &str = "v1,cLX5tO4k6ZyOzK8Uh8vaWmTrfuHhA437Mrj41tU3P5o=";

    fn counted() -> Secret {
        Secret((0..32).collect())
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
    fn a_secret_reads_back_as_it_is_given_to_its_receiver() {
        assert_eq!(Secret::parse(&counted().text()), Ok(counted()));
        assert_eq!(Secret::of(counted().bytes()), Some(counted()));
    }

    #[test]
    fn a_secret_is_base64_of_24_to_64_bytes() {
        let parse = |text: String| Secret::parse(&text.into()).map(|secret| secret.0.len());
        let of = |bytes: usize| format!("{PREFIX}{}", BASE64_STANDARD.encode(vec![7_u8; bytes]));
        assert_eq!(parse(of(23)), Err(Problem::TooShort));
        assert_eq!(parse(of(24)), Ok(24));
        assert_eq!(parse(of(64)), Ok(64));
        assert_eq!(parse(of(65)), Err(Problem::TooLong));
        let bare = BASE64_STANDARD.encode([7_u8; 32]);
        for hostile in [String::new(), bare, "whsec_".to_owned() + &"?".repeat(44)] {
            assert_eq!(parse(hostile), Err(Problem::NotAToken));
        }
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
