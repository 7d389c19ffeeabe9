//! What the outbound worker keeps in memory. A restart may forget all of it, and another engine knows nothing of it.

use crate::outbound::pace::Pace;
use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use uuid::Uuid;

/// How long the worker waits after a database error.
pub(super) const PAUSE: Duration = Duration::from_secs(1);

/// What the outbox keeps in memory.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    /// Messages whose call is under way, or whose answer is not written down yet.
    pub(super) in_hand: Mutex<HashSet<Uuid>>,
    /// Channels that Meta asked to wait, and until when in milliseconds.
    pub(super) held: Mutex<HashMap<Uuid, i64>>,
    pub(super) pace: Mutex<Pace>,
}

impl Memory {
    pub(super) fn in_hand(&self) -> MutexGuard<'_, HashSet<Uuid>> {
        self.in_hand.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether no call is under way and every outcome is written down.
    pub(crate) fn is_idle(&self) -> bool {
        self.in_hand().is_empty()
    }

    pub(super) fn pace(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The channels that still have to wait.
    pub(super) fn held(&self, now: i64) -> HashMap<Uuid, i64> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|_, until| *until > now);
        held.clone()
    }

    /// The reason why a channel had to wait may have gone.
    pub(crate) fn release(&self, channel: Uuid) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.remove(&channel);
    }

    pub(super) fn hold(&self, channel: Uuid, until: i64) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let known = held.entry(channel).or_default();
        *known = until.max(*known);
    }
}
