//! Sends again what somebody has asked for. The webhook's row says how far that has come: a stop or a kill only interrupts it, and
//! of several processes each may do the next part.

use crate::{
    Engine, Error, Result,
    database::put::put,
    entity::{
        webhook,
        webhook_call::{Column, Entity, Model},
    },
    transaction::Transaction,
    wakes::Worker,
    webhooks::{
        kept::{AT_ONCE, Kept, kept, there},
        lanes::{go_on, new_call, take_turn},
        row::wanted,
    },
};
use domain::{access::Actor, ids::WebhookId, time::Timestamp};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, ExprTrait},
};
use std::{collections::HashSet, time::Duration};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// How often it looks without being woken: the process that was asked may have ended.
const PATROL: Duration = Duration::from_secs(2);
/// The rest after an error.
const PAUSE: Duration = Duration::from_secs(5);

pub(crate) async fn run(engine: Engine, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let rest = match pass(&engine, &stop).await {
            Ok(()) => PATROL,
            Err(error) => {
                tracing::error!(%error, "events cannot be sent again now; they are later");
                PAUSE
            }
        };
        tokio::select! {
            () = engine.wakes.woken(Worker::Replays) => {}
            () = sleep(rest) => {}
            () = stop.cancelled() => {}
        }
    }
}

/// Does some for each webhook in turn, so that none waits for another's end.
async fn pass(engine: &Engine, stop: &CancellationToken) -> Result<()> {
    loop {
        let webhooks = under_way(engine.db.read()).await?;
        if webhooks.is_empty() {
            return Ok(());
        }
        for webhook in &webhooks {
            if stop.is_cancelled() {
                return Ok(());
            }
            match send_some(engine, webhook).await {
                Err(error) if !error.is_passing() => break_off(engine, webhook.id, &error).await?,
                done => done?,
            }
        }
    }
}

/// The webhooks to which something is being sent again.
pub(super) async fn under_way(db: &impl ConnectionTrait) -> Result<Vec<webhook::Model>> {
    let under_way = webhook::Entity::find().filter(webhook::Column::ReplayTo.is_not_null());
    Ok(under_way.all(db).await?)
}

/// An error that does not pass must not hold up the others.
async fn break_off(engine: &Engine, webhook: Uuid, error: &Error) -> Result<()> {
    tracing::error!(%error, %webhook, "events are not sent again to the last");
    let tx = engine.transaction(&Actor::System).await?;
    take_turn(&tx, 0).await?;
    end(&tx, webhook).await?;
    tx.commit().await
}

/// Ends what is being sent to a webhook again, if anything is.
pub(super) async fn end(tx: &Transaction, webhook: Uuid) -> Result<()> {
    use webhook::Column;
    webhook::Entity::update_many()
        .col_expr(Column::ReplayAskedAt, Expr::value(None::<i64>))
        .col_expr(Column::ReplayTo, Expr::value(None::<Uuid>))
        .filter(Column::Id.eq(webhook))
        .filter(Column::ReplayTo.is_not_null())
        .exec(tx)
        .await?;
    Ok(())
}

/// How far a replay has come.
type Place = (Option<i64>, Option<Uuid>, Option<Uuid>);

fn place(row: &webhook::Model) -> Place {
    (row.replay_asked_at, row.replay_after, row.replay_to)
}

/// Does nothing if the replay was ended meanwhile, or another process was quicker.
async fn send_some(engine: &Engine, row: &webhook::Model) -> Result<()> {
    use webhook::Column;
    // Looks before it takes the database's one writer.
    let events = match row.replay_since {
        None => None,
        Some(since) => {
            let (after, to) = (row.replay_after, row.replay_to);
            let between = (after.unwrap_or_default(), to.unwrap_or_default());
            Some(kept(engine.db.read(), Timestamp::from_millis(since), between).await?)
        }
    };
    let tx = engine.transaction(&Actor::System).await?;
    // Whoever switches it off has had the turn before, or gives up what is added here.
    take_turn(&tx, 0).await?;
    let now = webhook::Entity::find_by_id(row.id).one(&tx).await?;
    let Some(row) = now.filter(|now| place(now) == place(row)) else {
        return Ok(());
    };
    let (sent, after, is_all) = match events {
        None => send_given_up(&tx, &row).await?,
        Some(events) => send_kept(&tx, &row, events).await?,
    };
    webhook::Entity::update_many()
        .col_expr(
            Column::Replayed,
            Expr::col(Column::Replayed).add(i64::try_from(sent).unwrap_or(i64::MAX)),
        )
        .col_expr(Column::ReplayAfter, Expr::value(after))
        .col_expr(Column::ReplayTo, Expr::value(row.replay_to.filter(|_| !is_all)))
        .filter(Column::Id.eq(row.id))
        .exec(&tx)
        .await?;
    tx.commit().await
}

/// How many were sent, up to which event, and whether that is all.
type Sent = (usize, Option<Uuid>, bool);

async fn send_given_up(tx: &Transaction, row: &webhook::Model) -> Result<Sent> {
    let id = WebhookId::new(row.id);
    let dead = given_up(id, row.replay_asked_at.unwrap_or_default())
        .all(tx)
        .await?;
    revive(tx, id, &dead).await?;
    Ok((dead.len(), None, (dead.len() as u64) < AT_ONCE))
}

/// Some of what was given up until then.
pub(super) fn given_up(id: WebhookId, until: i64) -> Select<Entity> {
    Entity::find()
        .filter(Column::WebhookId.eq(id.uuid()))
        .filter(Column::DeadAt.lte(until))
        .order_by_asc(Column::Id)
        .limit(AT_ONCE)
}

async fn send_kept(tx: &Transaction, row: &webhook::Model, events: Vec<Kept>) -> Result<Sent> {
    let id = WebhookId::new(row.id);
    let Some(last) = events.last().map(|event| event.id) else {
        return Ok((0, row.replay_after, true));
    };
    let wanted = wanted(row);
    let events: Vec<Kept> = events
        .into_iter()
        .filter(|event| event.is_wanted(&wanted))
        .collect();
    let known = Entity::find()
        .filter(Column::WebhookId.eq(row.id))
        .filter(Column::EventId.is_in(events.iter().map(|event| event.id)))
        .all(tx)
        .await?;
    let waits: HashSet<Uuid> = known.iter().map(|call| call.event_id).collect();
    let dead: Vec<Model> = known.into_iter().filter(|call| call.dead_at.is_some()).collect();
    revive(tx, id, &dead).await?;
    let there = there(tx, &events).await?;
    let new = events.iter().filter(|event| !waits.contains(&event.id));
    let new: Vec<New> = new
        .filter_map(|event| Some((event.id, *there.get(&event.id)?)))
        .collect();
    add(tx, id, &new).await?;
    Ok((dead.len() + new.len(), Some(last), false))
}

/// Brings back calls that were given up. They keep their places, before what has happened since.
pub(super) async fn revive(tx: &Transaction, webhook: WebhookId, dead: &[Model]) -> Result<()> {
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
    // Two sessions may have become one before their calls were changed here.
    let sessions: Vec<Option<Uuid>> = Entity::find()
        .select_only()
        .column(Column::SessionId)
        .filter(Column::Id.is_in(dead.iter().map(|call| call.id)))
        .into_tuple()
        .all(tx)
        .await?;
    go_on(tx, webhook.uuid(), sessions.into_iter().flatten()).await?;
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
