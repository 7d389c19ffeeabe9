//! Deletes events that are no longer needed, with what became of them.

use crate::{
    Engine, Result,
    entity::{webhook_attempt, webhook_call, webhook_event},
    transaction::Transaction,
    webhooks::lanes::{Lane, go_on, take_turn},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Select,
    sea_query::{Expr, ExprTrait, Query},
};
use uuid::Uuid;

/// Events that one statement names.
const AT_ONCE: u64 = 5000;

/// Deletes up to `many` events that happened before and wait for no webhook. Returns how many it deleted.
pub(crate) async fn events(engine: &Engine, before: i64, many: u64) -> Result<u64> {
    let old = old(before);
    // Looks before it takes the database's one writer.
    let found = ids(engine.db.read(), old.clone(), many).await?;
    if found.is_empty() {
        return Ok(0);
    }
    let tx = engine.db.write().await?;
    // Some may be sent again meanwhile.
    take_turn(&tx, 0).await?;
    let looked = found.len() as u64;
    delete(&tx, old.add(webhook_event::Column::Id.is_in(found)), many).await?;
    tx.commit().await?;
    Ok(looked)
}

/// Whether an event happened before, and waits for no webhook.
pub(super) fn old(before: i64) -> Condition {
    use webhook_event::Column;
    let call_waits = Query::select()
        .expr(Expr::val(1))
        .from(webhook_call::Entity)
        .and_where(
            Expr::col((webhook_call::Entity, webhook_call::Column::EventId))
                .equals((webhook_event::Entity, Column::Id)),
        )
        .and_where(webhook_call::Column::DeadAt.is_null())
        .to_owned();
    Condition::all()
        .add(Column::At.lt(before))
        .add(Expr::exists(call_waits).not())
}

/// Deletes what webhooks were told of a session, or are yet to be told.
pub(crate) async fn of_session(tx: &Transaction, session: Uuid) -> Result<()> {
    let others: Vec<Lane> = other_lanes(session).into_tuple().all(tx).await?;
    while delete(tx, told_of(session), AT_ONCE).await? == AT_ONCE {}
    for (webhook, other) in others {
        go_on(tx, webhook, [other]).await?;
    }
    Ok(())
}

pub(super) fn told_of(session: Uuid) -> Condition {
    Condition::all().add(webhook_event::Column::SessionId.eq(session))
}

/// The lanes of other sessions in which events of this one wait: sessions may have become one while they were put there.
pub(super) fn other_lanes(session: Uuid) -> Select<webhook_call::Entity> {
    use webhook_call::Column;
    let events = Query::select()
        .column(webhook_event::Column::Id)
        .from(webhook_event::Entity)
        .and_where(webhook_event::Column::SessionId.eq(session))
        .to_owned();
    webhook_call::Entity::find()
        .select_only()
        .columns([Column::WebhookId, Column::SessionId])
        .distinct()
        .filter(Column::EventId.in_subquery(events))
        .filter(Column::SessionId.ne(session))
}

async fn delete(tx: &DatabaseTransaction, which: Condition, many: u64) -> Result<u64> {
    let ids = ids(tx, which, many).await?;
    let found = ids.len() as u64;
    // In the order in which the outcomes of calls are written down.
    webhook_call::Entity::delete_many()
        .filter(webhook_call::Column::EventId.is_in(ids.iter().copied()))
        .exec(tx)
        .await?;
    webhook_attempt::Entity::delete_many()
        .filter(webhook_attempt::Column::EventId.is_in(ids.iter().copied()))
        .exec(tx)
        .await?;
    webhook_event::Entity::delete_many()
        .filter(webhook_event::Column::Id.is_in(ids))
        .exec(tx)
        .await?;
    Ok(found)
}

async fn ids(db: &impl ConnectionTrait, which: Condition, many: u64) -> Result<Vec<Uuid>> {
    Ok(oldest(which, many).into_tuple().all(db).await?)
}

/// The ids of such events.
pub(super) fn oldest(which: Condition, many: u64) -> Select<webhook_event::Entity> {
    use webhook_event::Column;
    webhook_event::Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(which)
        .order_by_asc(Column::At)
        .limit(many)
}
