//! Whether an operator is there for new sessions.

use crate::form::{Problem, unknown};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use strum::{EnumString, IntoStaticStr, VariantArray};

/// After this long without a key, a click or a move of the mouse in any tab, the browser tells that nobody is there.
pub const IDLE_AFTER: Duration = Duration::from_secs(10 * 60);
/// After this long without an open page, an operator is offline. A page that is loaded again, or a restart of the
/// process, takes less.
pub const OFFLINE_AFTER: Duration = Duration::from_secs(60);
/// Open sessions up to which an extension is given more, unless its capacity says otherwise.
pub const DEFAULT_CAPACITY: u32 = 5;
/// The largest capacity.
pub const MAX_CAPACITY: u32 = 1000;

/// What an operator chooses, or the PBX for them.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Default,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[strum(serialize_all = "snake_case", parse_err_ty = Problem, parse_err_fn = unknown)]
#[serde(rename_all = "snake_case")]
pub enum Availability {
    #[default]
    Online,
    /// There, and takes no new sessions: on the phone, or with enough to do.
    Busy,
    Away,
}

impl Availability {
    pub const ALL: &'static [Self] = Self::VARIANTS;

    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// How colleagues see an operator. Only who is online is given sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, IntoStaticStr)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[strum(serialize_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    Online,
    Busy,
    /// As chosen, or because nothing has been touched for [`IDLE_AFTER`].
    Away,
    /// No page of the console is open.
    #[default]
    Offline,
}

impl Presence {
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// An operator's own choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnPresence {
    pub availability: Availability,
    /// A browser told that nobody is there.
    pub idle: bool,
}

impl OwnPresence {
    /// What colleagues see while a page is open.
    pub fn shown(self) -> Presence {
        match self.availability {
            Availability::Busy => Presence::Busy,
            Availability::Online if !self.idle => Presence::Online,
            Availability::Online | Availability::Away => Presence::Away,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_idle_is_away_unless_they_are_busy() {
        let shown = |availability, idle| OwnPresence { availability, idle }.shown();
        assert_eq!(shown(Availability::Online, false), Presence::Online);
        assert_eq!(shown(Availability::Online, true), Presence::Away);
        assert_eq!(shown(Availability::Busy, true), Presence::Busy);
        assert_eq!(shown(Availability::Away, false), Presence::Away);
    }
}
