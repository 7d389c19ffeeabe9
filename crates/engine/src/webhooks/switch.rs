//! Switching webhooks on and off. One that is off gets no events but those that an administrator sends; what waited for it
//! is given up, and can be replayed.

use crate::{
    Engine, Result,
    entity::webhook::{Column, Entity},
    events::{Deed, deeds::About},
    transaction::Transaction,
    wakes::Worker,
    webhooks::{
        lanes::{give_up, set_going, take_turn},
        manage::note,
        replaying,
        row::{held_until, known},
        sooner::send_at_once,
    },
};
use domain::{
    access::{Actor, Permission},
    ids::WebhookId,
    webhook::WhyOff,
};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, sea_query::Expr};
use uuid::Uuid;

/// Switches a webhook on or off. Doing it twice changes nothing, but that each time it is switched off its replay ends. One that is
/// on and has asked to be left alone is switched on anew.
pub async fn turn(engine: &Engine, actor: &Actor, id: WebhookId, on: bool) -> Result<()> {
    actor.require(Permission::WebhookChange)?;
    let tx = engine.transaction_alone(actor).await?;
    let row = known(&tx, id).await?;
    let is_off = row.off_since.is_some();
    let is_held = held_until(&row, engine.clock().now()).is_some();
    if on && (is_off || is_held) {
        send_at_once(&tx, id, Condition::all()).await?;
        Entity::update_many()
            .col_expr(Column::OffSince, Expr::value(None::<i64>))
            .col_expr(Column::OffWhy, Expr::value(None::<String>))
            .col_expr(Column::FailingSince, Expr::value(None::<i64>))
            .filter(Column::Id.eq(id.uuid()))
            .exec(&tx)
            .await?;
        note(&tx, "webhook.switch_on", id, Some(row.name));
    } else if !on {
        switch_off(&tx, id.uuid(), WhyOff::Administrator).await?;
    }
    tx.commit().await?;
    // It is on by now, whatever becomes of this.
    if on && let Err(error) = set_going(engine, id.uuid()).await {
        tracing::error!(%error, webhook = %id, "it is not known whether events of a webhook stand still");
    }
    Ok(())
}

/// Ends its replay, and does nothing else if it is off already.
pub(super) async fn switch_off(tx: &Transaction, webhook: Uuid, why: WhyOff) -> Result<()> {
    let now = tx.engine().clock().now().millis();
    let newest = take_turn(tx, 0).await?;
    replaying::end(tx, webhook).await?;
    let switched = Entity::update_many()
        .col_expr(Column::OffSince, Expr::value(now))
        .col_expr(Column::OffWhy, Expr::value(why.as_str()))
        .col_expr(Column::GivingUpTo, Expr::value(newest))
        .filter(Column::Id.eq(webhook))
        .filter(Column::OffSince.is_null())
        .exec(tx)
        .await?;
    if switched.rows_affected == 0 {
        return Ok(());
    }
    clear_some(tx, webhook, newest).await?;
    let id = WebhookId::new(webhook);
    note(tx, "webhook.switch_off", id, Some(why.as_str().to_owned()));
    tx.did(About::Webhook(id), Deed::WebhookOff(why));
    if why.is_warning() {
        tx.then(move |_| tracing::warn!(%webhook, why = why.as_str(), "a webhook is switched off"));
    }
    Ok(())
}

/// Goes on to give up what waited for webhooks that were switched off. Many events are not given up at once: messages wait
/// while a transaction writes.
pub(super) async fn clear(tx: &Transaction) -> Result<()> {
    let some = Entity::find().filter(Column::GivingUpTo.is_not_null());
    for webhook in some.all(tx).await? {
        if let Some(to) = webhook.giving_up_to {
            clear_some(tx, webhook.id, to).await?;
        }
    }
    Ok(())
}

async fn clear_some(tx: &Transaction, webhook: Uuid, to: i64) -> Result<()> {
    if !give_up(tx, webhook, to).await? {
        tx.wake(Worker::Webhooks);
        return Ok(());
    }
    Entity::update_many()
        .col_expr(Column::GivingUpTo, Expr::value(None::<i64>))
        .filter(Column::Id.eq(webhook))
        .exec(tx)
        .await?;
    Ok(())
}

/// Whether something waits to be given up.
pub(super) async fn is_clearing(db: &impl ConnectionTrait) -> Result<bool> {
    let some = Entity::find().filter(Column::GivingUpTo.is_not_null());
    Ok(some.one(db).await?.is_some())
}
