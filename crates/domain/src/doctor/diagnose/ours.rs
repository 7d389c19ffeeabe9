//! The checks of the server's own settings.

use super::result::{Doctor, Result, after, bad, fine};
use crate::doctor::{Check, FilesSent, Reach, Seen, State, Taker};

/// Failed files from which the way is suspected.
const FAILED_FROM: u32 = 3;

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

    pub(super) fn files(&self) -> Result {
        match &self.e.file_link {
            None | Some(Reach::NotTried | Reach::Ours) => {}
            Some(_) if self.e.files_blocked => return after(Check::Countries),
            Some(Reach::NotUs { status }) => return bad(Seen::NotUs { status: *status }),
            Some(Reach::BadCertificate { why }) => return bad(Seen::BadCertificate { why: why.clone() }),
            Some(Reach::Unreachable { why }) => return bad(Seen::Unreachable { why: why.clone() }),
        }
        // One file may be to blame itself.
        let many = |sent: &&FilesSent| sent.failed >= FAILED_FROM && sent.failed * 2 >= sent.of;
        match self.e.files.iter().find(many) {
            Some(&FilesSent { way, failed, of }) => (State::Notice, Seen::FilesFailed { way, failed, of }),
            None => fine(None),
        }
    }
}
