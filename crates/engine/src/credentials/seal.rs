//! Secrets at rest: XChaCha20-Poly1305 under a master key, bound to what they belong to.

use crate::{Error, Result, random};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use domain::ids::{ChannelId, UserId, WebhookId};
use hmac::{Hmac, Mac as _};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use std::fmt;
use strum::{EnumString, IntoStaticStr, VariantArray};
use uuid::Uuid;

const NONCE_BYTES: usize = 24;
/// What the push key is bound to.
const PUSH_KEY: &[u8] = b"push key";
/// What the second factor of each user is bound to, before the user's id.
const SECOND_FACTOR: &[u8] = b"second factor ";
/// What the answer to a call is bound to, before the id of the claim to make the call.
const ANSWER: &[u8] = b"answer ";
/// What the secrets of each webhook are bound to, before the webhook's id.
const WEBHOOK: &[u8] = b"webhook ";
/// What the key of fingerprints is bound to.
const FINGERPRINT_KEY: &[u8] = b"fingerprint key";

/// What a sealed secret is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum Kind {
    AccessToken,
    AppSecret,
    /// Valid beside the first while the app secret is being reset at Meta.
    NextAppSecret,
}

impl Kind {
    pub(crate) const ALL: &'static [Self] = Self::VARIANTS;

    pub(crate) fn as_str(self) -> &'static str {
        self.into()
    }
}

/// The master key. Whoever has it and the database has every secret.
pub(crate) struct MasterKey {
    cipher: XChaCha20Poly1305,
    fingerprints: [u8; 32],
    browsers: [u8; 32],
    links: [u8; 32],
    /// The fingerprint of the key itself, in hexadecimal.
    own_fingerprint: String,
}

impl MasterKey {
    /// A new key, as [`Self::parse`] reads it.
    pub(crate) fn new_text() -> String {
        BASE64_STANDARD.encode(random::bytes::<32>())
    }

    /// Reads a key; `from` says where it comes from.
    pub(crate) fn parse(text: &str, from: &str) -> Result<Self> {
        let wrong = || Error::Setup(format!("{from} must be 32 bytes in base64"));
        let bytes: [u8; 32] = BASE64_STANDARD
            .decode(text.trim())
            .map_err(|_| wrong())?
            .try_into()
            .map_err(|_| wrong())?;
        let derive = |purpose: &[u8]| -> [u8; 32] {
            Sha256::new()
                .chain_update(purpose)
                .chain_update(bytes)
                .finalize()
                .into()
        };
        Ok(Self {
            cipher: XChaCha20Poly1305::new(&bytes.into()),
            fingerprints: derive(b"switchboard fingerprint"),
            browsers: derive(b"switchboard known browser"),
            links: derive(b"switchboard file link"),
            own_fingerprint: hex::encode(&derive(b"switchboard key id")[..16]),
        })
    }

    /// Identifies this key without revealing anything about it.
    pub(crate) fn of_itself(&self) -> String {
        self.own_fingerprint.clone()
    }

    /// The short form of the fingerprint, which is stored beside each secret and shown in messages.
    pub(crate) fn id(&self) -> &str {
        &self.own_fingerprint[..8]
    }

    pub(crate) fn seal(&self, channel: ChannelId, kind: Kind, secret: &SecretString) -> Result<Vec<u8>> {
        self.seal_bytes(&bound_to(channel, kind), secret.expose_secret().as_bytes())
    }

    /// # Errors
    /// [`Error::Corrupt`] when it was sealed by another key, for another channel, or was tampered with.
    pub(crate) fn open(&self, channel: ChannelId, kind: Kind, sealed: &[u8]) -> Result<SecretString> {
        let unreadable = || {
            Error::Corrupt(format!(
                "the {} of channel {channel} does not open with this master key",
                kind.as_str()
            ))
        };
        let opened = self
            .open_bytes(&bound_to(channel, kind), sealed)
            .ok_or_else(unreadable)?;
        Ok(String::from_utf8(opened).map_err(|_| unreadable())?.into())
    }

    /// Seals the key pair by which push services know this installation.
    pub(crate) fn seal_push_key(&self, pair: &[u8]) -> Result<Vec<u8>> {
        self.seal_bytes(PUSH_KEY, pair)
    }

    /// # Errors
    /// [`Error::Corrupt`] when it was sealed by another key, or was tampered with.
    pub(crate) fn open_push_key(&self, sealed: &[u8]) -> Result<Vec<u8>> {
        self.open_bytes(PUSH_KEY, sealed)
            .ok_or_else(|| Error::Corrupt("the push key does not open with this master key".into()))
    }

    pub(crate) fn seal_second_factor(&self, user: UserId, secret: &[u8]) -> Result<Vec<u8>> {
        self.seal_bytes(&of_user(user), secret)
    }

    /// # Errors
    /// [`Error::Corrupt`] when it was sealed by another key, for another user, or was tampered with.
    pub(crate) fn open_second_factor(&self, user: UserId, sealed: &[u8]) -> Result<Vec<u8>> {
        let unreadable = || {
            Error::Corrupt(format!(
                "the second factor of user {user} does not open with this master key"
            ))
        };
        self.open_bytes(&of_user(user), sealed).ok_or_else(unreadable)
    }

    /// Seals the answer to a request of the REST API, which may hold secrets that are shown once.
    pub(crate) fn seal_answer(&self, claim: Uuid, answer: &[u8]) -> Result<Vec<u8>> {
        self.seal_bytes(&of_claim(claim), answer)
    }

    /// # Errors
    /// [`Error::Corrupt`] when it was sealed by another key, for another call, or was tampered with.
    pub(crate) fn open_answer(&self, claim: Uuid, sealed: &[u8]) -> Result<Vec<u8>> {
        self.open_bytes(&of_claim(claim), sealed)
            .ok_or_else(|| Error::Corrupt("an answer does not open with this master key".into()))
    }

    pub(crate) fn seal_webhook_secret(&self, webhook: WebhookId, secret: &[u8]) -> Result<Vec<u8>> {
        self.seal_bytes(&of_webhook(webhook), secret)
    }

    /// # Errors
    /// [`Error::Corrupt`] when it was sealed by another key, for another webhook, or was tampered with.
    pub(crate) fn open_webhook_secret(&self, webhook: WebhookId, sealed: &[u8]) -> Result<Vec<u8>> {
        let unreadable = || {
            Error::Corrupt(format!(
                "the secret of webhook {webhook} does not open with this master key"
            ))
        };
        self.open_bytes(&of_webhook(webhook), sealed)
            .ok_or_else(unreadable)
    }

    /// Seals the other key's key of fingerprints, which outlives a change of the master key: deliveries that are stored
    /// name the app secret that signed them by its fingerprint.
    pub(crate) fn seal_fingerprint_key(&self, of: &Self) -> Result<Vec<u8>> {
        self.seal_bytes(FINGERPRINT_KEY, &of.fingerprints)
    }

    /// This key with the sealed key of fingerprints instead of its own.
    ///
    /// # Errors
    /// [`Error::Corrupt`] when it was sealed by another key, or was tampered with.
    pub(crate) fn with_fingerprint_key(self, sealed: &[u8]) -> Result<Self> {
        let opened = self.open_bytes(FINGERPRINT_KEY, sealed);
        let fingerprints = opened.and_then(|opened| opened.try_into().ok());
        let fingerprints = fingerprints.ok_or_else(|| {
            Error::Corrupt("the key of fingerprints does not open with this master key".into())
        })?;
        Ok(Self { fingerprints, ..self })
    }

    fn seal_bytes(&self, bound_to: &[u8], secret: &[u8]) -> Result<Vec<u8>> {
        let nonce = random::bytes::<NONCE_BYTES>();
        let payload = Payload {
            msg: secret,
            aad: bound_to,
        };
        let sealed = self
            .cipher
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| Error::Corrupt("a secret cannot be sealed".into()))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    fn open_bytes(&self, bound_to: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>()?;
        let payload = Payload {
            msg: sealed,
            aad: bound_to,
        };
        self.cipher.decrypt(&XNonce::from(*nonce), payload).ok()
    }

    /// Equal for equal secrets, and useless without the master key: it tells whether two channels share an app secret.
    pub(crate) fn fingerprint(&self, secret: &SecretString) -> String {
        hex::encode(mac(&self.fingerprints, secret.expose_secret().as_bytes()))
    }

    /// Signs what a browser carries in a cookie.
    pub(crate) fn vouch(&self, text: &[u8]) -> [u8; 32] {
        mac(&self.browsers, text)
    }

    /// Signs the address of a file.
    pub(crate) fn sign_link(&self, text: &[u8]) -> [u8; 32] {
        mac(&self.links, text)
    }

    /// Whether this key signed the address, compared in constant time.
    pub(crate) fn signed_link(&self, text: &[u8], signature: &[u8]) -> bool {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.links).expect("HMAC takes keys of any length");
        mac.update(text);
        mac.verify_slice(signature).is_ok()
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MasterKey")
            .field("id", &self.id())
            .finish_non_exhaustive()
    }
}

fn mac(key: &[u8; 32], text: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(text);
    mac.finalize().into_bytes().into()
}

fn of_user(user: UserId) -> Vec<u8> {
    [SECOND_FACTOR, user.uuid().as_bytes().as_slice()].concat()
}

fn of_claim(claim: Uuid) -> Vec<u8> {
    [ANSWER, claim.as_bytes().as_slice()].concat()
}

fn of_webhook(webhook: WebhookId) -> Vec<u8> {
    [WEBHOOK, webhook.uuid().as_bytes().as_slice()].concat()
}

fn bound_to(channel: ChannelId, kind: Kind) -> Vec<u8> {
    [channel.uuid().as_bytes().as_slice(), kind.as_str().as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> MasterKey {
        MasterKey::parse(&MasterKey::new_text(), "a test").unwrap()
    }

    fn channel(n: u128) -> ChannelId {
        ChannelId::new(Uuid::from_u128(n))
    }

    #[test]
    fn a_secret_opens_only_where_it_belongs() {
        let key = key();
        let secret: SecretString = "EAAG…".to_owned().into();
        let sealed = key.seal(channel(1), Kind::AccessToken, &secret).unwrap();
        assert_eq!(
            key.open(channel(1), Kind::AccessToken, &sealed)
                .unwrap()
                .expose_secret(),
            "EAAG…"
        );
        assert!(key.open(channel(2), Kind::AccessToken, &sealed).is_err());
        assert!(key.open(channel(1), Kind::AppSecret, &sealed).is_err());
        let mut bent = sealed.clone();
        *bent.last_mut().unwrap() ^= 1;
        assert!(key.open(channel(1), Kind::AccessToken, &bent).is_err());
        assert!(!sealed.windows(4).any(|w| w == b"EAAG"));
        let push = key.seal_push_key(b"EAAG").unwrap();
        assert_eq!(key.open_push_key(&push).unwrap(), b"EAAG");
        assert!(key.open_push_key(&sealed).is_err());
        assert!(key.open(channel(1), Kind::AccessToken, &push).is_err());
        let answer = key.seal_answer(Uuid::from_u128(1), b"EAAG").unwrap();
        assert_eq!(key.open_answer(Uuid::from_u128(1), &answer).unwrap(), b"EAAG");
        assert!(key.open_answer(Uuid::from_u128(2), &answer).is_err());
    }

    #[test]
    fn fingerprints_outlive_a_change_of_the_key() {
        let (old, new) = (key(), key());
        let secret: SecretString = "an app secret".to_owned().into();
        assert_ne!(old.fingerprint(&secret), new.fingerprint(&secret));
        let sealed = new.seal_fingerprint_key(&old).unwrap();
        assert!(key().with_fingerprint_key(&sealed).is_err(), "another key's");
        let new = new.with_fingerprint_key(&sealed).unwrap();
        assert_eq!(old.fingerprint(&secret), new.fingerprint(&secret));
        let newest = key();
        let sealed = newest.seal_fingerprint_key(&new).unwrap();
        let newest = newest.with_fingerprint_key(&sealed).unwrap();
        assert_eq!(old.fingerprint(&secret), newest.fingerprint(&secret));
        assert_ne!(old.sign_link(b"text"), newest.sign_link(b"text"));
    }
}
