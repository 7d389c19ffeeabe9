//! Which operators have a page of the console open in this process.

use domain::{presence::Presence, time::Timestamp};
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};
use uuid::Uuid;

/// The open pages by extension, and what colleagues were last told.
#[derive(Debug, Default)]
pub(crate) struct Pages {
    open: Mutex<HashMap<Uuid, u32>>,
    /// When the last page of an extension was closed.
    closed: Mutex<HashMap<Uuid, Timestamp>>,
    told: Mutex<HashMap<Uuid, Presence>>,
}

impl Pages {
    pub(super) fn open(&self, extension: Uuid) {
        *locked(&self.open).entry(extension).or_default() += 1;
    }

    pub(super) fn close(&self, extension: Uuid, now: Timestamp) {
        let mut open = locked(&self.open);
        if let Some(pages) = open.get_mut(&extension) {
            *pages -= 1;
            if *pages == 0 {
                open.remove(&extension);
                locked(&self.closed).insert(extension, now);
            }
        }
    }

    pub(super) fn closed_at(&self, extension: Uuid) -> Option<Timestamp> {
        locked(&self.closed).get(&extension).copied()
    }

    pub(super) fn extensions(&self) -> Vec<Uuid> {
        locked(&self.open).keys().copied().collect()
    }

    /// Whether colleagues know how everybody is shown now.
    pub(super) fn are_told(&self, shown: &HashMap<Uuid, Presence>) -> bool {
        let told = locked(&self.told);
        shown
            .iter()
            .all(|(id, now)| told.get(id).copied().unwrap_or_default() == *now)
    }

    pub(super) fn told(&self, shown: HashMap<Uuid, Presence>) {
        *locked(&self.told) = shown;
    }
}

fn locked<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}
