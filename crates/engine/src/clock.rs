//! Time, ids and chance, passed in rather than read from globals, so that tests move time by hand.

use domain::time::Timestamp;
use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use uuid::{ContextV7, Uuid};

/// Where the time comes from. Clones share it.
#[derive(Clone)]
pub struct Clock {
    source: Source,
    /// When this clock was made.
    began: Instant,
    ids: Arc<Mutex<ContextV7>>,
}

#[derive(Clone)]
enum Source {
    System,
    Manual(Arc<Mutex<Timestamp>>),
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self::new(Source::System)
    }

    /// A clock that stands still until [`advance`](Self::advance) moves it.
    pub fn manual(at: Timestamp) -> Self {
        Self::new(Source::Manual(Arc::new(Mutex::new(at))))
    }

    fn new(source: Source) -> Self {
        Self {
            source,
            began: Instant::now(),
            ids: Arc::new(Mutex::new(ContextV7::new())),
        }
    }

    pub fn now(&self) -> Timestamp {
        match &self.source {
            Source::System => {
                #[expect(
                    clippy::disallowed_methods,
                    reason = "the one place that reads the machine's clock"
                )]
                let since_1970 = std::time::SystemTime::now()
                    .duration_since(std::time::UNIX_EPOCH)
                    .unwrap_or_default();
                Timestamp::from_millis(i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX))
            }
            Source::Manual(at) => *at.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// How long this clock has run: unlike [`now`](Self::now) it never goes back, whoever sets the machine's time.
    pub fn running(&self) -> Duration {
        match &self.source {
            Source::System => self.began.elapsed(),
            Source::Manual(_) => {
                let millis = u64::try_from(self.now().millis()).unwrap_or_default();
                Duration::from_millis(millis)
            }
        }
    }

    /// The lowest id of a millisecond: the first 48 bits of a UUIDv7 are the time.
    pub(crate) fn first_id_at(millis: i64) -> Uuid {
        Uuid::from_u128(u128::try_from(millis).unwrap_or(0) << 80)
    }

    /// Moves a manual clock on. The machine's clock is left alone.
    pub fn advance(&self, by: Duration) {
        if let Source::Manual(at) = &self.source {
            let mut at = at.lock().unwrap_or_else(PoisonError::into_inner);
            *at = at.plus(by);
        }
    }

    /// A fresh UUIDv7: ids of one process sort in the order in which they were made.
    pub fn new_id(&self) -> Uuid {
        let millis = u64::try_from(self.now().millis()).unwrap_or(0);
        let context = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        #[expect(clippy::cast_possible_truncation, reason = "less than 10^9")]
        let nanos = (millis % 1000 * 1_000_000) as u32;
        Uuid::new_v7(uuid::Timestamp::from_unix(&*context, millis / 1000, nanos))
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({})", self.now().millis())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_runs_never_goes_back() {
        let clock = Clock::system();
        let readings: Vec<_> = (0..1000).map(|_| clock.running()).collect();
        assert!(readings.is_sorted());
        // It does not depend on what time the machine says it is.
        assert!(readings[999] < Duration::from_secs(60 * 60));
        let clock = Clock::manual(Timestamp::from_seconds(1_700_000_000));
        let before = clock.running();
        clock.advance(Duration::from_secs(7));
        assert_eq!(clock.running() - before, Duration::from_secs(7));
    }

    #[test]
    fn ids_sort_in_the_order_they_were_made_even_when_time_stands_still() {
        let clock = Clock::manual(Timestamp::from_seconds(1_700_000_000));
        let ids: Vec<_> = (0..1000).map(|_| clock.new_id()).collect();
        assert!(ids.is_sorted());
    }
}
