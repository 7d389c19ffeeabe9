//! Sends at once what waits for a later attempt: the receiver takes events again, or has another address.

use crate::{
    Result,
    entity::{
        webhook,
        webhook_call::{Column, Entity},
    },
    transaction::Transaction,
    wakes::Worker,
    webhooks::lanes::take_turn,
};
use domain::ids::WebhookId;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, UpdateMany, sea_query::Expr};
use uuid::Uuid;

/// Makes those of `these` calls due that wait for a later attempt, and begins their attempts anew. The webhook is not left alone
/// any longer. Returns how many calls that were: of each session only the first has a time, and those behind it follow.
pub(super) async fn send_at_once(tx: &Transaction, id: WebhookId, these: Condition) -> Result<u64> {
    take_turn(tx, 0).await?;
    let now = tx.engine().clock().now().millis();
    let sent = sooner(id.uuid(), these, now).exec(tx).await?;
    webhook::Entity::update_many()
        .col_expr(webhook::Column::HeldUntil, Expr::value(None::<i64>))
        .filter(webhook::Column::Id.eq(id.uuid()))
        .filter(webhook::Column::HeldUntil.is_not_null())
        .exec(tx)
        .await?;
    tx.wake(Worker::Webhooks);
    Ok(sent.rows_affected)
}

/// What is under way is left alone.
pub(super) fn sooner(webhook: Uuid, these: Condition, now: i64) -> UpdateMany<Entity> {
    Entity::update_many()
        .col_expr(Column::DueAt, Expr::value(now))
        .col_expr(Column::Attempts, Expr::value(0_i64))
        .filter(Column::WebhookId.eq(webhook))
        .filter(Column::DueAt.gt(now))
        .filter(Column::ClaimedBy.is_null())
        .filter(these)
}
