//! How long a queued message waits for its turn: a number may send so many messages a second, a customer gets so many.

use super::pace::{BURST, PAIR, spacing};
use crate::{
    Engine, Result,
    entity::{channel, outbox},
};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};
use std::{
    collections::HashMap,
    time::{Duration, Instant},
};
use uuid::Uuid;

/// Shorter waits are not told: the message is gone before anybody has read it.
const TOLD: Duration = Duration::from_secs(2);

/// The place of a message in its queues.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// Messages of the same number that go before it.
    pub(super) in_number: u64,
    /// Between two of them.
    pub(super) spacing: Duration,
    /// Messages to the same customer that go before it.
    pub(super) in_session: u32,
    /// What has been borrowed for its customer already.
    pub(super) borrowed: Duration,
}

/// In about how many seconds the message goes; `None` if that is soon.
pub(super) fn seconds(place: Place) -> Option<u32> {
    let ahead = u32::try_from(place.in_number).unwrap_or(u32::MAX);
    let number = place.spacing.saturating_mul(ahead);
    let needed = PAIR.saturating_mul(place.in_session.saturating_add(1));
    let customer = place.borrowed.saturating_add(needed).saturating_sub(PAIR * BURST);
    let wait = number.max(customer);
    let rounded = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    (wait > TOLD).then_some(u32::try_from(rounded).unwrap_or(u32::MAX))
}

/// In about how many seconds each of a session's messages goes, if that is not soon. `jobs` are all of the session.
pub(super) async fn turns(
    engine: &Engine,
    db: &impl ConnectionTrait,
    jobs: &[outbox::Model],
    now: i64,
) -> Result<HashMap<Uuid, u32>> {
    use outbox::Column;
    // What is in hand has been counted for its customer.
    let in_hand = engine.outbound.in_hand().clone();
    let mut jobs: Vec<_> = jobs
        .iter()
        .filter(|job| !in_hand.contains(&job.message_id))
        .collect();
    jobs.sort_by_key(|job| job.message_id);
    let Some(first) = jobs.first() else {
        return Ok(HashMap::new());
    };
    let in_its_lane = Condition::all()
        .add(Column::Lane.eq(first.lane))
        .add(Column::MessageId.lt(first.message_id));
    let others = outbox::Entity::find()
        .filter(Column::ChannelId.eq(first.channel_id))
        .filter(Column::SessionId.ne(first.session_id))
        .filter(Column::DueAt.lte(now))
        .filter(Condition::any().add(Column::Lane.lt(first.lane)).add(in_its_lane))
        .count(db)
        .await?;
    let channel = channel::Entity::find_by_id(first.channel_id).one(db).await?;
    let sending = channel.map(|channel| channel.sending()).transpose()?;
    let spacing = spacing(sending.unwrap_or_default().messages_per_second);
    let borrowed = engine.outbound.pace().borrowed(first.session_id, Instant::now());
    let turns = (0..).zip(jobs).filter_map(|(nth, job)| {
        let place = Place {
            spacing,
            in_number: others.saturating_add(u64::from(nth)),
            in_session: nth,
            borrowed,
        };
        Some((job.message_id, seconds(place)?))
    });
    Ok(turns.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(in_number: u64, in_session: u32, borrowed: u64) -> Option<u32> {
        seconds(Place {
            spacing: spacing(80),
            in_number,
            in_session,
            borrowed: Duration::from_secs(borrowed),
        })
    }

    #[test]
    fn a_number_sends_about_80_a_second() {
        assert_eq!(wait(0, 0, 0), None);
        assert_eq!(wait(150, 0, 0), None, "within two seconds");
        assert_eq!(wait(800, 0, 0), Some(11));
        assert_eq!(wait(u64::MAX, u32::MAX, u64::MAX), Some(u32::MAX));
    }

    #[test]
    fn a_customer_gets_45_at_once_and_then_one_in_six_seconds() {
        assert_eq!(wait(44, 44, 0), None);
        assert_eq!(wait(45, 45, 0), Some(7));
        assert_eq!(wait(46, 46, 0), Some(13));
        assert_eq!(wait(0, 0, 46 * 6), Some(8), "all is borrowed");
        assert_eq!(wait(0, 0, 45 * 6), None, "two seconds are not told");
        assert_eq!(wait(8000, 1, 0), Some(102), "the longer wait counts");
    }
}
