//! When a channel is examined again, and what one examination leaves for the next.

use domain::{doctor::SETTLING, ids::ChannelId, time::Timestamp};
use std::{
    collections::HashMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

/// How old an examination may be, give or take a fifth.
const FRESH: Duration = Duration::from_secs(5 * 60);
/// The same while Meta cannot be reached: it doubles with each attempt up to this limit.
const LONGEST: Duration = Duration::from_secs(30 * 60);
/// How often the worker looks without being woken.
const PATROL: Duration = Duration::from_secs(15);

/// What the worker remembers.
#[derive(Debug, Default)]
pub(crate) struct Schedule {
    /// How often in a row Meta did not answer for a channel.
    silences: Mutex<HashMap<ChannelId, u32>>,
    /// Channels for which Meta had not stored everything yet, and when it must have.
    settling: Mutex<HashMap<ChannelId, Timestamp>>,
    age: AtomicU64,
}

impl Schedule {
    /// Rises when the findings of examinations under way may be outdated.
    pub(crate) fn age(&self) -> u64 {
        self.age.load(Ordering::SeqCst)
    }

    /// Discards the findings of examinations under way.
    pub(crate) fn outdate(&self) {
        self.age.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn note_silence(&self, id: ChannelId, silent: bool) {
        let mut times = self.silences.lock().unwrap_or_else(PoisonError::into_inner);
        if silent {
            let times = times.entry(id).or_default();
            *times = times.saturating_add(1);
        } else {
            times.remove(&id);
        }
    }

    /// Makes the channel due at this time, however fresh its findings are; `None`: no longer.
    pub(crate) fn look_again(&self, id: ChannelId, at: Option<Timestamp>) {
        let mut settling = self.settling.lock().unwrap_or_else(PoisonError::into_inner);
        match at {
            Some(at) => drop(settling.insert(id, at)),
            None => drop(settling.remove(&id)),
        }
    }

    pub(super) fn looks_again(&self, id: ChannelId) -> Option<Timestamp> {
        let settling = self.settling.lock().unwrap_or_else(PoisonError::into_inner);
        settling.get(&id).copied()
    }

    /// How long the worker may sleep.
    pub(super) fn pause(&self) -> Duration {
        let settling = self.settling.lock().unwrap_or_else(PoisonError::into_inner);
        match settling.is_empty() {
            true => PATROL,
            false => SETTLING.min(PATROL),
        }
    }

    pub(super) fn silences(&self, id: ChannelId) -> u32 {
        let times = self.silences.lock().unwrap_or_else(PoisonError::into_inner);
        times.get(&id).copied().unwrap_or(0)
    }
}

/// The time from one examination to the next. The jitter is computed from the channel and the time, so that channels
/// drift apart and asking twice gives the same answer.
pub(super) fn wait(id: ChannelId, last: Timestamp, silences: u32) -> Duration {
    let grown = FRESH.saturating_mul(2_u32.saturating_pow(silences.min(8)));
    let seed = id.uuid().as_u128() ^ u128::from(last.millis().unsigned_abs());
    // Knuth's multiplicative hash spreads neighbouring times.
    #[expect(clippy::cast_possible_truncation, reason = "the low bits are what is hashed")]
    let share = ((seed ^ (seed >> 64)) as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 54;
    #[expect(clippy::cast_precision_loss, reason = "ten bits")]
    let share = share as f64 / 1024.0;
    grown.min(LONGEST).mul_f64(0.8 + 0.4 * share)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn channels_are_examined_every_few_minutes_and_not_all_at_once() {
        let at = Timestamp::from_seconds(1_795_341_600);
        let waits: Vec<Duration> = (0..50)
            .map(|n| wait(ChannelId::new(Uuid::from_u128(n << 40 | n)), at, 0))
            .collect();
        let (least, most) = (FRESH.mul_f64(0.8), FRESH.mul_f64(1.2));
        assert!(
            waits.iter().all(|wait| (least..=most).contains(wait)),
            "{waits:?}"
        );
        let distinct: std::collections::BTreeSet<_> = waits.iter().collect();
        assert!(distinct.len() > 40, "{waits:?}");
        let same = ChannelId::new(Uuid::from_u128(7));
        assert_eq!(wait(same, at, 0), wait(same, at, 0));
    }

    #[test]
    fn silence_makes_it_patient_up_to_half_an_hour() {
        let id = ChannelId::new(Uuid::from_u128(1));
        let at = Timestamp::from_seconds(1_795_341_600);
        let waits: Vec<Duration> = (0..6).map(|silences| wait(id, at, silences)).collect();
        assert!(waits.is_sorted());
        assert!(waits[5] <= LONGEST.mul_f64(1.2) && waits[5] >= LONGEST.mul_f64(0.8));
    }
}
