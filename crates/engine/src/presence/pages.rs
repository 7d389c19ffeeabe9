//! Which operators have a page of the console open in this process.

use domain::presence::Presence;
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};
use uuid::Uuid;

/// The open pages by extension, and what colleagues were last told.
#[derive(Debug, Default)]
pub(crate) struct Pages {
    open: Mutex<HashMap<Uuid, u32>>,
    told: Mutex<HashMap<Uuid, Presence>>,
}

impl Pages {
    pub(super) fn open(&self, extension: Uuid) {
        *locked(&self.open).entry(extension).or_default() += 1;
    }

    pub(super) fn close(&self, extension: Uuid) {
        let mut open = locked(&self.open);
        if let Some(pages) = open.get_mut(&extension) {
            *pages -= 1;
            if *pages == 0 {
                open.remove(&extension);
            }
        }
    }

    pub(super) fn extensions(&self) -> Vec<Uuid> {
        locked(&self.open).keys().copied().collect()
    }

    /// Those of whom colleagues do not know yet how they are shown now. From now on they count as told.
    pub(super) fn to_tell(&self, shown: &HashMap<Uuid, Presence>) -> Vec<Uuid> {
        let mut told = locked(&self.told);
        let differs = |(id, now): &(&Uuid, &Presence)| told.get(*id).copied().unwrap_or_default() != **now;
        let changed = shown.iter().filter(differs).map(|(id, _)| *id).collect();
        told.clone_from(shown);
        changed
    }
}

fn locked<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}
