//! Sends events again: one that was given up, all of those, or everything since a time, whether the webhook has had it or
//! not. An event keeps its name, by which the receiver knows it again, and all its attempts begin anew.

use crate::{
    Engine, Result,
    database::put::put,
    entity::{
        webhook_call::{self, Column, Entity},
        webhook_event,
    },
    transaction::Transaction,
    wakes::Worker,
    webhooks::{
        manage::note,
        queue::go_on,
        row::{known, wanted},
    },
};
use domain::{
    access::{Actor, Permission},
    ids::{ChannelId, QueueId, WebhookCallId, WebhookId},
    refusal::Refusal,
    time::Timestamp,
    webhook::Wanted,
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict},
};
use std::collections::HashSet;
use uuid::Uuid;

/// Events that are sent again by one transaction.
const AT_ONCE: u64 = 2000;

/// # Errors
/// The event was not given up, or is not kept any more.
pub async fn replay_one(engine: &Engine, actor: &Actor, id: WebhookId, call: WebhookCallId) -> Result<()> {
    actor.require(Permission::WebhookChange)?;
    let tx = engine.transaction(actor).await?;
    known(&tx, id).await?;
    let this = Condition::all().add(Column::Id.eq(call.uuid()));
    if revive(&tx, id, this).await? == 0 {
        return Err(Refusal::NothingToReplay.into());
    }
    finish(tx, id, "1 event".to_owned()).await
}

/// Sends again all that was given up. Returns how many events that is.
pub async fn replay_all(engine: &Engine, actor: &Actor, id: WebhookId) -> Result<u64> {
    actor.require(Permission::WebhookChange)?;
    let tx = engine.transaction(actor).await?;
    known(&tx, id).await?;
    let replayed = revive(&tx, id, Condition::all()).await?;
    finish(tx, id, format!("{replayed} events")).await?;
    Ok(replayed)
}

/// Sends again everything that the webhook wants and that has happened since then, as far as it is kept; also what it
/// was not sent while it was off. Returns how many events that is, without those that wait anyway.
pub async fn replay_since(engine: &Engine, actor: &Actor, id: WebhookId, since: Timestamp) -> Result<u64> {
    actor.require(Permission::WebhookChange)?;
    let wanted = wanted(&known(engine.db.read(), id).await?)?;
    let mut after = Uuid::nil();
    let mut replayed = 0;
    loop {
        let tx = engine.transaction(actor).await?;
        let events = kept(&tx, since, after).await?;
        let Some(last) = events.last() else {
            finish(tx, id, format!("{replayed} events since {}", since.millis())).await?;
            return Ok(replayed);
        };
        after = last.id;
        let events = events.into_iter().filter(|event| event.is_wanted(&wanted));
        let events: Vec<Kept> = events.collect();
        let these = Column::EventId.is_in(events.iter().map(|event| event.id));
        replayed += revive(&tx, id, Condition::all().add(these)).await?;
        replayed += add(&tx, id, events).await?;
        go_on(&tx, id.uuid(), None, engine.clock().now().millis()).await?;
        tx.wake(Worker::Webhooks);
        tx.commit().await?;
    }
}

/// An event that is kept, without its body.
struct Kept {
    id: Uuid,
    kind: String,
    session: Option<Uuid>,
    channel: Option<Uuid>,
    queue: Option<Uuid>,
}

impl Kept {
    fn is_wanted(&self, wanted: &Wanted) -> bool {
        let channel = self.channel.map(ChannelId::new);
        wanted.includes(&self.kind, channel, self.queue.map(QueueId::new))
    }
}

async fn kept(tx: &Transaction, since: Timestamp, after: Uuid) -> Result<Vec<Kept>> {
    use webhook_event::Column;
    let found: Vec<(Uuid, String, Option<Uuid>, Option<Uuid>, Option<Uuid>)> = webhook_event::Entity::find()
        .select_only()
        .columns([
            Column::Id,
            Column::Kind,
            Column::SessionId,
            Column::ChannelId,
            Column::QueueId,
        ])
        .filter(Column::At.gte(since.millis()))
        .filter(Column::Id.gt(after))
        // Tests are of one webhook.
        .filter(Column::Name.not_like("test%"))
        .order_by_asc(Column::Id)
        .limit(AT_ONCE)
        .into_tuple()
        .all(tx)
        .await?;
    let kept = |(id, kind, session, channel, queue)| Kept {
        id,
        kind,
        session,
        channel,
        queue,
    };
    Ok(found.into_iter().map(kept).collect())
}

/// Brings back those of these calls that were given up. They keep their places, before what has happened since.
async fn revive(tx: &Transaction, webhook: WebhookId, which: Condition) -> Result<u64> {
    let revived = Entity::update_many()
        .col_expr(Column::DeadAt, Expr::value(None::<i64>))
        .col_expr(Column::Attempts, Expr::value(0_i64))
        .filter(Column::WebhookId.eq(webhook.uuid()))
        .filter(Column::DeadAt.is_not_null())
        .filter(which)
        .exec(tx)
        .await?;
    Ok(revived.rows_affected)
}

/// Adds calls for events that do not wait.
async fn add(tx: &Transaction, webhook: WebhookId, mut events: Vec<Kept>) -> Result<u64> {
    let waiting: HashSet<Uuid> = Entity::find()
        .select_only()
        .column(Column::EventId)
        .filter(Column::WebhookId.eq(webhook.uuid()))
        .filter(Column::EventId.is_in(events.iter().map(|event| event.id)))
        .into_tuple::<Uuid>()
        .all(tx)
        .await?
        .into_iter()
        .collect();
    events.retain(|event| !waiting.contains(&event.id));
    let clock = tx.engine().clock();
    let calls: Vec<_> = events
        .iter()
        .map(|event| webhook_call::Model {
            id: clock.new_id(),
            webhook_id: webhook.uuid(),
            event_id: event.id,
            session_id: event.session,
            attempts: 0,
            due_at: None,
            claimed_by: None,
            dead_at: None,
        })
        .collect();
    let added = calls.len() as u64;
    let once = OnConflict::columns([Column::EventId, Column::WebhookId])
        .do_nothing()
        .to_owned();
    put(tx, calls, Some(once)).await?;
    Ok(added)
}

async fn finish(tx: Transaction, id: WebhookId, what: String) -> Result<()> {
    let now = tx.engine().clock().now().millis();
    go_on(&tx, id.uuid(), None, now).await?;
    note(&tx, "webhook.replay", id, Some(what));
    tx.wake(Worker::Webhooks);
    tx.commit().await
}
