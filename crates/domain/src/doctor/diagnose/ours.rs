//! What has nothing to do with Meta.

use super::{Doctor, Result, bad, fine};
use crate::doctor::{Seen, State};

impl Doctor<'_> {
    pub(super) fn destination(&self) -> Result {
        match (
            self.e.has_destination,
            self.e.destination_disabled,
            self.e.has_fallback,
        ) {
            (false, ..) => bad(Seen::Missing),
            (true, false, _) => fine(None),
            (true, true, fallback) => {
                let state = if fallback { State::Notice } else { State::Bad };
                (state, Seen::DestinationDisabled { fallback })
            }
        }
    }

    pub(super) fn countries(&self) -> Result {
        match (self.e.webhooks_blocked, self.e.files_blocked) {
            (false, false) => fine(None),
            (webhooks, files) => bad(Seen::CountriesBlocked { webhooks, files }),
        }
    }
}
