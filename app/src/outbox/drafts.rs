//! What was typed and not sent, one text a session. It stays in this browser and outlives a reload.

use domain::ids::SessionId;
use leptos::prelude::window;

pub fn storage() -> Option<web_sys::Storage> {
    // Private windows may refuse.
    window().local_storage().ok().flatten()
}

fn key(session: SessionId) -> String {
    format!("draft.{session}")
}

pub fn load(session: SessionId) -> String {
    let stored = storage().and_then(|storage| storage.get_item(&key(session)).ok().flatten());
    stored.unwrap_or_default()
}

pub fn save(session: SessionId, text: &str) {
    let Some(storage) = storage() else {
        return;
    };
    // A full storage only costs the draft.
    let _ = if text.is_empty() {
        storage.remove_item(&key(session))
    } else {
        storage.set_item(&key(session), text)
    };
}

/// Adds to what is there already: the person may have gone on typing.
pub fn append(session: SessionId, text: &str) {
    let before = load(session);
    if before.trim().is_empty() {
        save(session, text);
    } else {
        save(session, &format!("{before}\n{text}"));
    }
}
