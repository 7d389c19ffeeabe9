//! What this browser does for an alert, as its user chose, and which tab does it.

use crate::{browser, browser::storage};

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

/// The storage key of the event for which a tab has alerted last: its number, and the time.
const TOLD: &str = "alerts.told";
/// Numbers begin anew with another database: an old one counts no longer.
const FORGOTTEN_MS: i64 = 60_000;

/// Whether no other tab has taken care of this event or a later one; then this one does.
pub fn takes(number: u64) -> bool {
    let Some(storage) = storage() else {
        return true;
    };
    let now = browser::now().millis();
    let told = storage.get_item(TOLD).ok().flatten().unwrap_or_default();
    let (told, at) = told.split_once(' ').unwrap_or_default();
    let recent = at.parse::<i64>().is_ok_and(|at| now - at < FORGOTTEN_MS);
    if recent && told.parse::<u64>().is_ok_and(|told| told >= number) {
        return false;
    }
    let _ = storage.set_item(TOLD, &format!("{number} {now}"));
    true
}
