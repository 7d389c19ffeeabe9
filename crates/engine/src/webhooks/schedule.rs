//! When the next attempt is made.

use crate::random;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);
/// The waits after each failure; the one after the last gives up.
const WAITS: [Duration; 7] = [
    Duration::from_secs(5),
    MINUTE.saturating_mul(5),
    MINUTE.saturating_mul(30),
    HOUR.saturating_mul(2),
    HOUR.saturating_mul(5),
    HOUR.saturating_mul(10),
    HOUR.saturating_mul(10),
];
/// A webhook that asks to wait for longer is not waited for.
const MAX_ASKED: Duration = HOUR.saturating_mul(24);
/// A webhook that has got nothing for so long is switched off.
const FAILING: Duration = HOUR.saturating_mul(5 * 24);

/// The wait after so many attempts, at most a tenth longer than planned; `None`: the event is given up.
pub(super) fn wait(attempts: usize) -> Option<Duration> {
    let planned = *WAITS.get(attempts.checked_sub(1)?)?;
    Some(planned.mul_f64(0.9) + random::jittered(planned.mul_f64(0.2)))
}

/// How long the whole webhook is left alone, because its answer asks for it.
pub(super) fn held(asked: Duration) -> Duration {
    asked.min(MAX_ASKED)
}

/// Whether a failure switches the webhook off. After a quiet week a first attempt proves nothing: the second follows it
/// in five seconds.
pub(super) fn is_over(failing: Duration, attempts: usize) -> bool {
    failing >= FAILING && attempts > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_attempts_are_made_in_28_hours() {
        let mut all = Duration::ZERO;
        for (attempts, planned) in (1..).zip([5, 300, 1800, 7200, 18_000, 36_000, 36_000]) {
            let planned = Duration::from_secs(planned);
            let wait = wait(attempts).unwrap();
            assert!(
                wait >= planned.mul_f64(0.999) && wait <= planned.mul_f64(1.101),
                "{attempts}: {wait:?}"
            );
            all += planned;
        }
        assert_eq!(all, Duration::from_secs(27 * 3600 + 35 * 60 + 5));
        assert_eq!(wait(8), None);
        assert_eq!(wait(0), None);
    }

    #[test]
    fn five_days_of_failures_and_not_a_single_one_switch_it_off() {
        let day = HOUR * 24;
        assert!(!is_over(day * 4, 8));
        assert!(!is_over(day * 9, 1));
        assert!(is_over(day * 5, 2));
    }

    #[test]
    fn nobody_waits_longer_than_a_day() {
        assert_eq!(held(Duration::from_secs(7)), Duration::from_secs(7));
        assert_eq!(held(Duration::from_secs(u64::MAX)), HOUR * 24);
    }
}
