//! The store: in memory, limited in time, number and size.

use crate::api::{error::ApiResult, guard};
use domain::time::Timestamp;
use serde::{Serialize, de::DeserializeOwned};
use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
    time::Duration,
};

const FOR: Duration = Duration::from_secs(10 * 60);
/// Entries of all web sessions together; the oldest is dropped first.
const MAX: usize = 200;
/// Entries of one web session: it takes no room from the others.
const MAX_OF_ONE: usize = 10;
const MOST_BYTES: usize = 32 * 1024;

static SHELF: Mutex<Shelf> = Mutex::new(Shelf(VecDeque::new()));

/// One form (or answer) of one web session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    session: String,
    place: String,
    now: Timestamp,
}

impl Slot {
    pub async fn of(place: &str) -> ApiResult<Option<Self>> {
        let session = guard::web_session().await?.id();
        Ok(session.map(|session| Self {
            session: session.to_string(),
            place: place.to_owned(),
            now: guard::now(),
        }))
    }

    pub fn read<T: DeserializeOwned>(&self) -> Option<T> {
        with_shelf(|shelf| serde_json::from_str(shelf.get(self)?).ok())
    }

    /// Removes the entry.
    pub fn clear(&self) {
        with_shelf(|shelf| shelf.remove(self));
    }

    pub fn write(&self, value: &impl Serialize) {
        if let Ok(text) = serde_json::to_string(value) {
            with_shelf(|shelf| shelf.put(self.clone(), text));
        }
    }
}

/// A web session has a new id.
pub fn hand_over(before: &str, now: &str) {
    with_shelf(|shelf| {
        let slots = shelf.0.iter_mut().map(|(slot, _)| slot);
        for slot in slots.filter(|slot| slot.session == before) {
            now.clone_into(&mut slot.session);
        }
    });
}

fn with_shelf<T>(act: impl FnOnce(&mut Shelf) -> T) -> T {
    act(&mut SHELF.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Without `Debug`: it holds secrets.
struct Shelf(VecDeque<(Slot, String)>);

impl Shelf {
    fn put(&mut self, slot: Slot, text: String) {
        self.sweep(slot.now);
        self.remove(&slot);
        if text.len() > MOST_BYTES {
            return;
        }
        let mut own = self.0.iter().filter(|(other, _)| other.session == slot.session);
        let oldest_of_its_own = own.next().map(|(oldest, _)| oldest.clone());
        if let Some(oldest) = oldest_of_its_own.filter(|_| own.count() + 1 >= MAX_OF_ONE) {
            self.remove(&oldest);
        }
        self.0.push_back((slot, text));
        if self.0.len() > MAX {
            self.0.pop_front();
        }
    }

    fn get(&mut self, wanted: &Slot) -> Option<&str> {
        self.sweep(wanted.now);
        let found = self.0.iter().find(|(slot, _)| slot.is(wanted));
        found.map(|(_, text)| text.as_str())
    }

    fn sweep(&mut self, now: Timestamp) {
        self.0.retain(|(slot, _)| now.since(slot.now) < FOR);
    }

    fn remove(&mut self, unwanted: &Slot) {
        self.0.retain(|(slot, _)| !slot.is(unwanted));
    }
}

impl Slot {
    fn is(&self, other: &Self) -> bool {
        self.session == other.session && self.place == other.place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(session: &str, place: &str, millis: i64) -> Slot {
        Slot {
            session: session.to_owned(),
            place: place.to_owned(),
            now: Timestamp::from_millis(millis),
        }
    }

    fn shelf() -> Shelf {
        Shelf(VecDeque::new())
    }

    #[test]
    fn it_is_kept_for_the_same_session_and_form_and_no_other() {
        let mut shelf = shelf();
        shelf.put(slot("jana", "a", 0), "typed".to_owned());
        assert_eq!(shelf.get(&slot("jana", "a", 1)), Some("typed"));
        assert_eq!(shelf.get(&slot("petr", "a", 1)), None);
        assert_eq!(shelf.get(&slot("jana", "b", 1)), None);
        shelf.remove(&slot("jana", "a", 1));
        assert_eq!(shelf.get(&slot("jana", "a", 1)), None);
    }

    #[test]
    fn it_is_kept_for_a_few_minutes() {
        let mut shelf = shelf();
        shelf.put(slot("jana", "a", 0), "typed".to_owned());
        let late = i64::try_from(FOR.as_millis()).unwrap();
        assert_eq!(shelf.get(&slot("jana", "a", late - 1)), Some("typed"));
        assert_eq!(shelf.get(&slot("jana", "a", late)), None);
        assert_eq!(shelf.0.len(), 0, "it is gone from memory, too");
    }

    #[test]
    fn nobody_pushes_out_what_is_anothers() {
        let mut shelf = shelf();
        shelf.put(slot("admin", "a", 0), "typed".to_owned());
        for form in 0..2 * MAX {
            shelf.put(slot("jana", &form.to_string(), 0), "typed".to_owned());
        }
        assert_eq!(shelf.get(&slot("admin", "a", 0)), Some("typed"));
        assert_eq!(shelf.0.len(), 1 + MAX_OF_ONE);
        let last = (2 * MAX - 1).to_string();
        assert_eq!(shelf.get(&slot("jana", &last, 0)), Some("typed"));
    }

    #[test]
    fn there_is_an_end_to_it() {
        let mut shelf = shelf();
        for user in 0..=MAX {
            shelf.put(slot(&user.to_string(), "a", 0), "typed".to_owned());
        }
        assert_eq!(shelf.0.len(), MAX);
        assert_eq!(shelf.get(&slot("0", "a", 0)), None, "the oldest has gone");
        shelf.put(slot("1", "a", 0), "x".repeat(MOST_BYTES + 1));
        assert_eq!(
            shelf.get(&slot("1", "a", 0)),
            None,
            "an entry that is too large is not kept, nor is the one that it replaces"
        );
    }
}
