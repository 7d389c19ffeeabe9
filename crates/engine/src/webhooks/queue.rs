//! Which calls are due, and which are under way.
//!
//! An engine claims a call before its request; the claim ends at `due_at`, and then the call is due again: its process
//! has ended meanwhile.
//!
//! A webhook that has asked to be left alone gets nothing but tests.

use crate::{
    Engine, Result,
    entity::{
        webhook,
        webhook_call::{Column, Entity, Model},
        webhook_event,
    },
    transaction::Transaction,
    webhooks::{
        lanes::{is_alone, is_first},
        replaying,
        row::held_until,
        state::WITHIN,
    },
};
use domain::{time::Timestamp, webhook::TEST_TYPE};
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
    for webhook in with_calls_due(now).all(db).await? {
        let most = match webhook.failing_since {
            None => AT_ONCE,
            Some(_) => AT_ONCE_FAILING,
        };
        let room = most.saturating_sub(under_way.get(&webhook.id).copied().unwrap_or(0));
        if room == 0 {
            continue;
        }
        let calls = match held_until(&webhook, Timestamp::from_millis(now)) {
            None => due_of(webhook.id, webhook.giving_up_to, now),
            Some(_) => tests_of(webhook.id, webhook.giving_up_to, now),
        };
        let calls = calls.limit(room).all(db).await?;
        if !calls.is_empty() {
            due.push((webhook, calls));
        }
    }
    Ok(due)
}

/// The webhooks for which a call is due.
pub(super) fn with_calls_due(now: i64) -> Select<webhook::Entity> {
    let waits = Query::select()
        .expr(Expr::val(1))
        .from(Entity)
        .and_where(Expr::col((Entity, Column::WebhookId)).equals((webhook::Entity, webhook::Column::Id)))
        .and_where(Column::DueAt.lte(now))
        .to_owned();
    webhook::Entity::find().filter(Expr::exists(waits))
}

/// A webhook's calls that are due after this place, in the order in which they are made.
pub(super) fn due_of(webhook: Uuid, after: Option<i64>, now: i64) -> Select<Entity> {
    of_webhook(webhook, after)
        .filter(Column::DueAt.lte(now))
        .filter(is_first())
        .filter(is_alone(now))
        .order_by_asc(Column::DueAt)
        .order_by_asc(Column::Place)
}

/// The tests among them, however much else is due. They belong to no session, and so wait for no other call.
pub(super) fn tests_of(webhook: Uuid, after: Option<i64>, now: i64) -> Select<Entity> {
    of_webhook(webhook, after)
        .filter(Column::SessionId.is_null())
        .filter(Column::DeadAt.is_null())
        // A sum: otherwise SQLite reads all that is due, by the index of times.
        .filter(Expr::col(Column::DueAt).add(0_i64).lte(now))
        .filter(is_test())
        .order_by_asc(Column::Place)
}

fn of_webhook(webhook: Uuid, after: Option<i64>) -> Select<Entity> {
    Entity::find()
        .filter(Column::WebhookId.eq(webhook))
        .filter(Condition::all().add_option(after.map(|after| Column::Place.gt(after))))
}

fn is_test() -> Expr {
    use webhook_event::Column::{Id, Kind};
    let its_event = Query::select()
        .expr(Expr::val(1))
        .from(webhook_event::Entity)
        .and_where(Expr::col((webhook_event::Entity, Id)).equals((Entity, Column::EventId)))
        .and_where(Kind.eq(TEST_TYPE))
        .to_owned();
    Expr::exists(its_event)
}

/// Whether no call is due or under way, and none is sent again. What a webhook waits for that has asked to be left alone is not due.
pub(crate) async fn is_idle(engine: &Engine) -> Result<bool> {
    let (db, now) = (engine.db.read(), engine.clock().now().millis());
    if !replaying::under_way(db).await?.is_empty() {
        return Ok(false);
    }
    let held = Query::select()
        .column(webhook::Column::Id)
        .from(webhook::Entity)
        .and_where(webhook::Column::HeldUntil.gt(now))
        .to_owned();
    let may_be_sent = Condition::any()
        .add(Column::WebhookId.not_in_subquery(held))
        .add(is_test());
    let due = Condition::all().add(Column::DueAt.lte(now)).add(may_be_sent);
    let busy = Condition::any().add(due).add(Column::ClaimedBy.is_not_null());
    Ok(Entity::find().filter(busy).one(db).await?.is_none())
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
