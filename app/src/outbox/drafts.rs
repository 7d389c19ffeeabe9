//! Unsent text, one draft per session. A draft stays in this browser, survives a reload, and belongs to the user who
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
    // If the storage is full, only the draft is lost.
    let _ = if text.is_empty() {
        storage.remove_item(&key(user, session))
    } else {
        storage.set_item(&key(user, session), text)
    };
}

/// Appends to the existing draft: the user may have gone on typing.
pub(super) fn append(user: UserId, session: SessionId, text: &str) {
    let before = load(user, session);
    if before.trim().is_empty() {
        save(user, session, text);
    } else {
        save(user, session, &format!("{before}\n{text}"));
    }
}
