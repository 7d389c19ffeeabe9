//! The checks of the server's own settings.

use super::result::{Doctor, Result, bad, fine};
use crate::doctor::{Seen, State, Taker};

impl Doctor<'_> {
    pub(super) fn destination(&self) -> Result {
        match (self.e.destination, self.e.fallback) {
            (Taker::NotChosen, _) => bad(Seen::Missing),
            (Taker::Ready, _) => fine(None),
            (Taker::Empty, _) => bad(Seen::DestinationEmpty { fallback: false }),
            (Taker::Disabled, Taker::Ready) => (State::Notice, Seen::DestinationDisabled { fallback: true }),
            (Taker::Disabled, Taker::Empty) => bad(Seen::DestinationEmpty { fallback: true }),
            (Taker::Disabled, _) => bad(Seen::DestinationDisabled { fallback: false }),
        }
    }

    pub(super) fn countries(&self) -> Result {
        match (self.e.webhooks_blocked, self.e.files_blocked) {
            (false, false) => fine(None),
            (webhooks, files) => bad(Seen::CountriesBlocked { webhooks, files }),
        }
    }
}
