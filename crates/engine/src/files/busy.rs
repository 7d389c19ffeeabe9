//! The uploads that a request is writing to now: one request at a time writes to an upload.

use std::{
    collections::HashSet,
    sync::{Mutex, MutexGuard, PoisonError},
};
use uuid::Uuid;

#[derive(Debug, Default)]
pub(crate) struct Busy(Mutex<HashSet<Uuid>>);

/// The right to write to an upload.
#[derive(Debug)]
pub(crate) struct Place<'a> {
    busy: &'a Busy,
    id: Uuid,
}

impl Busy {
    /// `None` while another request writes to it.
    pub(crate) fn take(&self, id: Uuid) -> Option<Place<'_>> {
        self.ids().insert(id).then_some(Place { busy: self, id })
    }

    fn ids(&self) -> MutexGuard<'_, HashSet<Uuid>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.busy.ids().remove(&self.id);
    }
}
