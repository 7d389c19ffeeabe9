//! Putting a session off: it leaves its owner's list until a time, or until the customer writes.

use crate::{
    form::{Invalid, Problem},
    time::Timestamp,
};
use std::time::Duration;

/// A session may be put off for this long.
pub const MAX_SNOOZE: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// Checks until when a session is put off.
///
/// # Errors
/// The time has come already, or is more than [`MAX_SNOOZE`] ahead.
pub fn snoozed_until(until: Timestamp, now: Timestamp) -> Result<Timestamp, Invalid> {
    match until > now && until <= now.plus(MAX_SNOOZE) {
        true => Ok(until),
        false => Err(Invalid::field("until", Problem::NotATimeAhead)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_put_off_for_up_to_a_year() {
        let now = Timestamp::from_seconds(1_000_000);
        let in_seconds = |seconds| snoozed_until(now.plus(Duration::from_secs(seconds)), now);
        assert!(in_seconds(1).is_ok() && in_seconds(366 * 24 * 60 * 60).is_ok());
        for seconds in [0, 366 * 24 * 60 * 60 + 1] {
            let refused = in_seconds(seconds).unwrap_err();
            assert_eq!(refused.fields[0].problem, Problem::NotATimeAhead, "{seconds}");
        }
    }
}
