//! Rows of one table by their id: as they were read, or as they will be written.

use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

#[derive(Debug)]
pub(crate) struct Rows<M> {
    rows: HashMap<Uuid, M>,
    /// In order, so that two transactions take their locks in the same order.
    changed: BTreeSet<Uuid>,
}

impl<M> Rows<M> {
    /// Rows as they are in the database.
    pub(crate) fn known(rows: impl IntoIterator<Item = M>, id: impl Fn(&M) -> Uuid) -> Self {
        Self {
            rows: rows.into_iter().map(|row| (id(&row), row)).collect(),
            changed: BTreeSet::new(),
        }
    }

    pub(crate) fn get(&self, id: Uuid) -> Option<&M> {
        self.rows.get(&id)
    }

    /// The row, to be changed.
    pub(crate) fn change(&mut self, id: Uuid) -> Option<&mut M> {
        let row = self.rows.get_mut(&id)?;
        self.changed.insert(id);
        Some(row)
    }

    pub(crate) fn add(&mut self, id: Uuid, row: M) {
        self.rows.insert(id, row);
        self.changed.insert(id);
    }

    pub(crate) fn forget(&mut self, id: Uuid) {
        self.rows.remove(&id);
        self.changed.remove(&id);
    }

    pub(crate) fn ids_where(&self, condition: impl Fn(&M) -> bool) -> Vec<Uuid> {
        let found = self.rows.iter().filter(|(_, row)| condition(row));
        found.map(|(id, _)| *id).collect()
    }

    /// What has to be written.
    pub(crate) fn into_changed(mut self) -> Vec<M> {
        let changed = self.changed.iter();
        changed.filter_map(|id| self.rows.remove(id)).collect()
    }
}
