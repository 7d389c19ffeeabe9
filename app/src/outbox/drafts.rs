//! What was typed and not sent, one text a session. It stays in this browser, outlives a reload, and belongs to whoever
//! typed it.

use crate::browser::storage;
use domain::ids::{PersonId, SessionId};

fn key(person: PersonId, session: SessionId) -> String {
    format!("draft.{person}.{session}")
}

pub(super) fn load(person: PersonId, session: SessionId) -> String {
    let stored = storage().and_then(|storage| storage.get_item(&key(person, session)).ok().flatten());
    stored.unwrap_or_default()
}

pub(super) fn save(person: PersonId, session: SessionId, text: &str) {
    let Some(storage) = storage() else {
        return;
    };
    // A full storage only costs the draft.
    let _ = if text.is_empty() {
        storage.remove_item(&key(person, session))
    } else {
        storage.set_item(&key(person, session), text)
    };
}

/// Adds to what is there already: the person may have gone on typing.
pub(super) fn append(person: PersonId, session: SessionId, text: &str) {
    let before = load(person, session);
    if before.trim().is_empty() {
        save(person, session, text);
    } else {
        save(person, session, &format!("{before}\n{text}"));
    }
}
