//! What was typed and not sent, one text a session. It stays in this browser, outlives a reload, and belongs to whoever
//! typed it.

use crate::browser::storage;
use domain::ids::{SessionId, UserId};

fn key(user: UserId, session: SessionId) -> String {
    format!("draft.{user}.{session}")
}

pub(super) fn load(user: UserId, session: SessionId) -> String {
    let stored = storage().and_then(|storage| storage.get_item(&key(user, session)).ok().flatten());
    stored.unwrap_or_default()
}

pub(super) fn save(user: UserId, session: SessionId, text: &str) {
    let Some(storage) = storage() else {
        return;
    };
    // A full storage only costs the draft.
    let _ = if text.is_empty() {
        storage.remove_item(&key(user, session))
    } else {
        storage.set_item(&key(user, session), text)
    };
}

/// Adds to what is there already: the person may have gone on typing.
pub(super) fn append(user: UserId, session: SessionId, text: &str) {
    let before = load(user, session);
    if before.trim().is_empty() {
        save(user, session, text);
    } else {
        save(user, session, &format!("{before}\n{text}"));
    }
}
