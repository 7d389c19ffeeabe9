//! Applying, one after the other, the deliveries of a row of the journal that could not be applied at once.

use crate::{
    Engine, Error, Result,
    entity::delivery,
    inbound::{
        apply,
        batch::Batch,
        journal::{Delivery, Entry},
        reject::keep,
        together::{Items, Waiting, apply_all, deliveries, mark_applied},
    },
    transaction::Transaction,
};
use bytes::Bytes;
use domain::{access::Actor, dead_letter::DeadReason};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use std::collections::HashSet;
use uuid::Uuid;
use whatsapp::webhook::Item;

/// Tries of a delivery as a whole before each of its items is tried alone.
const TRIES: i64 = 3;

/// Applies a row that could not be applied at once: each of its deliveries in a transaction of its own.
pub(super) async fn one_by_one(engine: &Engine, of: &Waiting) -> Result<()> {
    let mut all = match deliveries(engine, std::slice::from_ref(of)).await {
        Err(Error::Corrupt(what)) => return set_aside(engine, of, &what).await,
        all => all?,
    };
    let done = delivery::Entity::find()
        .filter(delivery::Column::Id.is_in(all.iter().map(|(delivery, _)| delivery.id)))
        .all(engine.db.read())
        .await?;
    let done: HashSet<_> = done.into_iter().map(|row| row.id).collect();
    for work in all
        .iter_mut()
        .filter(|(delivery, _)| !done.contains(&delivery.id))
    {
        while let Err(error) = apply_all(engine, &[work], &[]).await {
            if error.is_passing() {
                return Err(error);
            }
            work.0.attempts += 1;
            tracing::warn!(delivery = %work.0.id, attempts = work.0.attempts, %error, "a delivery could not be applied");
            if work.0.attempts >= TRIES {
                item_by_item(engine, work).await?;
                break;
            }
        }
    }
    let tx = engine.transaction(&Actor::System).await?;
    mark_applied(engine, &tx, &[of.id]).await?;
    tx.commit().await?;
    Ok(())
}

/// Sets aside a row that the disk returns in another form than it was stored: it stays in the journal, a dead letter
/// points to it, and it no longer stops the rows behind it.
async fn set_aside(engine: &Engine, of: &Waiting, what: &str) -> Result<()> {
    tracing::error!(row = %of.id, deliveries = of.deliveries, what, "a row of the journal cannot be read");
    let unread = Delivery {
        journal: of.id,
        received_at: of.received_at,
        attempts: of.attempts,
        entry: Entry {
            id: of.id,
            channel: Uuid::nil(),
            signed_by: String::new(),
            body: Bytes::new(),
        },
    };
    let tx = engine.transaction(&Actor::System).await?;
    let mut batch = Batch::read(&tx, &[]).await?;
    let detail = format!("{what} with {} deliveries cannot be read", of.deliveries);
    keep(
        &mut batch,
        &unread,
        0,
        None,
        "",
        (DeadReason::Failed, Some(detail)),
    );
    batch.write(&tx).await?;
    mark_applied(engine, &tx, &[of.id]).await?;
    tx.commit().await
}

/// The last resort: applies what can be applied, and turns each other item into a dead letter, so that a bad one never
/// stops its neighbours.
async fn item_by_item(engine: &Engine, (delivery, items): &(Delivery, Items)) -> Result<()> {
    for (position, item) in items.iter().flatten().enumerate() {
        if let Err(error) = alone(engine, delivery, position, item).await {
            if error.is_passing() {
                return Err(error);
            }
            let tx = engine.transaction(&Actor::System).await?;
            let mut batch = Batch::read(&tx, &[]).await?;
            let number = item.phone_number_id.as_deref();
            let why = (DeadReason::Failed, Some(error.to_string()));
            keep(&mut batch, delivery, position, number, &item.raw, why);
            commit(tx, batch).await?;
        }
    }
    let tx = engine.transaction(&Actor::System).await?;
    let mut batch = Batch::read(&tx, &[]).await?;
    batch.done(delivery);
    commit(tx, batch).await
}

async fn alone(engine: &Engine, delivery: &Delivery, position: usize, item: &Item) -> Result<()> {
    let tx = engine.transaction(&Actor::System).await?;
    let mut batch = Batch::read(&tx, &[item]).await?;
    apply::item(&mut batch, delivery, position, item);
    commit(tx, batch).await
}

async fn commit(tx: Transaction, batch: Batch) -> Result<()> {
    batch.write(&tx).await?;
    mark_applied(tx.engine(), &tx, &[]).await?;
    tx.commit().await
}
