//! Unsent text and forms in this browser's storage, one draft per session and kind. A draft survives a reload, and belongs
//! to the user who typed it.

use crate::{
    browser::{store, stored, stored_under},
    wire,
};
use domain::{
    draft::DraftKind,
    ids::{SessionId, UserId},
    message::{Typed, TypedKind},
    time::Timestamp,
};

/// Ends the key under which a browser keeps what the process has of a draft.
const MARK: &str = ".at";

/// A draft of one user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Place {
    pub session: SessionId,
    pub kind: DraftKind,
}

/// What the process has of a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// Nothing, as far as this browser knows.
    Unknown,
    /// The text of this time.
    Kept(Timestamp),
    /// Less than this browser. `since`: what it had before.
    Changed { since: Option<Timestamp> },
}

impl Mark {
    fn read(text: &str) -> Option<Self> {
        let at = |millis: &str| millis.parse().ok().map(Timestamp::from_millis);
        match text.strip_prefix('-') {
            Some(since) => Some(Self::Changed { since: at(since) }),
            None => at(text).map(Self::Kept),
        }
    }

    fn written(self) -> Option<String> {
        match self {
            Self::Unknown => None,
            Self::Kept(at) => Some(at.millis().to_string()),
            Self::Changed { since } => {
                let since = since.map(|at| at.millis().to_string());
                Some(format!("-{}", since.unwrap_or_default()))
            }
        }
    }
}

fn prefix(user: UserId) -> String {
    format!("draft.{user}.")
}

fn key(user: UserId, of: Place) -> String {
    let kind = match of.kind {
        DraftKind::Reply => "",
        DraftKind::Note => ".note",
    };
    format!("{}{}{kind}", prefix(user), of.session)
}

fn form_key(user: UserId, session: SessionId, kind: TypedKind) -> String {
    format!("{}{session}.{}", prefix(user), kind.as_str())
}

pub(super) fn load(user: UserId, of: Place) -> String {
    stored(&key(user, of)).unwrap_or_default()
}

pub(super) fn save(user: UserId, of: Place, text: &str) {
    store(&key(user, of), Some(text).filter(|text| !text.is_empty()));
}

pub(super) fn mark(user: UserId, of: Place) -> Mark {
    let text = stored(&format!("{}{MARK}", key(user, of)));
    text.and_then(|text| Mark::read(&text)).unwrap_or(Mark::Unknown)
}

pub(super) fn set_mark(user: UserId, of: Place, mark: Mark) {
    store(&format!("{}{MARK}", key(user, of)), mark.written().as_deref());
}

/// All texts of the user that this browser keeps, or keeps a mark of.
pub(super) fn all(user: UserId) -> Vec<Place> {
    let mut all: Vec<Place> = Vec::new();
    let keys = stored_under(&prefix(user));
    for place in keys.iter().filter_map(|key| place_of(key)) {
        if !all.contains(&place) {
            all.push(place);
        }
    }
    all
}

fn place_of(key: &str) -> Option<Place> {
    let key = key.strip_suffix(MARK).unwrap_or(key);
    let (session, kind) = match key.strip_suffix(".note") {
        Some(session) => (session, DraftKind::Note),
        None => (key, DraftKind::Reply),
    };
    let session = session.parse().ok()?;
    Some(Place { session, kind })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_names_its_draft() {
        let id = "00000000-0000-0000-0000-000000000001";
        let place = |kind| {
            Some(Place {
                session: id.parse().unwrap(),
                kind,
            })
        };
        for (key, kind) in [
            (id.to_owned(), DraftKind::Reply),
            (format!("{id}.at"), DraftKind::Reply),
            (format!("{id}.note"), DraftKind::Note),
            (format!("{id}.note.at"), DraftKind::Note),
        ] {
            assert_eq!(place_of(&key), place(kind), "{key}");
        }
        assert_eq!(place_of(&format!("{id}.location")), None, "a form");
    }

    #[test]
    fn a_mark_is_read_as_it_was_written() {
        let at = Timestamp::from_millis(7);
        for mark in [
            Mark::Kept(at),
            Mark::Changed { since: None },
            Mark::Changed { since: Some(at) },
        ] {
            assert_eq!(mark.written().and_then(|text| Mark::read(&text)), Some(mark));
        }
        assert_eq!(Mark::read("x"), None);
    }
}
