//! The checks of Meta's calls.

use super::result::{Doctor, Result, after, bad, fine, last};
use crate::doctor::{Check, SIGNATURES_WRONG_FROM, Seen, State};

/// Seconds. Time-bound proofs beyond this skew are refused.
const MAX_SKEW: i64 = 5 * 60;

impl Doctor<'_> {
    pub(super) fn signature(&self) -> Result {
        let Some(failed) = self
            .e
            .signature_failed_at
            .filter(|_| self.e.signature_failures > 0)
        else {
            return last(self.e.last_inbound_at);
        };
        if self.is_bad(Check::AppSecret) {
            return after(Check::AppSecret);
        }
        let many = i64::from(self.e.signature_failures) >= SIGNATURES_WRONG_FROM;
        let state = if many { State::Bad } else { State::Notice };
        (
            state,
            Seen::SignaturesWrong {
                count: self.e.signature_failures,
                last: failed,
            },
        )
    }

    pub(super) fn clock_skew(&self) -> Result {
        match self.e.clock_ahead {
            None => after(Check::Token),
            Some(seconds) if seconds.abs() > MAX_SKEW => bad(Seen::ClockWrong { seconds }),
            Some(_) => fine(None),
        }
    }
}
