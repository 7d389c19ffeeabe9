//! The key pair by which push services know this installation: browsers subscribe to its public half, and each call is
//! signed with the other one. <https://www.rfc-editor.org/rfc/rfc8292>

use crate::{Error, Result};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use domain::time::Timestamp;
use ring::{
    pkcs8::Document,
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use serde_json::json;
use std::time::Duration;
use url::Url;

/// How long a signature is valid. Push services accept a day at the most.
const VALID: Duration = Duration::from_secs(12 * 60 * 60);

#[derive(Debug)]
pub(crate) struct Identity {
    pair: EcdsaKeyPair,
    /// As base64url.
    pub(super) public: String,
}

impl Identity {
    /// A new key pair, to be stored.
    pub(super) fn create() -> Result<Document> {
        EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
            .map_err(|_| Error::Corrupt("a push key cannot be made".into()))
    }

    pub(super) fn new(pair: &[u8]) -> Result<Self> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pair, &SystemRandom::new())
            .map_err(|_| Error::Corrupt("the push key is no key".into()))?;
        Ok(Self {
            public: BASE64_URL_SAFE_NO_PAD.encode(pair.public_key()),
            pair,
        })
    }

    /// The value of `Authorization` for a call of this endpoint. `contact`: whom the push service may ask about us.
    pub(super) fn authorization(&self, endpoint: &Url, contact: &Url, now: Timestamp) -> Result<String> {
        let claims = json!({
            "aud": endpoint.origin().ascii_serialization(),
            "exp": now.plus(VALID).millis() / 1000,
            "sub": contact.as_str(),
        });
        let part = |json: String| BASE64_URL_SAFE_NO_PAD.encode(json);
        let text = format!(
            "{}.{}",
            part(json!({"typ": "JWT", "alg": "ES256"}).to_string()),
            part(claims.to_string())
        );
        let signature = self
            .pair
            .sign(&SystemRandom::new(), text.as_bytes())
            .map_err(|_| Error::Corrupt("the push key does not sign".into()))?;
        let signature = BASE64_URL_SAFE_NO_PAD.encode(signature);
        Ok(format!("vapid t={text}.{signature}, k={}", self.public))
    }
}
