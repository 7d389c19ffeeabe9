//! Passwords: Argon2id on a blocking thread, so that a log-in never holds up the others.

use crate::{Error, Result};
use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use std::sync::OnceLock;

/// A PHC string.
pub(crate) async fn hash(password: String) -> Result<String> {
    blocking(move || {
        let hash = Argon2::default().hash_password(password.as_bytes());
        hash.map(|hash| hash.to_string())
            .map_err(|e| Error::Corrupt(format!("a password cannot be hashed: {e}")))
    })
    .await?
}

/// Whether the password fits. Without a hash the same work is done and the answer is no, so that the time taken
/// does not tell whether the log-in exists.
pub(crate) async fn fits(password: String, hash: Option<String>) -> Result<bool> {
    static NOBODY: OnceLock<String> = OnceLock::new();
    blocking(move || {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| {
            let decoy = || {
                Argon2::default()
                    .hash_password(b"nobody")
                    .map(|hash| hash.to_string())
                    .unwrap_or_default()
            };
            NOBODY.get_or_init(decoy).clone()
        });
        let fits = PasswordHash::new(&hash).is_ok_and(|hash| {
            Argon2::default()
                .verify_password(password.as_bytes(), &hash)
                .is_ok()
        });
        known && fits
    })
    .await
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| Error::Unavailable("hashing a password was interrupted"))
}
