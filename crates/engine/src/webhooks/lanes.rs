//! The events that wait for a webhook, each session's in its order.
//!
//! Of each lane only the first is due; the others have no time. So a webhook that is away for days, and for which many
//! events wait, costs no more than one for which few do. Whoever adds calls, brings some back or ends some makes the
//! first of each lane due in the same transaction: else the lane would stand.

use crate::{
    Clock, Engine, Result,
    entity::{
        webhook_call::{Column, Entity, Model},
        webhook_progress::{self, ONLY},
    },
    transaction::Transaction,
    wakes::Worker,
};
use domain::access::Actor;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    Select, UpdateMany,
    sea_query::{Expr, ExprTrait, Order, Query, SelectStatement},
};
use std::collections::HashSet;
use uuid::Uuid;

/// A session at a webhook: its events keep their order.
pub(super) type Lane = (Uuid, Uuid);

/// Calls that are given up by one transaction.
const AT_ONCE: u64 = 2000;
/// Lanes that are set going again by one transaction.
const LANES_AT_ONCE: usize = 1000;

/// Waits for whoever else changes lanes, and keeps them out until the transaction ends. Takes `places` for new calls, and
/// returns the place before the first of them.
pub(super) async fn take_turn(tx: &DatabaseTransaction, places: usize) -> Result<i64> {
    use webhook_progress::{Column, Entity};
    let places = i64::try_from(places).unwrap_or(i64::MAX);
    Entity::update_many()
        .col_expr(Column::Place, Expr::col(Column::Place).add(places))
        .filter(Column::Id.eq(ONLY))
        .exec(tx)
        .await?;
    let progress = Entity::find_by_id(ONLY).one(tx).await?;
    Ok(progress.map_or(0, |progress| progress.place - places))
}

/// An event for a webhook, which is due now; it gets its place with the turn.
pub(super) fn new_call(clock: &Clock, webhook: Uuid, event: Uuid, session: Option<Uuid>) -> Model {
    Model {
        id: clock.new_id(),
        webhook_id: webhook,
        event_id: event,
        session_id: session,
        place: 0,
        attempts: 0,
        due_at: Some(clock.now().millis()),
        claimed_by: None,
        dead_at: None,
    }
}

/// Those of these lanes in which something waits.
pub(super) async fn occupied(tx: &Transaction, lanes: &HashSet<Lane>) -> Result<HashSet<Lane>> {
    let found: Vec<(Uuid, Option<Uuid>)> = heads(lanes).into_tuple().all(tx).await?;
    Ok(found
        .into_iter()
        .filter_map(|(webhook, session)| Some((webhook, session?)))
        .collect())
}

/// The lanes of these webhooks and sessions in which something is due or under way.
pub(super) fn heads(lanes: &HashSet<Lane>) -> Select<Entity> {
    let webhooks: HashSet<Uuid> = lanes.iter().map(|lane| lane.0).collect();
    let sessions: HashSet<Uuid> = lanes.iter().map(|lane| lane.1).collect();
    Entity::find()
        .select_only()
        .columns([Column::WebhookId, Column::SessionId])
        .filter(Column::WebhookId.is_in(webhooks))
        .filter(Column::SessionId.is_in(sessions))
        .filter(Column::DueAt.is_not_null())
        // With another order SQLite reads all that waits.
        .order_by_asc(Column::WebhookId)
        .order_by_asc(Column::SessionId)
}

/// Makes the first events of these sessions due, if they have no time.
pub(super) async fn go_on(
    tx: &Transaction,
    webhook: Uuid,
    sessions: impl IntoIterator<Item = Uuid>,
) -> Result<()> {
    let sessions: HashSet<Uuid> = sessions.into_iter().collect();
    if sessions.is_empty() {
        return Ok(());
    }
    let now = tx.engine().clock().now().millis();
    going_on(webhook, sessions, now).exec(tx).await?;
    Ok(())
}

pub(super) fn going_on(webhook: Uuid, sessions: HashSet<Uuid>, now: i64) -> UpdateMany<Entity> {
    Entity::update_many()
        .col_expr(Column::DueAt, Expr::value(now))
        .filter(Column::Id.in_subquery(first_of(webhook, sessions)))
        .filter(Column::DueAt.is_null())
}

/// Sets the lanes of a webhook going again in which something waits and the first of it has no time. There are none, unless
/// somebody left some behind.
pub(super) async fn set_going(engine: &Engine, webhook: Uuid) -> Result<()> {
    // Looks before it takes the database's one writer.
    let standing = engine.db.read().query_all(&standing(webhook)).await?;
    let standing = standing.iter().map(|row| {
        let session: Uuid = row.try_get_by_index(0)?;
        Ok(session)
    });
    let standing: Vec<Uuid> = standing.collect::<Result<_>>()?;
    for some in standing.chunks(LANES_AT_ONCE) {
        tracing::warn!(%webhook, lanes = some.len(), "events of a webhook stood still");
        let tx = engine.transaction(&Actor::System).await?;
        take_turn(&tx, 0).await?;
        go_on(&tx, webhook, some.iter().copied()).await?;
        tx.wake(Worker::Webhooks);
        tx.commit().await?;
    }
    Ok(())
}

/// The sessions whose first event has no time. It reads all that waits for the webhook, in an index.
pub(super) fn standing(webhook: Uuid) -> SelectStatement {
    Query::select()
        .column(Column::SessionId)
        .from(Entity)
        .and_where(Column::WebhookId.eq(webhook))
        .and_where(Column::SessionId.is_not_null())
        .and_where(Column::DeadAt.is_null())
        .and_where(Column::DueAt.is_null())
        .and_where(is_first())
        .take()
}

/// Finds each session's first by the index, however many wait behind it.
fn first_of(webhook: Uuid, sessions: HashSet<Uuid>) -> SelectStatement {
    let first = Query::select()
        .column(Column::Id)
        .from(Entity)
        .and_where(Column::WebhookId.eq(webhook))
        .and_where(Expr::col((Entity, Column::SessionId)).equals(("lanes", "column1")))
        .and_where(Column::DeadAt.is_null())
        .order_by(Column::Place, Order::Asc)
        .limit(1)
        .to_owned();
    Query::select()
        .expr(Expr::from(first))
        .from_values(sessions, "lanes")
        .to_owned()
}

/// Whether no other waits before it in its lane. Each is looked for by the index: without `OFFSET`, PostgreSQL joins the calls
/// with each other, and, while it has no figures of a backlog that grows, compares each pair.
pub(super) fn is_first() -> Expr {
    Expr::cust(
        "NOT EXISTS (SELECT 1 FROM webhook_calls AS earlier WHERE earlier.webhook_id = webhook_calls.webhook_id \
         AND earlier.session_id = webhook_calls.session_id AND earlier.dead_at IS NULL \
         AND earlier.place < webhook_calls.place LIMIT 1 OFFSET 0)",
    )
}

/// Whether no other of its lane is under way. A first one that was given up and is sent again waits for it, too; but whoever gives
/// up what is under way does not break its request off.
pub(super) fn is_alone(now: i64) -> Expr {
    let other = |column: Column| Expr::col(("other", column));
    let under_way = Query::select()
        .expr(Expr::val(1))
        .from_as(Entity, "other")
        .and_where(other(Column::WebhookId).equals((Entity, Column::WebhookId)))
        .and_where(other(Column::SessionId).equals((Entity, Column::SessionId)))
        .and_where(other(Column::ClaimedBy).is_not_null())
        .and_where(other(Column::DueAt).gt(now))
        .take();
    Expr::exists(under_way).not()
}

/// Gives up some of what waits for a webhook up to this place, and what is under way. Returns whether that was all.
pub(super) async fn give_up(tx: &Transaction, webhook: Uuid, to: i64) -> Result<bool> {
    let some: Vec<Model> = waiting(webhook, to).all(tx).await?;
    let now = tx.engine().clock().now().millis();
    Entity::update_many()
        .col_expr(Column::DeadAt, Expr::value(now))
        .col_expr(Column::DueAt, Expr::value(None::<i64>))
        .col_expr(Column::ClaimedBy, Expr::value(None::<Uuid>))
        .filter(Column::Id.is_in(some.iter().map(|call| call.id)))
        .exec(tx)
        .await?;
    let sessions = some.iter().filter_map(|call| call.session_id);
    go_on(tx, webhook, sessions).await?;
    Ok((some.len() as u64) < AT_ONCE)
}

/// Some of what waits for a webhook up to this place. Without the order of its index, PostgreSQL would rather read what other
/// webhooks have, too.
pub(super) fn waiting(webhook: Uuid, to: i64) -> Select<Entity> {
    Entity::find()
        .filter(Column::WebhookId.eq(webhook))
        .filter(Column::DeadAt.is_null())
        .filter(Column::Place.lte(to))
        .order_by_asc(Column::SessionId)
        .order_by_asc(Column::Place)
        .limit(AT_ONCE)
}
