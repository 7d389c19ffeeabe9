//! How fast messages may go out, kept before Meta complains: 80 messages a second from one number, and to one customer
//! one in six seconds, of which 45 may be borrowed.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/throughput>
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/about-the-platform>
//!
//! Each engine counts for itself, in the time of the machine: what matters is when calls reach Meta. After a restart it
//! begins anew, and Meta's own refusal (130429, 131056) is the limit then.

use std::{
    collections::{HashMap, HashSet},
    time::{Duration, Instant},
};
use uuid::Uuid;

/// Between two messages of one number: 78.4 a second, so that calls that take unequally long never make it more than 80.
const SPACING: Duration = Duration::from_micros(12_750);
/// How far ahead calls are given their time. An urgent message waits for those that have theirs.
const AHEAD: Duration = Duration::from_millis(100);
/// Messages to one customer that may be borrowed from the time after them.
const BURST: u32 = 45;
const PAIR: Duration = Duration::from_secs(6);

/// When the last calls were made, and those that are about to be.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// By channel: the time of the last call.
    numbers: HashMap<Uuid, Instant>,
    /// By session: when everything that was borrowed is paid back.
    pairs: HashMap<Uuid, Instant>,
}

impl Pace {
    /// The time of the next call from a number; `None` when there are enough calls ahead.
    fn of_number(&self, channel: Uuid, now: Instant) -> Option<Instant> {
        let next = self.numbers.get(&channel).map(|last| *last + SPACING);
        let next = next.unwrap_or(now).max(now);
        (next <= now + AHEAD).then_some(next)
    }

    fn may_write_to(&self, session: Uuid, now: Instant) -> bool {
        let paid = self.pairs.get(&session).copied().unwrap_or(now).max(now);
        paid + PAIR <= now + PAIR * BURST
    }

    /// Gives a call its time; `None` when it has to wait.
    pub(super) fn take(&mut self, channel: Uuid, session: Uuid, now: Instant) -> Option<Instant> {
        let at = self.of_number(channel, now)?;
        if !self.may_write_to(session, now) {
            return None;
        }
        self.numbers.insert(channel, at);
        let paid = self.pairs.entry(session).or_insert(now);
        *paid = (*paid).max(now) + PAIR;
        Some(at)
    }

    /// What has to wait now.
    pub(super) fn full(&mut self, now: Instant) -> Full {
        self.numbers.retain(|_, last| *last + SPACING > now);
        self.pairs.retain(|_, paid| *paid > now);
        let channels = self.numbers.keys().copied();
        let channels = channels.filter(|channel| self.of_number(*channel, now).is_none());
        let sessions = self.pairs.keys().copied();
        let sessions = sessions.filter(|session| !self.may_write_to(*session, now));
        Full {
            channels: channels.collect(),
            sessions: sessions.collect(),
        }
    }
}

/// The channels with enough calls ahead, and the sessions whose customers have been written to enough.
#[derive(Debug, Default)]
pub(crate) struct Full {
    pub(super) channels: HashSet<Uuid>,
    pub(super) sessions: HashSet<Uuid>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Uuid = Uuid::from_u128(1);
    const B: Uuid = Uuid::from_u128(2);

    fn session(n: u128) -> Uuid {
        Uuid::from_u128(1000 + n)
    }

    #[test]
    fn never_more_than_80_in_any_second_and_no_less_than_78_while_many_wait() {
        let start = Instant::now();
        let mut pace = Pace::default();
        let mut calls = Vec::new();
        for ms in 0..5000 {
            let now = start + Duration::from_millis(ms);
            while let Some(at) = pace.take(A, session(calls.len() as u128), now) {
                calls.push(at);
            }
        }
        let second = Duration::from_secs(1);
        for (n, call) in calls.iter().enumerate() {
            let within = calls[n..]
                .iter()
                .take_while(|other| **other < *call + second)
                .count();
            assert!(within <= 80, "{within}");
            if *call < start + 4 * second {
                assert!(within >= 78, "{within}");
            }
        }
        // Not faster after a rest, either.
        let later = start + Duration::from_secs(60);
        assert_eq!(pace.take(A, session(9000), later), Some(later));
        assert_eq!(pace.take(A, session(9001), later), Some(later + SPACING));
    }

    #[test]
    fn a_number_does_not_wait_for_another() {
        let now = Instant::now();
        let mut pace = Pace::default();
        while pace.take(A, session(1), now).is_some() {}
        assert_eq!(pace.full(now).channels, HashSet::from([A]));
        assert_eq!(pace.take(B, session(2), now), Some(now));
    }

    #[test]
    fn one_customer_gets_45_at_once_and_then_one_in_six_seconds() {
        let start = Instant::now();
        let mut pace = Pace::default();
        let mut told = 0;
        for second in 0..60 {
            let now = start + Duration::from_secs(second);
            for ms in 0..1000 {
                told += usize::from(
                    pace.take(A, session(1), now + Duration::from_millis(ms))
                        .is_some(),
                );
            }
            let other = pace.take(
                A,
                session(2 + u128::from(second)),
                now + Duration::from_millis(999),
            );
            assert!(other.is_some(), "others do not wait");
            if second == 0 {
                assert_eq!(told, 45);
            }
        }
        assert_eq!(told, 45 + 9);
        let full = pace.full(start + Duration::from_secs(60));
        assert_eq!(full.sessions, HashSet::from([session(1)]));
    }
}
