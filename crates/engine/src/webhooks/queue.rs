//! Which calls are due, and which are under way.
//!
//! Of each session and webhook, only the first event that waits is due; the others have no time. So a webhook that is
//! away for days, and for which many events wait, costs no more than one for which few do. An engine claims a call
//! before its request; the claim ends at `due_at`, and then the call is due again: its process has ended meanwhile.

use crate::{
    Engine, Result,
    entity::{
        webhook,
        webhook_call::{Column, Entity, Model},
    },
    transaction::Transaction,
    webhooks::state::WITHIN,
};
use domain::time::Timestamp;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, LockBehavior, LockType, Query},
};
use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};
use uuid::Uuid;

/// Requests to one webhook at the same time.
const AT_ONCE: u64 = 64;
/// The same while nothing gets through.
const AT_ONCE_FAILING: u64 = 4;
/// How long a claim outlives its request: until the outcome is written down.
const MARGIN: Duration = Duration::from_secs(15);

/// A session at a webhook: its events keep their order.
pub(super) type Lane = (Uuid, Uuid);

/// The calls that are due, of each webhook as many as may be under way besides those that are (`under_way`).
pub(super) async fn due(
    db: &impl ConnectionTrait,
    now: i64,
    under_way: &HashMap<Uuid, u64>,
) -> Result<Vec<(webhook::Model, Vec<Model>)>> {
    let waits = Query::select()
        .expr(Expr::val(1))
        .from(Entity)
        .and_where(Expr::col((Entity, Column::WebhookId)).equals((webhook::Entity, webhook::Column::Id)))
        .and_where(Column::DueAt.lte(now))
        .to_owned();
    let is_free = Condition::any()
        .add(webhook::Column::HeldUntil.is_null())
        .add(webhook::Column::HeldUntil.lte(now));
    let webhooks = webhook::Entity::find()
        .filter(is_free)
        .filter(Expr::exists(waits))
        .all(db)
        .await?;
    let mut due = Vec::new();
    for webhook in webhooks {
        let most = match webhook.failing_since {
            None => AT_ONCE,
            Some(_) => AT_ONCE_FAILING,
        };
        let room = most.saturating_sub(under_way.get(&webhook.id).copied().unwrap_or(0));
        if room == 0 {
            continue;
        }
        let calls = Entity::find()
            .filter(Column::WebhookId.eq(webhook.id))
            .filter(Column::DueAt.lte(now))
            .filter(is_first())
            .order_by_asc(Column::DueAt)
            .order_by_asc(Column::Id)
            .limit(room);
        let calls = calls.all(db).await?;
        if !calls.is_empty() {
            due.push((webhook, calls));
        }
    }
    Ok(due)
}

/// Whether no call is due or under way.
pub(crate) async fn is_idle(engine: &Engine) -> Result<bool> {
    let busy = Condition::any()
        .add(Column::DueAt.lte(engine.clock().now().millis()))
        .add(Column::ClaimedBy.is_not_null());
    let found = Entity::find().filter(busy).one(engine.db.read()).await?;
    Ok(found.is_none())
}

/// Claims these calls for requests that are about to be made. Those that another engine has claimed are left out.
pub(super) async fn claim(tx: &Transaction, due: &[Model], now: Timestamp) -> Result<Vec<Model>> {
    let ids = || due.iter().map(|call| call.id);
    let engine = tx.engine().id;
    let claim_ends = now.plus(WITHIN).plus(MARGIN).millis();
    // Does not wait for another engine that is about to claim them.
    let free = Query::select()
        .column(Column::Id)
        .from(Entity)
        .and_where(Column::Id.is_in(ids()))
        .and_where(Column::DueAt.lte(now.millis()))
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .to_owned();
    Entity::update_many()
        .col_expr(Column::DueAt, Expr::value(claim_ends))
        .col_expr(Column::ClaimedBy, Expr::value(engine))
        .filter(Column::Id.in_subquery(free))
        .exec(tx)
        .await?;
    Ok(Entity::find()
        .filter(Column::Id.is_in(ids()))
        .filter(Column::ClaimedBy.eq(engine))
        .filter(Column::DueAt.eq(claim_ends))
        .all(tx)
        .await?)
}

/// Those of these lanes in which something is due or under way. It stays so until the transaction ends.
pub(super) async fn occupied(tx: &Transaction, lanes: &HashSet<Lane>) -> Result<HashSet<Lane>> {
    let webhooks: HashSet<Uuid> = lanes.iter().map(|lane| lane.0).collect();
    let sessions: HashSet<Uuid> = lanes.iter().map(|lane| lane.1).collect();
    let first = Entity::find()
        .filter(Column::WebhookId.is_in(webhooks))
        .filter(Column::SessionId.is_in(sessions))
        .filter(Column::DueAt.is_not_null())
        .order_by_asc(Column::Id)
        .lock_exclusive()
        .all(tx)
        .await?;
    let of = |call: Model| Some((call.webhook_id, call.session_id?));
    Ok(first.into_iter().filter_map(of).collect())
}

/// Makes the first events due that wait without a time: of these sessions, or of all.
pub(super) async fn go_on(
    tx: &Transaction,
    webhook: Uuid,
    sessions: Option<&[Uuid]>,
    now: i64,
) -> Result<()> {
    let mut waiting = Condition::all()
        .add(Column::WebhookId.eq(webhook))
        .add(Column::DueAt.is_null())
        .add(Column::DeadAt.is_null());
    if let Some(sessions) = sessions {
        waiting = waiting.add(Column::SessionId.is_in(sessions.iter().copied()));
    }
    Entity::update_many()
        .col_expr(Column::DueAt, Expr::value(now))
        .filter(waiting)
        .filter(is_first())
        .exec(tx)
        .await?;
    Ok(())
}

/// Which row is the first is as certain as the clocks of the engines that made the ids.
fn is_first() -> Expr {
    Expr::cust(
        "NOT EXISTS (SELECT 1 FROM webhook_calls AS earlier WHERE earlier.webhook_id = webhook_calls.webhook_id \
         AND earlier.session_id = webhook_calls.session_id AND earlier.dead_at IS NULL \
         AND earlier.id < webhook_calls.id)",
    )
}

/// Gives up everything that waits for a webhook, and what is under way. Returns how many events that is.
pub(super) async fn give_up(tx: &Transaction, webhook: Uuid, now: i64) -> Result<u64> {
    let given_up = Entity::update_many()
        .col_expr(Column::DeadAt, Expr::value(now))
        .col_expr(Column::DueAt, Expr::value(None::<i64>))
        .col_expr(Column::ClaimedBy, Expr::value(None::<Uuid>))
        .filter(Column::WebhookId.eq(webhook))
        .filter(Column::DeadAt.is_null())
        .exec(tx)
        .await?;
    Ok(given_up.rows_affected)
}
