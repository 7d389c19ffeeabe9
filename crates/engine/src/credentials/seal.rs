//! Secrets at rest: XChaCha20-Poly1305 under a master key, bound to the channel that they belong to.

use crate::{Error, Result, random};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use domain::ids::ChannelId;
use hmac::{Hmac, Mac as _};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use std::{
    fmt, fs,
    io::Write,
    path::{Path, PathBuf},
};
use strum::{EnumString, IntoStaticStr, VariantArray};

const NONCE_BYTES: usize = 24;
const FILE: &str = "master.key";

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
    /// The path of the key file, unless the settings hold the key.
    pub(crate) fn file(data_dir: &Path) -> PathBuf {
        data_dir.join(FILE)
    }

    /// Loads the key from the settings, else from `master.key` in the data directory; `None` when there is no such
    /// file.
    pub(crate) fn load(data_dir: &Path, given: Option<&SecretString>) -> Result<Option<Self>> {
        if let Some(text) = given {
            return Self::parse(text.expose_secret(), "security.master_key").map(Some);
        }
        let path = Self::file(data_dir);
        let name = path.display();
        match fs::read_to_string(&path) {
            Ok(text) => Self::parse(&text, &name.to_string()).map(Some),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::Setup(format!(
                "the master key {name} cannot be read: {error}"
            ))),
        }
    }

    /// Creates a key in the data directory.
    pub(crate) fn create(data_dir: &Path) -> Result<Self> {
        let path = Self::file(data_dir);
        let text = BASE64_STANDARD.encode(random::bytes::<32>());
        let cannot = |error| {
            Error::Setup(format!(
                "the master key {} cannot be created: {error}",
                path.display()
            ))
        };
        create_private(&path, &text).map_err(cannot)?;
        // Another process may have been first: what is in the file counts.
        let text = fs::read_to_string(&path).map_err(cannot)?;
        Self::parse(&text, &path.display().to_string())
    }

    fn parse(text: &str, from: &str) -> Result<Self> {
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
        let nonce = random::bytes::<NONCE_BYTES>();
        let payload = Payload {
            msg: secret.expose_secret().as_bytes(),
            aad: &bound_to(channel, kind),
        };
        let sealed = self
            .cipher
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| Error::Corrupt("a secret cannot be sealed".into()))?;
        Ok([nonce.as_slice(), &sealed].concat())
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
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or_else(unreadable)?;
        let payload = Payload {
            msg: sealed,
            aad: &bound_to(channel, kind),
        };
        let opened = self
            .cipher
            .decrypt(&XNonce::from(*nonce), payload)
            .map_err(|_| unreadable())?;
        Ok(String::from_utf8(opened).map_err(|_| unreadable())?.into())
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

fn bound_to(channel: ChannelId, kind: Kind) -> Vec<u8> {
    [channel.uuid().as_bytes().as_slice(), kind.as_str().as_bytes()].concat()
}

/// Creates a file that only its owner may read. The file is complete before it gets its name.
fn create_private(path: &Path, text: &str) -> std::io::Result<()> {
    let unfinished = path.with_extension(format!("new-{}", random::token()));
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&unfinished)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    // Linking fails when the name is taken, so only one of two processes that start at once wins.
    let linked = fs::hard_link(&unfinished, path);
    fs::remove_file(&unfinished)?;
    match linked {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn channel(n: u128) -> ChannelId {
        ChannelId::new(Uuid::from_u128(n))
    }

    #[test]
    fn a_secret_opens_only_where_it_belongs() {
        let dir = tempfile::tempdir().unwrap();
        let key = MasterKey::create(dir.path()).unwrap();
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
    }

    #[test]
    fn the_key_file_is_private_and_is_read_again() {
        let dir = tempfile::tempdir().unwrap();
        assert!(MasterKey::load(dir.path(), None).unwrap().is_none());
        let first = MasterKey::create(dir.path()).unwrap();
        let again = MasterKey::load(dir.path(), None).unwrap().unwrap();
        assert_eq!(first.of_itself(), again.of_itself());
        assert_eq!(
            MasterKey::create(dir.path()).unwrap().id(),
            first.id(),
            "it is never overwritten"
        );
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::PermissionsExt::mode(
                &fs::metadata(dir.path().join(FILE)).unwrap().permissions(),
            );
            assert_eq!(mode & 0o777, 0o600);
        }
        assert_eq!(
            fs::read_dir(dir.path()).unwrap().count(),
            1,
            "nothing unfinished is left"
        );
    }

    #[test]
    fn a_wrong_key_is_named() {
        let given: SecretString = "c2hvcnQ=".to_owned().into();
        let error = MasterKey::load(Path::new("/nowhere"), Some(&given)).unwrap_err();
        assert!(error.to_string().contains("security.master_key"));
    }
}
