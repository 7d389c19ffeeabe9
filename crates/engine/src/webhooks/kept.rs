//! The events that are kept, also for a webhook that has had them or was off.

use crate::{Result, entity::webhook_event, transaction::Transaction};
use domain::{
    ids::{ChannelId, QueueId},
    time::Timestamp,
    webhook::Wanted,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::LockType,
};
use std::collections::HashMap;
use uuid::Uuid;

/// Events that a replay reads at once, and that one transaction sends again.
pub(super) const AT_ONCE: u64 = 2000;

/// The latest of all.
pub(super) async fn newest(db: &impl ConnectionTrait) -> Result<Option<Uuid>> {
    use webhook_event::Column;
    let newest = webhook_event::Entity::find()
        .select_only()
        .column(Column::Id)
        .order_by_desc(Column::Id)
        .limit(1);
    Ok(newest.into_tuple().one(db).await?)
}

/// An event that is kept, without its body.
#[derive(FromQueryResult)]
pub(super) struct Kept {
    pub(super) id: Uuid,
    kind: String,
    channel_id: Option<Uuid>,
    queue_id: Option<Uuid>,
}

impl Kept {
    pub(super) fn is_wanted(&self, wanted: &Wanted) -> bool {
        let channel = self.channel_id.map(ChannelId::new);
        wanted.includes(&self.kind, channel, self.queue_id.map(QueueId::new))
    }
}

pub(super) async fn kept(
    db: &impl ConnectionTrait,
    since: Timestamp,
    (after, until): (Uuid, Uuid),
) -> Result<Vec<Kept>> {
    let kept = kept_since(since, (after, until));
    Ok(kept.into_model::<Kept>().all(db).await?)
}

/// Some of what has happened since then, after the first and up to the second of these events.
pub(super) fn kept_since(since: Timestamp, (after, until): (Uuid, Uuid)) -> Select<webhook_event::Entity> {
    use webhook_event::Column;
    webhook_event::Entity::find()
        .select_only()
        .columns([Column::Id, Column::Kind, Column::ChannelId, Column::QueueId])
        .filter(Column::At.gte(since.millis()))
        .filter(Column::Id.gt(after))
        .filter(Column::Id.lte(until))
        // Tests are of one webhook.
        .filter(Column::Name.not_like("test%"))
        .order_by_asc(Column::Id)
        .limit(AT_ONCE)
}

/// Those of these events that are still there, with their sessions: they were read before the turn was taken, and two sessions
/// may have become one since. They stay until the transaction ends: an erasure deletes events without taking the turn.
pub(super) async fn there(tx: &Transaction, events: &[Kept]) -> Result<HashMap<Uuid, Option<Uuid>>> {
    use webhook_event::Column;
    let there: Vec<(Uuid, Option<Uuid>)> = webhook_event::Entity::find()
        .select_only()
        .columns([Column::Id, Column::SessionId])
        .filter(Column::Id.is_in(events.iter().map(|event| event.id)))
        .order_by_asc(Column::Id)
        .lock(LockType::KeyShare)
        .into_tuple()
        .all(tx)
        .await?;
    Ok(there.into_iter().collect())
}
