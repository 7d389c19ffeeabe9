//! The journal's front door. One writer takes all deliveries that wait, inserts them together, commits, and answers
//! every waiter: the batch forms while the last commit runs, so no timer is needed.

use crate::{
    Clock, Result,
    database::Database,
    entity::{delivery, delivery_body},
};
use bytes::Bytes;
use domain::ids::ChannelId;
use sea_orm::{EntityTrait, IntoActiveModel};
use std::sync::Arc;
use tokio::sync::{Notify, mpsc, oneshot};

/// Deliveries in one commit at the most.
const BATCH: usize = 512;

/// A delivery whose signature was good.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) channel: ChannelId,
    pub(crate) signed_by: String,
    pub(crate) body: Bytes,
}

struct Waiting {
    received: Received,
    stored: oneshot::Sender<bool>,
}

/// The way in. Clones share one queue.
#[derive(Debug, Clone)]
pub(crate) struct Inbox(mpsc::Sender<Waiting>);

impl Inbox {
    /// Starts the writer, which ends when the last clone of the inbox is gone.
    pub(crate) fn start(capacity: usize, db: Database, clock: Clock, wake: Arc<Notify>) -> Self {
        let (sender, receiver) = mpsc::channel(capacity.max(1));
        tokio::spawn(write(receiver, db, clock, wake));
        Self(sender)
    }

    /// Returns true once the delivery is on disk; false when the queue is full or the database refused.
    pub(crate) async fn store(&self, received: Received) -> bool {
        let (stored, answer) = oneshot::channel();
        self.0.try_send(Waiting { received, stored }).is_ok() && answer.await.unwrap_or(false)
    }
}

async fn write(mut waiting: mpsc::Receiver<Waiting>, db: Database, clock: Clock, wake: Arc<Notify>) {
    let mut batch = Vec::with_capacity(BATCH);
    while waiting.recv_many(&mut batch, BATCH).await > 0 {
        let stored = match commit(&batch, &db, &clock).await {
            Ok(()) => true,
            Err(error) => {
                tracing::error!(%error, deliveries = batch.len(), "deliveries could not be stored; Meta is asked to try again");
                false
            }
        };
        wake.notify_one();
        for waiter in batch.drain(..) {
            // One that no longer waits will be sent again by Meta, and recognised.
            let _ = waiter.stored.send(stored);
        }
    }
}

async fn commit(batch: &[Waiting], db: &Database, clock: &Clock) -> Result<()> {
    let received_at = clock.now().millis();
    let mut deliveries = Vec::with_capacity(batch.len());
    let mut bodies = Vec::with_capacity(batch.len());
    for Waiting { received, .. } in batch {
        let id = clock.new_id();
        let delivery = delivery::Model {
            id,
            channel_id: received.channel.uuid(),
            received_at,
            signed_by: received.signed_by.clone(),
            attempts: 0,
            processed_at: None,
        };
        deliveries.push(delivery.into_active_model());
        bodies.push(
            delivery_body::Model {
                delivery_id: id,
                body: received.body.to_vec(),
            }
            .into_active_model(),
        );
    }
    let tx = db.write().await?;
    delivery::Entity::insert_many(deliveries)
        .exec_without_returning(&tx)
        .await?;
    delivery_body::Entity::insert_many(bodies)
        .exec_without_returning(&tx)
        .await?;
    tx.commit().await?;
    Ok(())
}
