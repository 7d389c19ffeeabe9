//! Which calls are due, and which are under way.
//!
//! An engine claims a call before its request; the claim ends at `due_at`, and then the call is due again: its process
//! has ended meanwhile.

use crate::{
    Engine, Result,
    entity::{
        webhook,
        webhook_call::{Column, Entity, Model},
    },
    transaction::Transaction,
    webhooks::{
        lanes::{is_alone, is_first},
        state::WITHIN,
    },
};
use domain::time::Timestamp;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, ExprTrait, LockBehavior, LockType, Query},
};
use std::{collections::HashMap, time::Duration};
use uuid::Uuid;

/// Requests to one webhook at the same time.
const AT_ONCE: u64 = 256;
/// The same while nothing gets through.
const AT_ONCE_FAILING: u64 = 4;
/// How long a claim outlives its request: until the outcome is written down.
const MARGIN: Duration = Duration::from_secs(15);

/// The calls that are due, of each webhook as many as may be under way besides those that are (`under_way`).
pub(super) async fn due(
    db: &impl ConnectionTrait,
    now: i64,
    under_way: &HashMap<Uuid, u64>,
) -> Result<Vec<(webhook::Model, Vec<Model>)>> {
    let mut due = Vec::new();
    for webhook in free(now).all(db).await? {
        let most = match webhook.failing_since {
            None => AT_ONCE,
            Some(_) => AT_ONCE_FAILING,
        };
        let room = most.saturating_sub(under_way.get(&webhook.id).copied().unwrap_or(0));
        if room == 0 {
            continue;
        }
        let calls = due_of(webhook.id, webhook.giving_up_to, now);
        let calls = calls.limit(room).all(db).await?;
        if !calls.is_empty() {
            due.push((webhook, calls));
        }
    }
    Ok(due)
}

/// The webhooks for which a call is due and that have not asked to be left alone.
pub(super) fn free(now: i64) -> Select<webhook::Entity> {
    let waits = Query::select()
        .expr(Expr::val(1))
        .from(Entity)
        .and_where(Expr::col((Entity, Column::WebhookId)).equals((webhook::Entity, webhook::Column::Id)))
        .and_where(Column::DueAt.lte(now))
        .to_owned();
    let is_free = Condition::any()
        .add(webhook::Column::HeldUntil.is_null())
        .add(webhook::Column::HeldUntil.lte(now));
    webhook::Entity::find()
        .filter(is_free)
        .filter(Expr::exists(waits))
}

/// A webhook's calls that are due after this place, in the order in which they are made.
pub(super) fn due_of(webhook: Uuid, after: Option<i64>, now: i64) -> Select<Entity> {
    Entity::find()
        .filter(Column::WebhookId.eq(webhook))
        .filter(Column::DueAt.lte(now))
        .filter(Condition::all().add_option(after.map(|after| Column::Place.gt(after))))
        .filter(is_first())
        .filter(is_alone(now))
        .order_by_asc(Column::DueAt)
        .order_by_asc(Column::Place)
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
