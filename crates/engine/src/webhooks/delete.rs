//! Deleting webhooks. Much at once would keep messages waiting, so what belongs to one goes in parts; it is off by then, and
//! whoever is interrupted begins again.

use crate::{
    Engine, Result,
    entity::{webhook, webhook_attempt, webhook_call},
    webhooks::{
        lanes::take_turn,
        manage::{note, unchanged},
        switch::switch_off,
    },
};
use domain::{
    access::{Actor, Permission},
    ids::WebhookId,
    webhook::WhyOff,
};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter,
    sea_query::{Order, Query, SelectStatement},
};

/// Rows that are deleted by one transaction.
const AT_ONCE: u64 = 2000;

/// Deletes a webhook, with what waits for it and what it answered.
///
/// # Errors
/// [`ChangedMeanwhile`](domain::refusal::Refusal::ChangedMeanwhile) if there is a `version` and it is not the webhook's.
pub async fn delete(engine: &Engine, actor: &Actor, id: WebhookId, version: Option<i64>) -> Result<()> {
    actor.require(Permission::WebhookChange)?;
    let tx = engine.transaction_alone(actor).await?;
    unchanged(&tx, id, version).await?;
    switch_off(&tx, id.uuid(), WhyOff::Administrator).await?;
    tx.commit().await?;
    while empty_some(engine, actor, id).await? {}
    let tx = engine.transaction_alone(actor).await?;
    take_turn(&tx, 0).await?;
    let name = unchanged(&tx, id, None).await?.name;
    webhook::Entity::delete_by_id(id.uuid()).exec(&tx).await?;
    note(&tx, "webhook.delete", id, Some(name));
    tx.commit().await
}

/// Deletes some of what belongs to a webhook. Returns whether there was as much as that.
async fn empty_some(engine: &Engine, actor: &Actor, id: WebhookId) -> Result<bool> {
    let tx = engine.transaction(actor).await?;
    take_turn(&tx, 0).await?;
    let calls = some::<webhook_call::Entity>(webhook_call::Column::Id, webhook_call::Column::WebhookId, id);
    let calls = webhook_call::Entity::delete_many()
        .filter(webhook_call::Column::Id.in_subquery(calls))
        .exec(&tx)
        .await?;
    let attempts = some::<webhook_attempt::Entity>(
        webhook_attempt::Column::Id,
        webhook_attempt::Column::WebhookId,
        id,
    );
    let attempts = webhook_attempt::Entity::delete_many()
        .filter(webhook_attempt::Column::Id.in_subquery(attempts))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(calls.rows_affected == AT_ONCE || attempts.rows_affected == AT_ONCE)
}

/// The ids of some of what belongs to a webhook.
pub(super) fn some<E: EntityTrait>(row: E::Column, of: E::Column, id: WebhookId) -> SelectStatement {
    Query::select()
        .column(row)
        .from(E::default())
        .and_where(of.eq(id.uuid()))
        .order_by(row, Order::Asc)
        .limit(AT_ONCE)
        .to_owned()
}
