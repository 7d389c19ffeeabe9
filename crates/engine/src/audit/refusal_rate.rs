//! How many refusals become rows of the audit log.

use crate::Clock;
use domain::time::Timestamp;
use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// How many rows of a kind there are at once, and after how long there is one more.
const AT_ONCE: u32 = 60;
const EVERY: Duration = Duration::from_secs(60);

/// What is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A wrong password, or one too many.
    Password,
    /// A log-in at the provider of single sign-on.
    SignOn,
    /// An API token that does not work.
    Token,
    /// What somebody who is known has no right to.
    Forbidden,
}

/// How much was refused lately.
#[derive(Debug)]
pub(crate) struct RefusalRate {
    clock: Clock,
    kinds: [Mutex<Counted>; 4],
}

#[derive(Debug)]
struct Counted {
    /// When everything that was counted has expired.
    until: Timestamp,
    left_out: u64,
}

impl RefusalRate {
    pub(crate) fn new(clock: &Clock) -> Self {
        let none = || {
            Mutex::new(Counted {
                until: Timestamp::from_millis(0),
                left_out: 0,
            })
        };
        Self {
            clock: clock.clone(),
            kinds: [none(), none(), none(), none()],
        }
    }

    /// The number of rows left out since the last one, if another is due now.
    pub(super) fn due(&self, kind: Kind) -> Option<u64> {
        let now = self.clock.now();
        let counted = &self.kinds[kind as usize];
        let mut counted = counted.lock().unwrap_or_else(PoisonError::into_inner);
        // More is never counted, unless the clock was set back.
        let until = counted.until.max(now).min(now.plus(EVERY * AT_ONCE));
        if until > now.plus(EVERY * (AT_ONCE - 1)) {
            counted.left_out += 1;
            return None;
        }
        counted.until = until.plus(EVERY);
        Some(std::mem::take(&mut counted.left_out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_flood_few_rows_are_left_and_they_say_how_many_are_not() {
        let clock = Clock::manual(Timestamp::from_seconds(1_700_000_000));
        let rate = RefusalRate::new(&clock);
        let flood = |times: u32| {
            (0..times)
                .filter_map(|_| rate.due(Kind::Token))
                .collect::<Vec<_>>()
        };
        assert_eq!(flood(1000), [0; 60]);
        assert_eq!(rate.due(Kind::Password), Some(0), "each kind for itself");
        clock.advance(EVERY);
        assert_eq!(flood(10), [940]);
        clock.advance(EVERY * 2);
        assert_eq!(flood(10), [9, 0]);
        clock.advance(EVERY * 1000);
        assert_eq!(flood(100).len(), 60);
    }
}
