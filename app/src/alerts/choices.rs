//! What this browser does for an alert, as its user chose, and what they look at.

use crate::browser::storage;
use domain::ids::SessionId;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Means {
    /// A notification of the system's.
    Desktop,
    Sound,
}

impl Means {
    fn key(self) -> &'static str {
        match self {
            Self::Desktop => "alerts.desktop",
            Self::Sound => "alerts.sound",
        }
    }

    pub fn is_chosen(self) -> bool {
        let kept = storage().and_then(|storage| storage.get_item(self.key()).ok().flatten());
        kept.is_some()
    }

    pub fn choose(self, on: bool) {
        if let Some(storage) = storage() {
            let _ = match on {
                true => storage.set_item(self.key(), "on"),
                false => storage.remove_item(self.key()),
            };
        }
    }
}

/// The storage key of the session that the user looks at, in whichever tab.
const IN_VIEW: &str = "alerts.view";

/// Notes what the user looks at in this tab.
pub fn looks_at(session: Option<&str>) {
    if let Some(storage) = storage() {
        let _ = match session {
            Some(session) => storage.set_item(IN_VIEW, session),
            None => storage.remove_item(IN_VIEW),
        };
    }
}

/// The user has left this tab. They may look at another one already.
pub fn looks_away(session: Option<&str>) {
    let seen = storage().and_then(|storage| storage.get_item(IN_VIEW).ok().flatten());
    if seen.as_deref() == session {
        looks_at(None);
    }
}

pub fn is_in_view(session: SessionId) -> bool {
    let seen = storage().and_then(|storage| storage.get_item(IN_VIEW).ok().flatten());
    seen.is_some_and(|seen| seen == session.to_string())
}
