//! Switching webhooks on and off. One that is off gets no events but those that an administrator sends; what waited for it
//! is given up, and can be replayed.

use crate::{
    Engine, Result,
    entity::webhook::{Column, Entity},
    events::{Deed, deeds::About},
    transaction::Transaction,
    webhooks::{manage::note, queue::give_up, row::known},
};
use domain::{
    access::{Actor, Permission},
    ids::WebhookId,
    webhook::WhyOff,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use uuid::Uuid;

/// Switches a webhook on or off. Doing it twice changes nothing.
pub async fn turn(engine: &Engine, actor: &Actor, id: WebhookId, on: bool) -> Result<()> {
    actor.require(Permission::WebhookChange)?;
    let tx = engine.transaction_alone(actor).await?;
    let row = known(&tx, id).await?;
    match (row.off_since.is_some(), on) {
        (true, true) => {
            Entity::update_many()
                .col_expr(Column::OffSince, Expr::value(None::<i64>))
                .col_expr(Column::OffWhy, Expr::value(None::<String>))
                .col_expr(Column::FailingSince, Expr::value(None::<i64>))
                .col_expr(Column::HeldUntil, Expr::value(None::<i64>))
                .filter(Column::Id.eq(id.uuid()))
                .exec(&tx)
                .await?;
            note(&tx, "webhook.switch_on", id, Some(row.name));
        }
        (false, false) => switch_off(&tx, id.uuid(), WhyOff::Administrator).await?,
        _ => {}
    }
    tx.commit().await
}

/// Does nothing if it is off already.
pub(super) async fn switch_off(tx: &Transaction, webhook: Uuid, why: WhyOff) -> Result<()> {
    let now = tx.engine().clock().now().millis();
    let given_up = give_up(tx, webhook, now).await?;
    let switched = Entity::update_many()
        .col_expr(Column::OffSince, Expr::value(now))
        .col_expr(Column::OffWhy, Expr::value(why.as_str()))
        .filter(Column::Id.eq(webhook))
        .filter(Column::OffSince.is_null())
        .exec(tx)
        .await?;
    if switched.rows_affected == 0 {
        return Ok(());
    }
    let detail = format!("{}, {given_up} events given up", why.as_str());
    let id = WebhookId::new(webhook);
    note(tx, "webhook.switch_off", id, Some(detail));
    tx.did(About::Webhook(id), Deed::WebhookOff(why));
    if why.is_warning() {
        tx.then(move |_| tracing::warn!(%webhook, why = why.as_str(), "a webhook is switched off"));
    }
    Ok(())
}
