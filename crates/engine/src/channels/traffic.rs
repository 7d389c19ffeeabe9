//! The messages of a day, by channel. They are counted as they are written, in slots of five minutes: the list of
//! channels adds up a few hundred small rows and reads no messages, however many there are.

use crate::{Result, entity::channel_traffic};
use domain::{message::Direction, time::Timestamp};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter,
    QuerySelect, Select,
    sea_query::{Expr, OnConflict},
};
use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};
use uuid::Uuid;

/// Milliseconds; `migrations/src/m0017_channel_traffic.rs` has the same.
const SLOT: i64 = 5 * 60 * 1000;
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Messages that a transaction writes.
#[derive(Debug, Default)]
pub(crate) struct Traffic(
    /// In the order of the key, so that two transactions take their locks in the same order.
    BTreeMap<(i64, Uuid, String), i64>,
);

impl Traffic {
    pub(crate) fn add(&mut self, channel: Uuid, direction: &str, at: i64) {
        let key = (at.div_euclid(SLOT), channel, direction.to_owned());
        *self.0.entry(key).or_default() += 1;
    }

    pub(crate) async fn write(self, tx: &DatabaseTransaction) -> Result<()> {
        use channel_traffic::Column;
        if self.0.is_empty() {
            return Ok(());
        }
        let more =
            Expr::col((channel_traffic::Entity, Column::Messages)).add(Expr::cust("excluded.messages"));
        let add = OnConflict::columns([Column::Slot, Column::ChannelId, Column::Direction])
            .value(Column::Messages, more)
            .to_owned();
        let rows = self
            .0
            .into_iter()
            .map(|((slot, channel_id, direction), messages)| {
                channel_traffic::Model {
                    slot,
                    channel_id,
                    direction,
                    messages,
                }
                .into_active_model()
            });
        channel_traffic::Entity::insert_many(rows)
            .on_conflict(add)
            .exec_without_returning(tx)
            .await?;
        Ok(())
    }
}

/// Messages received and written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct OfADay {
    pub(super) inbound: u32,
    pub(super) outbound: u32,
}

/// The messages of the last 24 hours, give or take a slot.
pub(super) async fn of_a_day(db: &impl ConnectionTrait, now: Timestamp) -> Result<HashMap<Uuid, OfADay>> {
    let rows: Vec<(Uuid, String, i64)> = since(now).into_tuple().all(db).await?;
    let mut channels: HashMap<Uuid, OfADay> = HashMap::new();
    for (channel, direction, messages) in rows {
        let day = channels.entry(channel).or_default();
        let messages = u32::try_from(messages).unwrap_or(u32::MAX);
        if direction == Direction::Inbound.as_str() {
            day.inbound = day.inbound.saturating_add(messages);
        } else {
            day.outbound = day.outbound.saturating_add(messages);
        }
    }
    Ok(channels)
}

fn since(now: Timestamp) -> Select<channel_traffic::Entity> {
    use channel_traffic::Column;
    channel_traffic::Entity::find()
        .select_only()
        .columns([Column::ChannelId, Column::Direction, Column::Messages])
        .filter(Column::Slot.gt(first_slot(now)))
}

fn first_slot(now: Timestamp) -> i64 {
    now.minus(DAY).millis().div_euclid(SLOT)
}

/// Forgets slots that no figure needs.
pub(crate) async fn forget(tx: &DatabaseTransaction, now: Timestamp) -> Result<()> {
    channel_traffic::Entity::delete_many()
        .filter(channel_traffic::Column::Slot.lt(first_slot(now)))
        .exec(tx)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{database::Database, testing};

    const NOW: Timestamp = Timestamp::from_seconds(1_795_341_600);
    /// The slots of fifty channels in two weeks: as much as is kept when nothing is deleted for that long.
    const LONG: i64 = 14 * 24 * 12 * 50;

    async fn remember(db: &Database) {
        let first = NOW.millis() / SLOT - LONG / 50;
        let tx = db.write().await.unwrap();
        let mut traffic = Traffic::default();
        for i in 0..LONG {
            let channel = Uuid::from_u128(u128::try_from(i % 50).unwrap());
            traffic.add(channel, "inbound", (first + i / 50) * SLOT);
            if traffic.0.len() == 5_000 {
                std::mem::take(&mut traffic).write(&tx).await.unwrap();
            }
        }
        traffic.write(&tx).await.unwrap();
        tx.commit().await.unwrap();
        db.read().execute_unprepared("ANALYZE").await.unwrap();
    }

    async fn counts_a_day_and_no_more(db: &Database) {
        let days = of_a_day(db.read(), NOW).await.unwrap();
        assert_eq!(days.len(), 50);
        // The slot that begins with this moment has no message yet.
        assert!(
            days.values().all(|day| day.inbound == 287 && day.outbound == 0),
            "{days:?}"
        );
        let tx = db.write().await.unwrap();
        for _ in 0..2 {
            let mut traffic = Traffic::default();
            for at in [NOW.millis(), NOW.millis() + 1, NOW.minus(DAY * 2).millis()] {
                traffic.add(Uuid::from_u128(0), "outbound", at);
            }
            traffic.write(&tx).await.unwrap();
        }
        forget(&tx, NOW).await.unwrap();
        tx.commit().await.unwrap();
        let days = of_a_day(db.read(), NOW).await.unwrap();
        let expected = OfADay {
            inbound: 287,
            outbound: 4,
        };
        assert_eq!(days[&Uuid::from_u128(0)], expected);
    }

    #[tokio::test]
    async fn a_day_is_read_by_its_slots_on_sqlite() {
        testing::database::on_sqlite(async |db| {
            remember(db).await;
            let plan = testing::database::plan(db.read(), &since(NOW)).await;
            assert!(plan.contains("SEARCH") && plan.contains("slot>"), "{plan}");
            counts_a_day_and_no_more(db).await;
        })
        .await;
    }

    #[tokio::test]
    #[ignore = "needs PostgreSQL; cargo xtask test runs them"]
    async fn a_day_is_read_by_its_slots_on_postgres() {
        testing::database::on_postgres(async |db| {
            remember(db).await;
            let plan = testing::database::plan(db.read(), &since(NOW)).await;
            assert!(plan.contains("Index Cond: (slot >"), "{plan}");
            counts_a_day_and_no_more(db).await;
        })
        .await;
    }
}
