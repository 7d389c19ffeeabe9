//! Passwords: in NFC, hashed with Argon2id on a blocking thread, so that a log-in never holds up the others. One hash
//! takes 19 MB and some tens of milliseconds of a processor, for right and wrong passwords alike. So only as many are
//! computed at once as there are processors, in memory that is reused. A limited number of others waits; any more are
//! told to come again.

use crate::{Error, Result, random};
use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::phc::{Output, ParamsString, PasswordHash, Salt},
};
use domain::{form::Problem, nfc::nfc, refusal::Refusal};
use std::{
    fmt,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    thread,
    time::Duration,
};
use tokio::{sync::Semaphore, time::timeout};
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};
use zxcvbn::Score;

/// What stands in the place of the hash of a user without a password begins with it.
const NO_PASSWORD: char = '!';

/// Stands in the place of a hash: no password is right. Log-ins that are under way are known by it, as by a hash.
pub(crate) fn no_password() -> String {
    format!("{NO_PASSWORD}{}", random::token())
}

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

    /// Hashes a new password; returns a PHC string. `about`: words that guess it, such as the user's name.
    ///
    /// # Errors
    /// [`Problem::Guessable`] of this field; [`Refusal::Busy`] when too many log in at once.
    pub(crate) async fn hash(&self, field: &str, password: String, about: Vec<String>) -> Result<String> {
        let hashed = self.work(move |memory| match is_guessable(&password, &about) {
            true => None,
            false => Some(hash(memory, nfc(&password).as_bytes())),
        });
        match hashed.await? {
            Some(hash) => hash.map_err(no_hash),
            None => Err(Refusal::field(field, Problem::Guessable).into()),
        }
    }

    /// Whether [`hash`](Self::hash) would refuse it.
    ///
    /// # Errors
    /// [`Refusal::Busy`] when too many log in at once.
    pub(crate) async fn is_guessable(&self, password: String, about: Vec<String>) -> Result<bool> {
        self.work(move |_| is_guessable(&password, &about)).await
    }

    /// Hashes a password that is meant to be known, or was judged before.
    ///
    /// # Errors
    /// [`Refusal::Busy`] when too many log in at once.
    pub(crate) async fn hash_unjudged(&self, password: String) -> Result<String> {
        let hashed = self.work(move |memory| hash(memory, nfc(&password).as_bytes()));
        hashed.await?.map_err(no_hash)
    }

    /// Whether the password is right. Without a known hash it does the same work and answers no, so that the time taken
    /// does not tell whether the log-in exists.
    ///
    /// # Errors
    /// [`Refusal::Busy`] when too many log in at once.
    pub(crate) async fn verify(&self, password: String, known: Option<String>) -> Result<bool> {
        static NOBODY: OnceLock<String> = OnceLock::new();
        self.work(move |memory| {
            let known = known.filter(|known| !known.starts_with(NO_PASSWORD));
            let exists = known.is_some();
            let known = known.unwrap_or_else(|| {
                let nobody = NOBODY.get_or_init(|| hash(memory, b"nobody").unwrap_or_default());
                nobody.clone()
            });
            let mut is_right = |password: &[u8]| verify(memory, password, &known).unwrap_or(false);
            let normal = nfc(&password);
            let right = is_right(normal.as_bytes()) || {
                // Older hashes are of what was typed.
                normal != password && is_right(password.as_bytes())
            };
            right && exists
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

/// Whether a program that knows common passwords, names, patterns and the words of `about` needs no more than a million
/// guesses.
fn is_guessable(password: &str, about: &[String]) -> bool {
    let about = without_accents(&about.join(" ")).to_lowercase();
    let known: Vec<&str> = about.split_whitespace().chain(["switchboard"]).collect();
    zxcvbn::zxcvbn(&without_accents(password), &known).score() < Score::Two
}

fn without_accents(text: &str) -> String {
    text.nfd().filter(|c| !is_combining_mark(*c)).collect()
}

fn no_hash(error: argon2::password_hash::Error) -> Error {
    Error::Corrupt(format!("a password cannot be hashed: {error}"))
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
        let ours = passwords
            .hash("password", "correct horse".to_owned(), Vec::new())
            .await
            .unwrap();
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

    #[tokio::test]
    async fn a_password_is_the_same_however_its_letters_are_composed() {
        let passwords = Passwords::new(1);
        let (composed, apart) = ("správné heslo", "spra\u{301}vne\u{301} heslo");
        let ours = passwords
            .hash("password", apart.to_owned(), Vec::new())
            .await
            .unwrap();
        let older = hash(&mut Vec::new(), apart.as_bytes()).unwrap();
        for (typed, hash, right) in [
            (composed, &ours, true),
            (apart, &ours, true),
            (apart, &older, true),
            ("spravne heslo", &ours, false),
        ] {
            let verified = passwords.verify(typed.to_owned(), Some(hash.clone())).await;
            assert_eq!(verified.unwrap(), right, "{typed:?}");
        }
    }

    #[test]
    fn what_others_try_first_is_guessable() {
        let about = ["jana".to_owned(), "Jana Nováková".to_owned()];
        for password in [
            "aaaaaaaaaa",
            "1234567890",
            "password123",
            "qwertzuiop",
            "Switchboard2026",
            "jananovakova",
        ] {
            assert!(is_guessable(password, &about), "{password}");
        }
        for password in ["correct horse battery", "správné heslo", "krtek jede na jih"] {
            assert!(!is_guessable(password, &about), "{password}");
        }
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
