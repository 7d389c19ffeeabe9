//! Passwords: Argon2id on a blocking thread, so that a log-in never holds up the others. One hash takes 19 MB and some
//! tens of milliseconds of a processor, for right and wrong passwords alike. So only as many are computed at once as
//! there are processors, in memory that is reused. A limited number of others waits; any more are told to come again.

use crate::{Error, Result, random};
use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::phc::{Output, ParamsString, PasswordHash, Salt},
};
use domain::refusal::Refusal;
use std::{
    fmt,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    thread,
    time::Duration,
};
use tokio::{sync::Semaphore, time::timeout};

/// Maximum number of hashes at once, even where there are more processors: each keeps its memory.
const MAX_AT_ONCE: usize = 8;
/// How many may wait for each hash that is computed at once: about two seconds of work.
const LINE: usize = 48;
/// How long somebody waits.
const PATIENCE: Duration = Duration::from_secs(6);
/// Seconds after which somebody who was turned away may come again.
const AGAIN: u32 = 5;
const SALT_BYTES: usize = 16;

/// Where passwords are hashed.
pub(crate) struct Passwords {
    places: Arc<Semaphore>,
    /// Places for those who wait and for those whose hash is being computed.
    line: Semaphore,
    memory: Arc<Memory>,
}

/// Blocks that are not in use. As many stay allocated as were ever in use at once, in their largest size.
type Memory = Mutex<Vec<Vec<Block>>>;

impl Default for Passwords {
    fn default() -> Self {
        let processors = thread::available_parallelism().map_or(1, usize::from);
        Self::new(processors.min(MAX_AT_ONCE))
    }
}

impl Passwords {
    fn new(at_once: usize) -> Self {
        Self {
            places: Arc::new(Semaphore::new(at_once)),
            line: Semaphore::new(at_once + at_once * LINE),
            memory: Arc::default(),
        }
    }

    /// Hashes a password; returns a PHC string.
    ///
    /// # Errors
    /// [`Refusal::Busy`] when too many log in at once.
    pub(crate) async fn hash(&self, password: String) -> Result<String> {
        self.work(move |memory| hash(memory, password.as_bytes()))
            .await?
            .map_err(|error| Error::Corrupt(format!("a password cannot be hashed: {error}")))
    }

    /// Whether the password is right. Without a known hash it does the same work and answers no, so that the time taken
    /// does not tell whether the log-in exists.
    ///
    /// # Errors
    /// [`Refusal::Busy`] when too many log in at once.
    pub(crate) async fn verify(&self, password: String, known: Option<String>) -> Result<bool> {
        static NOBODY: OnceLock<String> = OnceLock::new();
        self.work(move |memory| match known {
            Some(known) => verify(memory, password.as_bytes(), &known).unwrap_or(false),
            None => {
                let nobody = NOBODY.get_or_init(|| hash(memory, b"nobody").unwrap_or_default());
                let _ = verify(memory, password.as_bytes(), nobody);
                false
            }
        })
        .await
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Vec<Block>) -> T + Send + 'static,
    ) -> Result<T> {
        let busy = Refusal::Busy { seconds: AGAIN };
        let Ok(_waits) = self.line.try_acquire() else {
            return Err(busy.into());
        };
        let Ok(Ok(place)) = timeout(PATIENCE, self.places.clone().acquire_owned()).await else {
            return Err(busy.into());
        };
        let memory = self.memory.clone();
        let done = tokio::task::spawn_blocking(move || {
            // The caller may be gone by now: the place stays taken until the work is done.
            let _place = place;
            let mut blocks = lock(&memory).pop().unwrap_or_default();
            let done = work(&mut blocks);
            lock(&memory).push(blocks);
            done
        });
        done.await
            .map_err(|_| Error::Unavailable("hashing a password was interrupted"))
    }
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Passwords").finish_non_exhaustive()
    }
}

fn lock(memory: &Memory) -> std::sync::MutexGuard<'_, Vec<Vec<Block>>> {
    memory.lock().unwrap_or_else(PoisonError::into_inner)
}

type PhcResult<T> = std::result::Result<T, argon2::password_hash::Error>;

fn hash(memory: &mut Vec<Block>, password: &[u8]) -> PhcResult<String> {
    let salt = random::bytes::<SALT_BYTES>();
    let params = Params::DEFAULT;
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&params)?,
        salt: Some(Salt::new(&salt)?),
        hash: Some(output(
            memory,
            &params,
            password,
            &salt,
            Params::DEFAULT_OUTPUT_LEN,
        )?),
    };
    Ok(hash.to_string())
}

fn verify(memory: &mut Vec<Block>, password: &[u8], known: &str) -> PhcResult<bool> {
    let known = PasswordHash::new(known)?;
    let (Some(salt), Some(hash)) = (known.salt, known.hash) else {
        return Ok(false);
    };
    if known.algorithm != Algorithm::Argon2id.ident() || known.version != Some(Version::V0x13.into()) {
        return Ok(false);
    }
    let params = Params::try_from(&known)?;
    // Outputs are compared in constant time.
    Ok(output(memory, &params, password, &salt, hash.len())? == hash)
}

fn output(
    memory: &mut Vec<Block>,
    params: &Params,
    password: &[u8],
    salt: &[u8],
    length: usize,
) -> PhcResult<Output> {
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
    if memory.len() < params.block_count() {
        memory.resize(params.block_count(), Block::new());
    }
    let mut whole = [0; Output::MAX_LENGTH];
    let out = whole.get_mut(..length).unwrap_or_default();
    argon.hash_password_into_with_memory(password, salt, out, memory.as_mut_slice())?;
    Ok(Output::new(out)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
    use futures::future::join_all;

    #[tokio::test]
    async fn a_hash_is_what_argon2_itself_would_make() {
        let passwords = Passwords::new(1);
        let ours = passwords.hash("correct horse".to_owned()).await.unwrap();
        assert!(ours.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{ours}");
        let parsed = PasswordHash::new(&ours).unwrap();
        assert!(
            Argon2::default()
                .verify_password(b"correct horse", &parsed)
                .is_ok()
        );

        let theirs = Argon2::default()
            .hash_password(b"correct horse")
            .unwrap()
            .to_string();
        for hash in [ours, theirs] {
            let verify =
                async |password: &str| passwords.verify(password.to_owned(), Some(hash.clone())).await;
            assert!(verify("correct horse").await.unwrap());
            assert!(!verify("Correct horse").await.unwrap());
        }
        assert!(!passwords.verify("nobody".to_owned(), None).await.unwrap());
        assert!(
            !passwords
                .verify(String::new(), Some("no hash".to_owned()))
                .await
                .unwrap()
        );
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_crowd_waits_in_a_line_with_an_end_and_takes_no_more_memory_than_one() {
        let passwords = Passwords::new(1);
        let crowd = join_all((0..200).map(|_| passwords.verify("guess".to_owned(), None))).await;
        let busy = crowd
            .iter()
            .filter(|answer| matches!(answer, Err(Error::Refused(Refusal::Busy { .. }))));
        assert!(busy.count() >= 200 - 1 - LINE);
        assert!(crowd.iter().any(|answer| matches!(answer, Ok(false))));
        let memory = lock(&passwords.memory);
        assert_eq!(
            memory.iter().map(Vec::len).collect::<Vec<_>>(),
            [Params::DEFAULT.block_count()]
        );
    }
}
