//! Log lines that strangers can cause as often as they like: few are written, with the number of those left out.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

pub const EVERY_SECOND: Duration = Duration::from_secs(1);

/// One kind of line.
#[derive(Debug)]
pub struct Seldom {
    every: Duration,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    last: Option<Instant>,
    left_out: u64,
}

impl Seldom {
    /// At most one line in so long a time.
    pub const fn every(every: Duration) -> Self {
        let state = State {
            last: None,
            left_out: 0,
        };
        Self {
            every,
            state: Mutex::new(state),
        }
    }

    /// The number of lines left out since the last one, if another is due now.
    pub fn due(&self) -> Option<u64> {
        self.due_at(Instant::now())
    }

    fn due_at(&self, now: Instant) -> Option<u64> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.last.is_some_and(|last| now < last + self.every) {
            state.left_out += 1;
            return None;
        }
        state.last = Some(now);
        Some(std::mem::take(&mut state.left_out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_flood_one_line_a_second_is_left() {
        let (lines, start) = (Seldom::every(EVERY_SECOND), Instant::now());
        let after = |millis| start + Duration::from_millis(millis);
        assert_eq!(lines.due_at(start), Some(0));
        for n in 1..1000 {
            assert_eq!(lines.due_at(after(n)), None, "{n}");
        }
        assert_eq!(lines.due_at(after(1000)), Some(999));
        assert_eq!(lines.due_at(after(1001)), None);
        assert_eq!(lines.due_at(after(60_000)), Some(1));
    }
}
