//! What this browser does for an alert, as its user chose, and what they look at.

use crate::browser::{store, stored};
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
        stored(self.key()).is_some()
    }

    pub fn choose(self, on: bool) {
        store(self.key(), on.then_some("on"));
    }
}

/// The storage key of the session that the user looks at, in whichever tab.
const IN_VIEW: &str = "alerts.view";

/// Notes what the user looks at in this tab.
pub fn looks_at(session: Option<&str>) {
    store(IN_VIEW, session);
}

/// The user has left this tab. They may look at another one already.
pub fn looks_away(session: Option<&str>) {
    if stored(IN_VIEW).as_deref() == session {
        looks_at(None);
    }
}

pub fn is_in_view(session: SessionId) -> bool {
    stored(IN_VIEW).is_some_and(|seen| seen == session.to_string())
}
