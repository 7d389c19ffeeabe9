//! How fast messages may go out, kept before Meta complains: so many messages a second from one number, and to one
//! customer one in six seconds, of which 45 may be borrowed.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/throughput>
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/about-the-platform>
//!
//! Each engine counts for itself, in the time of the machine: what matters is when calls reach Meta. After a restart it
//! begins anew, and Meta's own refusal (130429, 131056) is the limit then.

use std::{
    collections::{BTreeSet, HashMap},
    time::{Duration, Instant},
};
use uuid::Uuid;

/// Calls under way at once, or about to be made: Meta may take a second for each, and several numbers send.
pub(crate) const AT_ONCE: usize = 256;
/// Messages to one customer that may be borrowed from the time after them.
pub(super) const BURST: u32 = 45;
/// A little more than Meta's six seconds: it counts from the arrival of a call, and those that are made first may
/// arrive late.
pub(super) const PAIR: Duration = Duration::from_millis(6100);

/// Between two calls from one number. A little less in a second than is allowed, because calls that are made late get
/// into the second after their own.
pub(super) fn spacing(rate: u32) -> Duration {
    match rate {
        0 | 1 => Duration::from_millis(1050),
        rate => Duration::from_secs(1) / (rate - (rate * 6).div_ceil(1000)),
    }
}

/// By how much a call may be late and the one after it still be made in time.
fn slack(spacing: Duration) -> Duration {
    (spacing / 2).max(Duration::from_millis(5))
}

/// Messages of one lane and of one number that are claimed and wait for their turn: those of 300 ms.
pub(super) fn ahead(rate: u32) -> usize {
    let ahead = usize::try_from(rate).unwrap_or(usize::MAX).saturating_mul(3) / 10;
    ahead.clamp(2, AT_ONCE)
}

/// A message that waits for its turn. The least goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Waiting {
    pub(super) lane: i64,
    pub(super) message: Uuid,
}

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
    /// Messages a second.
    rate: u32,
    waiting: BTreeSet<Waiting>,
    /// Messages that wait, and calls without an answer.
    under_way: u32,
    /// When the next call may be made.
    next: Option<Instant>,
}

/// What has to wait now.
#[derive(Debug, Default)]
pub(crate) struct Full {
    /// By channel: this lane, and those after it, have enough messages that wait for their turn.
    lanes_from: HashMap<Uuid, i64>,
    /// Sessions whose customers have been written to enough.
    sessions: Vec<Uuid>,
}

impl Full {
    pub(super) fn lanes_from(&self, channel: Uuid) -> Option<i64> {
        self.lanes_from.get(&channel).copied()
    }

    pub(super) fn sessions(&self) -> Vec<Uuid> {
        self.sessions.clone()
    }
}

impl Number {
    /// The first lane with enough messages that wait. Those of later lanes do not count: they can be overtaken.
    fn full_from(&self) -> Option<i64> {
        let last = self.waiting.iter().nth(ahead(self.rate) - 1);
        last.map(|waiting| waiting.lane)
    }
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
    pub(super) fn enter(
        &mut self,
        channel: Uuid,
        rate: u32,
        session: Uuid,
        message: Waiting,
        now: Instant,
    ) -> bool {
        let free = self.may_write_to(session, now);
        let number = self.numbers.entry(channel).or_default();
        number.rate = rate;
        if !free || number.full_from().is_some_and(|lane| lane <= message.lane) {
            return false;
        }
        number.waiting.insert(message);
        number.under_way += 1;
        let paid = self.pairs.entry(session).or_insert(now);
        *paid = (*paid).max(now) + PAIR;
        true
    }

    /// A message goes without its turn: nothing was sent to its customer.
    pub(super) fn give_up(&mut self, channel: Uuid, session: Uuid, message: Waiting) {
        if let Some(number) = self.numbers.get_mut(&channel) {
            number.waiting.remove(&message);
        }
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

    /// Takes the turn of the most urgent message, or says when to ask again. Calls that were held up for long are not
    /// caught up on.
    pub(super) fn turn(&mut self, channel: Uuid, message: Waiting, now: Instant) -> Result<(), Instant> {
        let number = self.numbers.entry(channel).or_default();
        let spacing = spacing(number.rate);
        let next = number.next.unwrap_or(now);
        let before = u32::try_from(number.waiting.range(..message).count()).unwrap_or(u32::MAX);
        if before > 0 {
            return Err(next.max(now) + spacing.saturating_mul(before));
        }
        if next > now {
            return Err(next);
        }
        number.waiting.remove(&message);
        number.next = Some(next.max(now.checked_sub(slack(spacing)).unwrap_or(now)) + spacing);
        Ok(())
    }

    /// What has to wait now.
    pub(super) fn full(&mut self, now: Instant) -> Full {
        let rests = |number: &Number| number.next.is_none_or(|next| next <= now);
        self.numbers
            .retain(|_, number| number.under_way > 0 || !rests(number));
        self.pairs.retain(|_, paid| *paid > now);
        let numbers = self.numbers.iter();
        let lanes_from = numbers.filter_map(|(channel, number)| Some((*channel, number.full_from()?)));
        let sessions = self
            .pairs
            .keys()
            .filter(|session| !self.may_write_to(**session, now));
        Full {
            lanes_from: lanes_from.collect(),
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

    fn waiting(lane: i64, n: u128) -> Waiting {
        Waiting {
            lane,
            message: Uuid::from_u128(n),
        }
    }

    /// The calls of a number with a backlog, each late by up to 3 ms. At 2.0 s everything stands still for 300 ms.
    fn calls(start: Instant, rate: u32) -> Vec<Instant> {
        let mut pace = Pace::default();
        let mut calls = Vec::new();
        let mut now = start;
        for n in 0.. {
            let message = waiting(2, n);
            if now > start + 6 * SECOND {
                return calls;
            }
            assert!(pace.enter(A, rate, session(n), message, now));
            while let Err(next) = pace.turn(A, message, now) {
                now = next + Duration::from_micros(u64::try_from(n * 7919 % 3000).unwrap());
                let stands_still = now > start + 2 * SECOND && now < start + 2 * SECOND + SECOND * 3 / 10;
                if stands_still {
                    now = start + 2 * SECOND + SECOND * 3 / 10;
                }
            }
            calls.push(now);
            pace.end(A);
        }
        calls
    }

    #[test]
    fn no_more_than_the_rate_in_any_second_and_hardly_less_while_many_wait() {
        let start = Instant::now();
        for (rate, least) in [(80, 78), (20, 18), (1000, 985)] {
            let calls = calls(start, rate);
            for (n, call) in calls.iter().enumerate() {
                let within = calls[n..]
                    .iter()
                    .take_while(|other| **other < *call + SECOND)
                    .count();
                let most = usize::try_from(rate).unwrap();
                assert!(within <= most, "{within} of {rate}");
                let stands_still = *call + SECOND > start + 2 * SECOND && *call < start + 23 * SECOND / 10;
                if *call < start + 5 * SECOND && !stands_still {
                    assert!(within >= least, "{within} of {rate}");
                }
            }
        }
    }

    #[test]
    fn few_wait_for_their_turn_the_urgent_go_first_and_no_number_waits_for_another() {
        let now = Instant::now();
        let mut pace = Pace::default();
        let enter =
            |pace: &mut Pace, channel, lane, n| pace.enter(channel, 80, session(n), waiting(lane, n), now);
        let entered = (0..50).filter(|n| enter(&mut pace, A, 3, *n)).count();
        assert_eq!(entered, 24);
        assert_eq!(pace.full(now).lanes_from(A), Some(3));
        assert!(
            enter(&mut pace, A, 0, 100),
            "an urgent one does not wait for a place"
        );
        let urgent = waiting(0, 100);
        assert_eq!(pace.turn(A, waiting(3, 0), now), Err(now + spacing(80)));
        assert_eq!(pace.turn(A, urgent, now), Ok(()));
        assert_eq!(pace.turn(A, waiting(3, 0), now), Err(now + spacing(80)));
        assert_eq!(pace.turn(A, waiting(3, 0), now + spacing(80)), Ok(()));
        assert_eq!(pace.full(now).lanes_from(A), None, "one has gone");
        assert!(enter(&mut pace, B, 2, 200) && pace.turn(B, waiting(2, 200), now).is_ok());
        assert_eq!((pace.under_way(A), pace.under_way(B)), (25, 1));
        // A call that takes long is counted for as long as it takes.
        pace.full(now + 10 * SECOND);
        assert_eq!(pace.under_way(A), 25);
        (0..25).for_each(|_| pace.end(A));
        assert_eq!(pace.under_way(A), 0);
    }

    #[test]
    fn one_customer_gets_45_at_once_and_then_one_in_six_seconds() {
        let start = Instant::now();
        let mut pace = Pace::default();
        let mut told = 0;
        let write_to = |pace: &mut Pace, to: Uuid, n: u128, now| {
            let message = waiting(0, n);
            let entered = pace.enter(A, 1000, to, message, now);
            if let Some(number) = pace.numbers.get_mut(&A) {
                number.waiting.clear();
            }
            entered
        };
        for tenth in 0..600_u64 {
            let now = start + Duration::from_millis(tenth * 100);
            for n in 0..100 {
                told += usize::from(write_to(&mut pace, session(1), n, now));
            }
            let other = session(1000 + u128::from(tenth));
            assert!(write_to(&mut pace, other, 1000, now), "others do not wait");
            if tenth == 0 {
                assert_eq!(told, 45);
            }
        }
        assert_eq!(told, 45 + 9);
        let soon = start + Duration::from_millis(59_500);
        assert_eq!(pace.full(soon).sessions(), [session(1)]);
        // What was not sent is not counted.
        pace.give_up(A, session(1), waiting(0, 0));
        assert!(pace.full(soon).sessions().is_empty());
    }
}
