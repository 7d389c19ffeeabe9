//! Sends events again: one that was given up, all of those, or everything since a time, whether the webhook has had it or
//! not. An event keeps its name, by which the receiver knows it again, and all its attempts begin anew.

use crate::{
    Engine, Result,
    clock::Clock,
    database::put::put,
    entity::{
        webhook,
        webhook_call::{Column, Entity, Model},
        webhook_event,
    },
    transaction::Transaction,
    wakes::Worker,
    webhooks::{
        background::{Passed, Sent, to_the_end},
        lanes::{go_on, new_call, take_turn},
        manage::note_sent,
        row::{known, wanted},
    },
};
use domain::{
    access::{Actor, Permission},
    ids::{ChannelId, QueueId, WebhookCallId, WebhookId},
    refusal::Refusal,
    time::Timestamp,
    webhook::{Replayed, Wanted},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::Expr,
};
use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};
use uuid::Uuid;

/// Events that are sent again by one transaction.
const AT_ONCE: u64 = 2000;
/// Engines' clocks may differ by so much.
const SKEW: Duration = Duration::from_secs(60);

/// # Errors
/// The event was not given up, or is not kept any more.
pub async fn replay_one(engine: &Engine, actor: &Actor, id: WebhookId, call: WebhookCallId) -> Result<()> {
    actor.require(Permission::WebhookChange)?;
    let tx = engine.transaction(actor).await?;
    ready(&tx, id).await?;
    take_turn(&tx, 0).await?;
    let call = Entity::find_by_id(call.uuid())
        .filter(Column::WebhookId.eq(id.uuid()))
        .filter(Column::DeadAt.is_not_null())
        .one(&tx)
        .await?;
    let call = call.ok_or(Refusal::NothingToReplay)?;
    revive(&tx, id, &[call]).await?;
    note_sent(&tx, "webhook.replay", id, Some("1 event".to_owned()));
    tx.commit().await
}

/// Sends again all that was given up.
pub async fn replay_all(engine: &Engine, actor: &Actor, id: WebhookId) -> Result<Replayed> {
    actor.require(Permission::WebhookChange)?;
    let until = engine.clock().now().millis();
    begin(engine, actor, id, "all that was given up".to_owned()).await?;
    let sent = Sent::default();
    let sending = all_given_up(engine.clone(), id, until, sent.clone());
    to_the_end(id, sent, sending).await
}

async fn all_given_up(engine: Engine, id: WebhookId, until: i64, sent: Sent) -> Result<()> {
    let mut passed = Passed::default();
    loop {
        match some_given_up(&engine, id, until, &sent).await {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(error) => passed.rest(error).await?,
        }
    }
}

/// Returns whether there may be more.
async fn some_given_up(engine: &Engine, id: WebhookId, until: i64, sent: &Sent) -> Result<bool> {
    let tx = engine.transaction(&Actor::System).await?;
    ready(&tx, id).await?;
    take_turn(&tx, 0).await?;
    let dead = given_up(id, until).all(&tx).await?;
    revive(&tx, id, &dead).await?;
    tx.commit().await?;
    sent.add(dead.len());
    Ok(dead.len() as u64 == AT_ONCE)
}

/// Some of what was given up until then.
pub(super) fn given_up(id: WebhookId, until: i64) -> Select<Entity> {
    Entity::find()
        .filter(Column::WebhookId.eq(id.uuid()))
        .filter(Column::DeadAt.lte(until))
        .order_by_asc(Column::Id)
        .limit(AT_ONCE)
}

/// Sends again everything that the webhook wants and that has happened since then, as far as it is kept; also what it
/// was not sent while it was off.
pub async fn replay_since(
    engine: &Engine,
    actor: &Actor,
    id: WebhookId,
    since: Timestamp,
) -> Result<Replayed> {
    actor.require(Permission::WebhookChange)?;
    let wanted = begin(engine, actor, id, format!("since {}", since.millis())).await?;
    let sent = Sent::default();
    let sending = all_since(engine.clone(), id, since, wanted, sent.clone());
    to_the_end(id, sent, sending).await
}

async fn all_since(
    engine: Engine,
    id: WebhookId,
    since: Timestamp,
    wanted: Wanted,
    sent: Sent,
) -> Result<()> {
    // An event is stored after it has happened.
    let mut after = Clock::first_id_at(since.minus(SKEW).millis());
    let mut passed = Passed::default();
    loop {
        match some_since(&engine, id, (since, after), &wanted, &sent).await {
            Ok(Some(last)) => after = last,
            Ok(None) => return Ok(()),
            Err(error) => passed.rest(error).await?,
        }
    }
}

/// Returns the last that it has looked at.
async fn some_since(
    engine: &Engine,
    id: WebhookId,
    (since, after): (Timestamp, Uuid),
    wanted: &Wanted,
    sent: &Sent,
) -> Result<Option<Uuid>> {
    let events = kept(engine.db.read(), since, after).await?;
    let Some(last) = events.last().map(|event| event.id) else {
        return Ok(None);
    };
    let events: Vec<Kept> = events
        .into_iter()
        .filter(|event| event.is_wanted(wanted))
        .collect();
    let tx = engine.transaction(&Actor::System).await?;
    ready(&tx, id).await?;
    take_turn(&tx, 0).await?;
    let known = Entity::find()
        .filter(Column::WebhookId.eq(id.uuid()))
        .filter(Column::EventId.is_in(events.iter().map(|event| event.id)))
        .all(&tx)
        .await?;
    let waits: HashSet<Uuid> = known.iter().map(|call| call.event_id).collect();
    let dead: Vec<Model> = known.into_iter().filter(|call| call.dead_at.is_some()).collect();
    revive(&tx, id, &dead).await?;
    let there = there(&tx, &events).await?;
    let new = events.iter().filter(|event| !waits.contains(&event.id));
    let new: Vec<New> = new
        .filter_map(|event| Some((event.id, *there.get(&event.id)?)))
        .collect();
    add(&tx, id, &new).await?;
    tx.commit().await?;
    sent.add(dead.len() + new.len());
    Ok(Some(last))
}

/// Notes that it is done, before anything is sent again: nobody may be left to say so afterwards.
async fn begin(engine: &Engine, actor: &Actor, id: WebhookId, what: String) -> Result<Wanted> {
    let tx = engine.transaction(actor).await?;
    let wanted = wanted(&ready(&tx, id).await?);
    note_sent(&tx, "webhook.replay", id, Some(what));
    tx.commit().await?;
    Ok(wanted)
}

/// # Errors
/// There is no such webhook, or what waited for it is still being given up.
async fn ready(tx: &Transaction, id: WebhookId) -> Result<webhook::Model> {
    let row = known(tx, id).await?;
    match row.giving_up_to {
        None => Ok(row),
        Some(_) => Err(Refusal::Busy { seconds: 5 }.into()),
    }
}

/// An event that is kept, without its body.
#[derive(FromQueryResult)]
struct Kept {
    id: Uuid,
    kind: String,
    channel_id: Option<Uuid>,
    queue_id: Option<Uuid>,
}

impl Kept {
    fn is_wanted(&self, wanted: &Wanted) -> bool {
        let channel = self.channel_id.map(ChannelId::new);
        wanted.includes(&self.kind, channel, self.queue_id.map(QueueId::new))
    }
}

async fn kept(db: &impl ConnectionTrait, since: Timestamp, after: Uuid) -> Result<Vec<Kept>> {
    Ok(kept_since(since, after).into_model::<Kept>().all(db).await?)
}

/// Some of what has happened since then, after this event.
pub(super) fn kept_since(since: Timestamp, after: Uuid) -> Select<webhook_event::Entity> {
    use webhook_event::Column;
    webhook_event::Entity::find()
        .select_only()
        .columns([Column::Id, Column::Kind, Column::ChannelId, Column::QueueId])
        .filter(Column::At.gte(since.millis()))
        .filter(Column::Id.gt(after))
        // Tests are of one webhook.
        .filter(Column::Name.not_like("test%"))
        .order_by_asc(Column::Id)
        .limit(AT_ONCE)
}

/// Those of these events that are still there, with their sessions: they were read before the turn was taken, and two sessions
/// may have become one since.
async fn there(tx: &Transaction, events: &[Kept]) -> Result<HashMap<Uuid, Option<Uuid>>> {
    use webhook_event::Column;
    let there: Vec<New> = webhook_event::Entity::find()
        .select_only()
        .columns([Column::Id, Column::SessionId])
        .filter(Column::Id.is_in(events.iter().map(|event| event.id)))
        .into_tuple()
        .all(tx)
        .await?;
    Ok(there.into_iter().collect())
}

/// Brings back calls that were given up. They keep their places, before what has happened since.
async fn revive(tx: &Transaction, webhook: WebhookId, dead: &[Model]) -> Result<()> {
    let now = tx.engine().clock().now().millis();
    for (is_in_a_lane, due_at) in [(true, None), (false, Some(now))] {
        let these = dead
            .iter()
            .filter(|call| call.session_id.is_some() == is_in_a_lane);
        Entity::update_many()
            .col_expr(Column::DeadAt, Expr::value(None::<i64>))
            .col_expr(Column::Attempts, Expr::value(0_i64))
            .col_expr(Column::DueAt, Expr::value(due_at))
            .filter(Column::Id.is_in(these.map(|call| call.id)))
            .exec(tx)
            .await?;
    }
    let sessions = dead.iter().filter_map(|call| call.session_id);
    go_on(tx, webhook.uuid(), sessions).await?;
    tx.wake(Worker::Webhooks);
    Ok(())
}

/// An event and its session.
type New = (Uuid, Option<Uuid>);

/// Adds calls for events.
async fn add(tx: &Transaction, webhook: WebhookId, events: &[New]) -> Result<()> {
    let clock = tx.engine().clock();
    let places = take_turn(tx, events.len()).await? + 1..;
    let calls = events.iter().zip(places).map(|(&(event, session), place)| {
        let new = new_call(clock, webhook.uuid(), event, session);
        Model {
            place,
            // The first of each session goes on below.
            due_at: new.due_at.filter(|_| session.is_none()),
            ..new
        }
    });
    put(tx, calls.collect(), None).await?;
    let sessions = events.iter().filter_map(|(_, session)| *session);
    go_on(tx, webhook.uuid(), sessions).await?;
    tx.wake(Worker::Webhooks);
    Ok(())
}
