//! Asks for events to be sent again: one that was given up, all of those, or everything since a time, whether the webhook has had
//! it or not. What waits for a later attempt is sent at once, too. An event keeps its name, by which the receiver knows it again,
//! and all its attempts begin anew.

use crate::{
    Engine, Result,
    clock::Clock,
    entity::{
        webhook,
        webhook_call::{Column, Entity},
    },
    transaction::Transaction,
    wakes::Worker,
    webhooks::{
        kept::newest, lanes::take_turn, manage::note_sent, replaying::revive, row::known,
        sooner::send_at_once,
    },
};
use domain::{
    access::{Actor, Permission},
    ids::{WebhookCallId, WebhookId},
    refusal::Refusal,
    time::Timestamp,
    webhook::Replayed,
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, sea_query::Expr};
use std::{slice, time::Duration};
use tokio::time::{Instant, sleep};

/// Engines' clocks may differ by so much.
const SKEW: Duration = Duration::from_secs(60);
/// How long a caller waits for the end, and how often it looks.
const PATIENCE: Duration = Duration::from_secs(10);
const LOOK: Duration = Duration::from_millis(50);
/// Seconds after which whoever was refused asks again, while events are sent again or given up.
const AGAIN: u32 = 30;
const SOON: u32 = 5;

/// Sends one event again that was given up, or at once if it waits for a later attempt. What waits before it in its session goes
/// first.
///
/// # Errors
/// The webhook has it, or it is not kept any more.
pub async fn replay_one(engine: &Engine, actor: &Actor, id: WebhookId, call: WebhookCallId) -> Result<()> {
    actor.require(Permission::WebhookChange)?;
    let tx = engine.transaction(actor).await?;
    take_turn(&tx, 0).await?;
    ready(&tx, id).await?;
    let call = Entity::find_by_id(call.uuid())
        .filter(Column::WebhookId.eq(id.uuid()))
        .one(&tx)
        .await?;
    let call = call.ok_or(Refusal::NothingToReplay)?;
    if call.dead_at.is_some() {
        revive(&tx, id, slice::from_ref(&call)).await?;
    }
    let its_lane = match call.session_id {
        Some(session) => Column::SessionId.eq(session),
        None => Column::Id.eq(call.id),
    };
    send_at_once(&tx, id, Condition::all().add(its_lane)).await?;
    note_sent(&tx, "webhook.replay", id, Some("1 event".to_owned()));
    tx.commit().await
}

/// Sends again all that was given up.
///
/// # Errors
/// [`Refusal::WebhookAtWork`] while this or [`replay_since`] is under way for this webhook.
pub async fn replay_all(engine: &Engine, actor: &Actor, id: WebhookId) -> Result<Replayed> {
    replay(engine, actor, id, None).await
}

/// Sends again everything that the webhook wants and that has happened between then and now, as far as it is kept; also what it
/// was not sent while it was off.
///
/// # Errors
/// [`Refusal::WebhookAtWork`] while this or [`replay_all`] is under way for this webhook.
pub async fn replay_since(
    engine: &Engine,
    actor: &Actor,
    id: WebhookId,
    since: Timestamp,
) -> Result<Replayed> {
    replay(engine, actor, id, Some(since)).await
}

/// Notes at the webhook what is to be sent, which takes longer than a request may, and waits a while for the end.
async fn replay(engine: &Engine, actor: &Actor, id: WebhookId, since: Option<Timestamp>) -> Result<Replayed> {
    use webhook::Column;
    actor.require(Permission::WebhookChange)?;
    let tx = engine.transaction(actor).await?;
    take_turn(&tx, 0).await?;
    let row = ready(&tx, id).await?;
    if row.replay_to.is_some() {
        return Err(Refusal::WebhookAtWork { seconds: AGAIN }.into());
    }
    let waited = send_at_once(&tx, id, Condition::all()).await?;
    let asked_at = engine.clock().now().millis();
    let newest = newest(&tx).await?.unwrap_or_default();
    // An event is stored after it has happened.
    let after = since.map(|since| Clock::first_id_at(since.minus(SKEW).millis()));
    webhook::Entity::update_many()
        .col_expr(Column::ReplayAskedAt, Expr::value(asked_at))
        .col_expr(Column::ReplaySince, Expr::value(since.map(Timestamp::millis)))
        .col_expr(Column::ReplayAfter, Expr::value(after))
        .col_expr(Column::ReplayTo, Expr::value(newest))
        .col_expr(
            Column::Replayed,
            Expr::value(i64::try_from(waited).unwrap_or(i64::MAX)),
        )
        .filter(Column::Id.eq(id.uuid()))
        .exec(&tx)
        .await?;
    let what = match since {
        None => "all that was given up".to_owned(),
        Some(since) => format!("since {}", since.millis()),
    };
    note_sent(&tx, "webhook.replay", id, Some(what));
    tx.wake(Worker::Replays);
    tx.commit().await?;
    ended(engine, id, asked_at).await
}

/// # Errors
/// There is no such webhook, or what waited for it is still being given up.
async fn ready(tx: &Transaction, id: WebhookId) -> Result<webhook::Model> {
    let row = known(tx, id).await?;
    match row.giving_up_to {
        None => Ok(row),
        Some(_) => Err(Refusal::WebhookAtWork { seconds: SOON }.into()),
    }
}

/// Waits until the replay is over, or as long as a request may take.
async fn ended(engine: &Engine, id: WebhookId, asked_at: i64) -> Result<Replayed> {
    let until = Instant::now() + PATIENCE;
    loop {
        let row = known(engine.db.read(), id).await?;
        // Another one may have been asked for meanwhile.
        let is_over = row.replay_to.is_none() || row.replay_asked_at != Some(asked_at);
        if is_over || Instant::now() >= until {
            return Ok(Replayed {
                events: row.replayed.unsigned_abs(),
                is_all: row.replay_to.is_none() && row.replay_asked_at == Some(asked_at),
            });
        }
        sleep(LOOK).await;
    }
}
