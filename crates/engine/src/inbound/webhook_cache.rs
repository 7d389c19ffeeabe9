//! What the webhook needs of a channel, kept in memory: the secret that must have signed, and its fingerprint.

use domain::{doctor, ids::ChannelId};
use secrecy::SecretString;
use std::{
    collections::HashMap,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicI64, Ordering},
    },
};

/// One webhook address.
#[derive(Debug)]
pub(crate) struct Hook {
    pub(crate) channel: ChannelId,
    pub(crate) verify_token: String,
    /// A channel without an app secret accepts nothing; it has two while the app secret is being reset at Meta.
    pub(crate) signers: Vec<Signer>,
    pub(crate) failures: Failures,
}

#[derive(Debug)]
pub(crate) struct Signer {
    pub(crate) secret: SecretString,
    pub(crate) fingerprint: Arc<str>,
}

/// Wrong signatures in a row. They are counted here and written down at most once a second, so that a flood of them
/// does not keep the database busy.
#[derive(Debug)]
pub(crate) struct Failures {
    in_a_row: AtomicI64,
    noted_at: AtomicI64,
}

/// Milliseconds between two notes of failures.
const NOTE_EVERY: i64 = 1000;

impl Failures {
    pub(super) fn from_stored(in_a_row: i64) -> Self {
        Self {
            in_a_row: AtomicI64::new(in_a_row),
            noted_at: AtomicI64::new(0),
        }
    }

    /// Counts one more; returns the number when it should be written down.
    pub(crate) fn one_more(&self, now: i64) -> Option<i64> {
        let count = self.in_a_row.fetch_add(1, Ordering::Relaxed) + 1;
        let noted = self.noted_at.load(Ordering::Relaxed);
        let due = count <= doctor::SIGNATURES_WRONG_FROM || now - noted >= NOTE_EVERY;
        due.then(|| {
            self.noted_at.store(now, Ordering::Relaxed);
            count
        })
    }

    /// A good signature ends the row; returns whether there was a count to take back.
    pub(crate) fn over(&self) -> bool {
        self.in_a_row.load(Ordering::Relaxed) > 0 && self.in_a_row.swap(0, Ordering::Relaxed) > 0
    }
}

#[derive(Debug, Default)]
pub(crate) struct WebhookCache(RwLock<Known>);

#[derive(Debug, Default)]
struct Known {
    by_webhook_id: HashMap<String, Arc<Hook>>,
    /// Rises whenever channels change, so that a slow read does not put back what was just forgotten.
    generation: u64,
}

impl WebhookCache {
    /// The hook of an address, from the cache. It holds only addresses that exist and were called since channels last
    /// changed.
    pub(crate) fn known(&self, webhook_id: &str) -> Option<Arc<Hook>> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.by_webhook_id.get(webhook_id).cloned()
    }

    /// To be taken before a channel is read from the database, for [`Self::keep`].
    pub(super) fn generation(&self) -> u64 {
        self.0.read().unwrap_or_else(PoisonError::into_inner).generation
    }

    /// Caches what was read, unless channels have changed since.
    pub(super) fn keep(&self, webhook_id: &str, hook: Arc<Hook>, generation: u64) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.generation == generation {
            known.by_webhook_id.insert(webhook_id.to_owned(), hook);
        }
    }

    /// Empties the cache, because channels have changed.
    pub(crate) fn forget(&self) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.by_webhook_id.clear();
        known.generation += 1;
    }
}
