//! The worker that applies what the journal holds. It takes no input: a signal and a timer wake it, it looks at what
//! is not processed, and it may do the same delivery twice without harm.

use crate::{
    Engine, Result, apply,
    database::storable,
    dead_letters,
    entity::{delivery, delivery_body},
    events::Changes,
};
use domain::delivery::DeadReason;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};
use std::{collections::HashMap, time::Duration};
use tokio_util::sync::CancellationToken;
use whatsapp::webhook::Item;

/// Deliveries applied in one transaction at the most.
const BATCH: u64 = 64;
/// Tries of a delivery as a whole before each of its items is tried alone.
const TRIES: i64 = 3;
/// How often it looks without being woken.
const PATROL: Duration = Duration::from_secs(5);
/// How long it waits when the database does not answer.
const PAUSE: Duration = Duration::from_secs(1);

pub(crate) async fn run(e: Engine, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let wait = match pass(&e).await {
            Ok(0) => PATROL,
            Ok(_) => continue,
            Err(error) => {
                tracing::error!(%error, "deliveries cannot be processed now; they stay in the journal");
                PAUSE
            }
        };
        tokio::select! {
            () = e.process_wake.notified() => {}
            () = tokio::time::sleep(wait) => {}
            () = stop.cancelled() => {}
        }
    }
}

struct Work {
    delivery: delivery::Model,
    body: Vec<u8>,
}

/// Processes the oldest deliveries. Returns how many it looked at.
async fn pass(e: &Engine) -> Result<usize> {
    let deliveries = delivery::Entity::find()
        .filter(delivery::Column::ProcessedAt.is_null())
        .order_by_asc(delivery::Column::Id)
        .limit(BATCH)
        .all(e.db.read())
        .await?;
    let bodies = delivery_body::Entity::find()
        .filter(delivery_body::Column::DeliveryId.is_in(deliveries.iter().map(|delivery| delivery.id)))
        .all(e.db.read())
        .await?;
    let mut bodies: HashMap<_, _> = bodies
        .into_iter()
        .map(|row| (row.delivery_id, row.body))
        .collect();
    let work: Vec<Work> = deliveries
        .into_iter()
        .map(|delivery| Work {
            body: bodies.remove(&delivery.id).unwrap_or_default(),
            delivery,
        })
        .collect();
    if work.is_empty() {
        return Ok(0);
    }
    if together(e, &work).await.is_err() {
        // One of them is in the way of the others.
        for one in &work {
            if let Err(error) = together(e, std::slice::from_ref(one)).await {
                failed(e, one, &error).await?;
            }
        }
    }
    Ok(work.len())
}

/// Applies deliveries in one transaction: all or none.
async fn together(e: &Engine, work: &[Work]) -> Result<()> {
    let tx = e.db.write().await?;
    let mut changes = Changes::default();
    for Work { delivery, body } in work {
        match whatsapp::webhook::parse(body) {
            Ok(items) => {
                for (position, item) in items.iter().enumerate() {
                    changes.append(apply::item(e, &tx, delivery, position, item).await?);
                }
            }
            Err(error) => {
                let raw = storable(String::from_utf8_lossy(body).into_owned());
                let detail = Some(error.to_string());
                let reason = DeadReason::UnreadableBody;
                changes.append(dead_letters::keep(e, &tx, delivery, 0, None, &raw, reason, detail).await?);
            }
        }
        done(e, &tx, delivery).await?;
    }
    tx.commit().await?;
    e.events().publish(changes);
    Ok(())
}

async fn done(e: &Engine, tx: &sea_orm::DatabaseTransaction, delivery: &delivery::Model) -> Result<()> {
    let mut change = delivery.clone().into_active_model();
    change.processed_at = Set(Some(e.clock().now().millis()));
    delivery::Entity::update(change).exec(tx).await?;
    Ok(())
}

/// Counts a failed try; after the last one every item is tried alone, so that a bad one never stops its neighbours.
async fn failed(e: &Engine, work: &Work, error: &crate::Error) -> Result<()> {
    let attempts = work.delivery.attempts + 1;
    tracing::warn!(delivery = %work.delivery.id, attempts, %error, "a delivery could not be applied");
    if attempts < TRIES {
        let tx = e.db.write().await?;
        let mut change = work.delivery.clone().into_active_model();
        change.attempts = Set(attempts);
        delivery::Entity::update(change).exec(&tx).await?;
        tx.commit().await?;
        return Ok(());
    }
    for (position, item) in whatsapp::webhook::parse(&work.body)
        .unwrap_or_default()
        .iter()
        .enumerate()
    {
        if let Err(error) = alone(e, &work.delivery, position, item).await {
            let tx = e.db.write().await?;
            let number = item.phone_number_id.as_deref();
            let detail = Some(error.to_string());
            let changes = dead_letters::keep(
                e,
                &tx,
                &work.delivery,
                position,
                number,
                &item.raw,
                DeadReason::Failed,
                detail,
            )
            .await?;
            tx.commit().await?;
            e.events().publish(changes);
        }
    }
    let tx = e.db.write().await?;
    done(e, &tx, &work.delivery).await?;
    tx.commit().await?;
    Ok(())
}

async fn alone(e: &Engine, delivery: &delivery::Model, position: usize, item: &Item) -> Result<()> {
    let tx = e.db.write().await?;
    let changes = apply::item(e, &tx, delivery, position, item).await?;
    tx.commit().await?;
    e.events().publish(changes);
    Ok(())
}
