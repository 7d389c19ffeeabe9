//! Unsent text and forms, one draft per session and form. A draft stays in this browser, survives a reload, and belongs
//! to the user who typed it.

use crate::{
    browser::{store, stored},
    wire,
};
use domain::{
    ids::{SessionId, UserId},
    message::{Typed, TypedKind},
};

fn key(user: UserId, session: SessionId) -> String {
    format!("draft.{user}.{session}")
}

fn note_key(user: UserId, session: SessionId) -> String {
    format!("{}.note", key(user, session))
}

fn form_key(user: UserId, session: SessionId, kind: TypedKind) -> String {
    format!("{}.{}", key(user, session), kind.as_str())
}

pub(super) fn load(user: UserId, session: SessionId) -> String {
    stored(&key(user, session)).unwrap_or_default()
}

pub(super) fn save(user: UserId, session: SessionId, text: &str) {
    store(&key(user, session), Some(text).filter(|text| !text.is_empty()));
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

pub(super) fn load_note(user: UserId, session: SessionId) -> String {
    stored(&note_key(user, session)).unwrap_or_default()
}

pub(super) fn save_note(user: UserId, session: SessionId, text: &str) {
    store(
        &note_key(user, session),
        Some(text).filter(|text| !text.is_empty()),
    );
}

pub(super) fn load_form(user: UserId, session: SessionId, kind: TypedKind) -> Option<Typed> {
    wire::read(&stored(&form_key(user, session, kind))?).ok()
}

/// An empty form is not kept.
pub(super) fn save_form(user: UserId, session: SessionId, kind: TypedKind, typed: &Typed) {
    let json = serde_json::to_string(typed).ok();
    let json = json.filter(|_| *typed != Typed::default());
    store(&form_key(user, session, kind), json.as_deref());
}
