//! How fast a business may send: so many messages in any second from one number, and to one customer a burst and then
//! one in a few seconds.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/throughput>
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/about-the-platform>
//!
//! It counts in the machine's time: a clock that a test moves by hand says nothing about the pace of calls.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

const SECOND: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(crate) struct Pace {
    pub limited: bool,
    pub pair_burst: u32,
    pub pair_every: Duration,
    /// When each number's messages of the last second were accepted.
    numbers: HashMap<String, VecDeque<Instant>>,
    /// Keyed by number and customer: when the burst has been paid back.
    pairs: HashMap<(String, String), Instant>,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            limited: true,
            pair_burst: 45,
            pair_every: Duration::from_secs(6),
            numbers: HashMap::new(),
            pairs: HashMap::new(),
        }
    }
}

/// The limit that a message would break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TooFast {
    /// 130429
    Number,
    /// 131056
    Pair,
}

impl Pace {
    /// Whether a message may be accepted now.
    pub(crate) fn check(
        &mut self,
        number: &str,
        customer: &str,
        per_second: u32,
        now: Instant,
    ) -> Result<(), TooFast> {
        if !self.limited {
            return Ok(());
        }
        if let Some(recent) = self.numbers.get_mut(number) {
            while recent.front().is_some_and(|at| now.duration_since(*at) >= SECOND) {
                recent.pop_front();
            }
            if recent.len() >= per_second as usize {
                return Err(TooFast::Number);
            }
        }
        let paid = self.paid(number, customer, now);
        if paid + self.pair_every > now + self.pair_every * self.pair_burst {
            return Err(TooFast::Pair);
        }
        Ok(())
    }

    /// A message has been accepted.
    pub(crate) fn count(&mut self, number: &str, customer: &str, now: Instant) {
        if !self.limited {
            return;
        }
        self.numbers.entry(number.to_owned()).or_default().push_back(now);
        let paid = self.paid(number, customer, now) + self.pair_every;
        self.pairs.insert((number.to_owned(), customer.to_owned()), paid);
    }

    fn paid(&self, number: &str, customer: &str, now: Instant) -> Instant {
        let paid = self.pairs.get(&(number.to_owned(), customer.to_owned()));
        paid.copied().unwrap_or(now).max(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn send(pace: &mut Pace, customer: &str, now: Instant) -> Result<(), TooFast> {
        pace.check("1", customer, 80, now)?;
        pace.count("1", customer, now);
        Ok(())
    }

    #[test]
    fn no_second_holds_more_than_the_throughput() {
        let mut pace = Pace::default();
        let start = Instant::now();
        for n in 0..80 {
            let at = start + Duration::from_millis(5 * n);
            assert_eq!(send(&mut pace, &n.to_string(), at), Ok(()));
        }
        let late = start + Duration::from_millis(999);
        assert_eq!(send(&mut pace, "x", late), Err(TooFast::Number));
        assert_eq!(pace.check("2", "x", 80, late), Ok(()), "numbers count apart");
        assert_eq!(send(&mut pace, "x", start + SECOND), Ok(()));
        assert_eq!(send(&mut pace, "y", start + SECOND), Err(TooFast::Number));
    }

    #[test]
    fn a_burst_to_one_customer_is_paid_back_one_by_one() {
        let mut pace = Pace::default();
        let start = Instant::now();
        for _ in 0..45 {
            assert_eq!(send(&mut pace, "x", start), Ok(()));
        }
        let soon = start + Duration::from_millis(5999);
        assert_eq!(send(&mut pace, "x", soon), Err(TooFast::Pair));
        assert_eq!(send(&mut pace, "y", soon), Ok(()));
        let then = start + Duration::from_secs(6);
        assert_eq!(send(&mut pace, "x", then), Ok(()));
        assert_eq!(send(&mut pace, "x", then), Err(TooFast::Pair));
    }

    #[test]
    fn without_limits_everything_goes() {
        let mut pace = Pace {
            limited: false,
            ..Pace::default()
        };
        let now = Instant::now();
        assert!((0..1000).all(|_| send(&mut pace, "x", now).is_ok()));
    }
}
