//! Deletes events that are no longer needed, with what became of them.

use crate::{
    Engine, Result,
    entity::{webhook_attempt, webhook_call, webhook_event},
};
use sea_orm::{
    ColumnTrait, Condition, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Query,
};
use uuid::Uuid;

/// Events that one statement names.
const AT_ONCE: u64 = 5000;

/// Deletes up to `many` events that happened before and wait for no webhook. Returns how many it deleted.
pub(crate) async fn events(engine: &Engine, before: i64, many: u64) -> Result<u64> {
    use webhook_event::Column;
    let waiting = Query::select()
        .column(webhook_call::Column::EventId)
        .from(webhook_call::Entity)
        .and_where(webhook_call::Column::DeadAt.is_null())
        .to_owned();
    let old = Condition::all()
        .add(Column::At.lt(before))
        .add(Column::Id.not_in_subquery(waiting));
    let tx = engine.db.write().await?;
    let gone = delete(&tx, old, many).await?;
    tx.commit().await?;
    Ok(gone)
}

/// Deletes what webhooks were told of a session, or are yet to be told.
pub(crate) async fn of_session(tx: &DatabaseTransaction, session: Uuid) -> Result<()> {
    let of = Condition::all().add(webhook_event::Column::SessionId.eq(session));
    while delete(tx, of.clone(), AT_ONCE).await? == AT_ONCE {}
    Ok(())
}

async fn delete(tx: &DatabaseTransaction, which: Condition, many: u64) -> Result<u64> {
    use webhook_event::Column;
    let ids: Vec<Uuid> = webhook_event::Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(which)
        .order_by_asc(Column::At)
        .limit(many)
        .into_tuple()
        .all(tx)
        .await?;
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
        .filter(Column::Id.is_in(ids))
        .exec(tx)
        .await?;
    Ok(found)
}
