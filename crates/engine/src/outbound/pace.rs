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

/// Between two calls from one number: 78.4 a second, so that calls that take unequally long never make it more than 80.
pub(super) const SPACING: Duration = Duration::from_micros(12_750);
/// Messages of one number that are claimed and wait for their turn: an urgent one waits for no more than these.
const AHEAD: u32 = 8;
/// Messages to one customer that may be borrowed from the time after them.
pub(super) const BURST: u32 = 45;
pub(super) const PAIR: Duration = Duration::from_secs(6);

/// When calls were made, and how many are about to be.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// By channel.
    numbers: HashMap<Uuid, Number>,
    /// By session: when everything that was borrowed is paid back.
    pairs: HashMap<Uuid, Instant>,
}

#[derive(Debug, Default)]
struct Number {
    /// Messages that wait for their turn.
    waiting: u32,
    /// These, and calls without an answer.
    under_way: u32,
    last: Option<Instant>,
}

/// The channels with enough calls ahead, and the sessions whose customers have been written to enough.
#[derive(Debug, Default)]
pub(crate) struct Full {
    pub(super) channels: HashSet<Uuid>,
    pub(super) sessions: HashSet<Uuid>,
}

impl Pace {
    fn may_write_to(&self, session: Uuid, now: Instant) -> bool {
        let paid = self.pairs.get(&session).copied().unwrap_or(now).max(now);
        paid + PAIR <= now + PAIR * BURST
    }

    /// What has been borrowed from the time after now for a session's customer.
    pub(super) fn borrowed(&self, session: Uuid, now: Instant) -> Duration {
        let paid = self.pairs.get(&session);
        paid.map_or(Duration::ZERO, |paid| paid.saturating_duration_since(now))
    }

    /// Takes a place among the messages that wait for their turn; false if there is none now.
    pub(super) fn enter(&mut self, channel: Uuid, session: Uuid, now: Instant) -> bool {
        let free = self.may_write_to(session, now);
        let number = self.numbers.entry(channel).or_default();
        if number.waiting >= AHEAD || !free {
            return false;
        }
        number.waiting += 1;
        number.under_way += 1;
        let paid = self.pairs.entry(session).or_insert(now);
        *paid = (*paid).max(now) + PAIR;
        true
    }

    /// A message has had its turn.
    pub(super) fn leave(&mut self, channel: Uuid) {
        if let Some(number) = self.numbers.get_mut(&channel) {
            number.waiting = number.waiting.saturating_sub(1);
        }
    }

    /// A message goes without its turn: nothing was sent to its customer.
    pub(super) fn give_up(&mut self, channel: Uuid, session: Uuid) {
        self.leave(channel);
        if let Some(paid) = self.pairs.get_mut(&session) {
            *paid = paid.checked_sub(PAIR).unwrap_or(*paid);
        }
    }

    /// The call is over, or was never made.
    pub(super) fn end(&mut self, channel: Uuid) {
        if let Some(number) = self.numbers.get_mut(&channel) {
            number.under_way = number.under_way.saturating_sub(1);
        }
    }

    pub(super) fn under_way(&self, channel: Uuid) -> u32 {
        self.numbers.get(&channel).map_or(0, |number| number.under_way)
    }

    /// Takes the number's turn now, or says when the next one is. It counts from the last call as it was made, so that
    /// calls that were held up are not caught up on.
    pub(super) fn turn(&mut self, channel: Uuid, now: Instant) -> Result<(), Instant> {
        let number = self.numbers.entry(channel).or_default();
        match number.last.map(|last| last + SPACING).filter(|next| *next > now) {
            Some(next) => Err(next),
            None => {
                number.last = Some(now);
                Ok(())
            }
        }
    }

    /// What has to wait now.
    pub(super) fn full(&mut self, now: Instant) -> Full {
        let rests = |number: &Number| number.last.is_none_or(|last| last + SPACING <= now);
        self.numbers
            .retain(|_, number| number.under_way > 0 || !rests(number));
        self.pairs.retain(|_, paid| *paid > now);
        let channels = self.numbers.iter().filter(|(_, number)| number.waiting >= AHEAD);
        let sessions = self
            .pairs
            .keys()
            .filter(|session| !self.may_write_to(**session, now));
        Full {
            channels: channels.map(|(channel, _)| *channel).collect(),
            sessions: sessions.copied().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Uuid = Uuid::from_u128(1);
    const B: Uuid = Uuid::from_u128(2);
    const SECOND: Duration = Duration::from_secs(1);

    fn session(n: u128) -> Uuid {
        Uuid::from_u128(1000 + n)
    }

    /// The calls of a number with a backlog, looked at by the millisecond. At 2.0 s everything stands still for 300 ms.
    fn calls(start: Instant) -> Vec<Instant> {
        let mut pace = Pace::default();
        let mut calls = Vec::new();
        for tenths in (0..60_000).filter(|tenths| !(20_000..23_000).contains(tenths)) {
            let now = start + Duration::from_micros(tenths * 100);
            while pace.turn(A, now).is_ok() {
                calls.push(now);
            }
        }
        calls
    }

    #[test]
    fn never_more_than_80_in_any_second_and_no_less_than_78_while_many_wait() {
        let start = Instant::now();
        let calls = calls(start);
        for (n, call) in calls.iter().enumerate() {
            let within = calls[n..]
                .iter()
                .take_while(|other| **other < *call + SECOND)
                .count();
            assert!(within <= 80, "{within}");
            let stands_still = *call + SECOND > start + 2 * SECOND && *call < start + 2 * SECOND;
            if *call < start + 5 * SECOND && !stands_still {
                assert!(within >= 78, "{within}");
            }
        }
    }

    #[test]
    fn few_wait_for_their_turn_and_no_number_for_another() {
        let now = Instant::now();
        let mut pace = Pace::default();
        let entered = (0..20).filter(|n| pace.enter(A, session(*n), now)).count();
        assert_eq!(entered, 8);
        assert_eq!(pace.full(now).channels, HashSet::from([A]));
        assert!(pace.enter(B, session(100), now) && pace.turn(B, now).is_ok());
        pace.leave(A);
        assert!(pace.full(now).channels.is_empty() && pace.enter(A, session(20), now));
        assert_eq!((pace.under_way(A), pace.under_way(B)), (9, 1));
        // A call that takes long is counted for as long as it takes.
        (0..8).for_each(|_| pace.leave(A));
        pace.full(now + 10 * SECOND);
        assert_eq!(pace.under_way(A), 9);
        (0..9).for_each(|_| pace.end(A));
        assert_eq!(pace.under_way(A), 0);
    }

    #[test]
    fn one_customer_gets_45_at_once_and_then_one_in_six_seconds() {
        let start = Instant::now();
        let mut pace = Pace::default();
        let mut told = 0;
        for tenth in 0..600 {
            let now = start + Duration::from_millis(tenth * 100);
            for _ in 0..100 {
                told += usize::from(pace.enter(A, session(1), now));
                pace.leave(A);
            }
            assert!(
                pace.enter(A, session(1000 + u128::from(tenth)), now),
                "others do not wait"
            );
            pace.leave(A);
            if tenth == 0 {
                assert_eq!(told, 45);
            }
        }
        assert_eq!(told, 45 + 9);
        let soon = start + Duration::from_millis(59_500);
        assert_eq!(pace.full(soon).sessions, HashSet::from([session(1)]));
        // What was not sent is not counted.
        pace.give_up(A, session(1));
        assert!(pace.full(soon).sessions.is_empty());
    }
}
