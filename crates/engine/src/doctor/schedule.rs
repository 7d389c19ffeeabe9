//! The worker that has every channel examined: soon after a save, and every few minutes, so that the badge turns red
//! and green again by itself.

use crate::{Engine, Result, doctor, entity::channel};
use domain::{doctor::SETTLING, ids::ChannelId, time::Timestamp};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use std::{
    collections::HashMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How old an examination may be, give or take a fifth.
const FRESH: Duration = Duration::from_secs(5 * 60);
/// The same while Meta cannot be reached: it doubles with each attempt up to this.
const LONGEST: Duration = Duration::from_secs(30 * 60);
/// How often it looks without being woken.
const PATROL: Duration = Duration::from_secs(15);
/// Examinations under way at once.
const AT_ONCE: usize = 4;

/// What the worker remembers.
#[derive(Debug, Default)]
pub(crate) struct Rounds {
    /// How often in a row Meta did not answer for a channel.
    silences: Mutex<HashMap<ChannelId, u32>>,
    /// Channels of which Meta had not stored everything yet, and when it must have.
    settling: Mutex<HashMap<ChannelId, Timestamp>>,
    age: AtomicU64,
}

impl Rounds {
    /// Rises when what is being found may be true no more.
    pub(crate) fn age(&self) -> u64 {
        self.age.load(Ordering::SeqCst)
    }

    /// Examinations under way come too late to count.
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

    /// The channel is due at this time, however fresh its findings are; or no longer.
    pub(crate) fn look_again(&self, id: ChannelId, at: Option<Timestamp>) {
        let mut settling = self.settling.lock().unwrap_or_else(PoisonError::into_inner);
        match at {
            Some(at) => drop(settling.insert(id, at)),
            None => drop(settling.remove(&id)),
        }
    }

    fn looks_again(&self, id: ChannelId) -> Option<Timestamp> {
        let settling = self.settling.lock().unwrap_or_else(PoisonError::into_inner);
        settling.get(&id).copied()
    }

    /// How long it may sleep.
    fn pause(&self) -> Duration {
        let settling = self.settling.lock().unwrap_or_else(PoisonError::into_inner);
        match settling.is_empty() {
            true => PATROL,
            false => SETTLING.min(PATROL),
        }
    }

    fn silences(&self, id: ChannelId) -> u32 {
        let times = self.silences.lock().unwrap_or_else(PoisonError::into_inner);
        times.get(&id).copied().unwrap_or(0)
    }
}

pub(crate) async fn run(e: Engine, stop: CancellationToken) {
    while !stop.is_cancelled() {
        tokio::select! {
            passed = pass(&e) => if let Err(error) = passed {
                tracing::error!(%error, "channels cannot be examined now");
            },
            () = stop.cancelled() => break,
        }
        tokio::select! {
            () = e.channel_check.notified() => {}
            () = tokio::time::sleep(e.rounds.pause()) => {}
            () = stop.cancelled() => {}
        }
    }
}

async fn pass(e: &Engine) -> Result<()> {
    let mut under_way = JoinSet::new();
    for channel in due(e).await? {
        if under_way.len() >= AT_ONCE {
            under_way.join_next().await;
        }
        let e = e.clone();
        under_way.spawn(async move {
            let id = ChannelId::new(channel.id);
            if let Err(error) = check(&e, id).await {
                tracing::error!(%error, channel = %id, "a channel cannot be examined");
                if let Err(error) = put_off(&e, id).await {
                    tracing::error!(%error, channel = %id, "nor can this be written down");
                }
            }
        });
    }
    while under_way.join_next().await.is_some() {}
    Ok(())
}

/// Channels that nobody has examined for a while, or since they were saved.
pub(crate) async fn due(e: &Engine) -> Result<Vec<channel::Model>> {
    use channel::Column;
    let channels = channel::Entity::find()
        .filter(Column::PausedAt.is_null())
        .filter(Column::DeletedAt.is_null())
        .all(e.db.read())
        .await?;
    let now = e.clock().now();
    let is_due = |channel: &channel::Model| match (channel.doctor_at, channel.token_checked_at) {
        (Some(last), Some(_)) => {
            let last = Timestamp::from_millis(last);
            let id = ChannelId::new(channel.id);
            now >= last.plus(wait(id, last, e.rounds.silences(id)))
                || e.rounds.looks_again(id).is_some_and(|at| now >= at)
        }
        _ => true,
    };
    Ok(channels.into_iter().filter(is_due).collect())
}

/// Has the channel examined.
pub(crate) async fn check(e: &Engine, id: ChannelId) -> Result<()> {
    doctor::look(e, id).await.map(drop)
}

/// What cannot be examined is not tried again at once.
async fn put_off(e: &Engine, id: ChannelId) -> Result<()> {
    let now = e.clock().now().millis();
    let tx = e.db.write().await?;
    channel::Entity::update_many()
        .col_expr(channel::Column::DoctorAt, Expr::value(now))
        .col_expr(channel::Column::TokenCheckedAt, Expr::value(now))
        .filter(channel::Column::Id.eq(id.uuid()))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

/// From one examination to the next. The jitter is worked out from the channel and the time, so that channels drift
/// apart and asking twice gives the same answer.
fn wait(id: ChannelId, last: Timestamp, silences: u32) -> Duration {
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
