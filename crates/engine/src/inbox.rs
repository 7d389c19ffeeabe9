//! The journal's front door. One writer takes all deliveries that wait, stores them as one batch, commits, and answers
//! every waiter: the batch forms while the last commit runs, so no timer is needed.

use crate::{
    Clock, Result,
    database::Database,
    entity::{journal, journal_body},
    journal::Entry,
};
use bytes::Bytes;
use domain::ids::ChannelId;
use sea_orm::{EntityTrait, IntoActiveModel};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Instant,
};
use tokio::sync::{Notify, Semaphore, SemaphorePermit, mpsc, oneshot};

/// Deliveries in one commit at the most.
const BATCH: usize = 512;
/// Bytes in one commit, beyond which no further delivery is taken in.
const BATCH_BYTES: usize = 1024 * 1024;
/// Bytes of all deliveries that wait; more are told to come later.
const WAITING_BYTES: usize = 32 * 1024 * 1024;

/// Deliveries in one commit that mean that more come than one commit after the other can take.
const CROWD: usize = 24;
/// Microseconds within which a commit tells something about now.
const RECENT: u64 = 10_000;

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
pub(crate) struct Inbox {
    queue: mpsc::Sender<Waiting>,
    room: Arc<Semaphore>,
    last: Arc<LastCommit>,
}

/// What tells whether Meta waits for the disk.
#[derive(Debug)]
struct LastCommit {
    epoch: Instant,
    /// Microseconds since then.
    at: AtomicU64,
    deliveries: AtomicUsize,
}

impl Inbox {
    /// Starts the writer, which ends when the last clone of the inbox is gone.
    pub(crate) fn start(capacity: usize, db: Database, clock: Clock, wake: Arc<Notify>) -> Self {
        let (queue, receiver) = mpsc::channel(capacity.max(1));
        let last = Arc::new(LastCommit {
            epoch: Instant::now(),
            at: AtomicU64::new(0),
            deliveries: AtomicUsize::new(0),
        });
        let writer = Writer {
            db,
            clock,
            wake,
            last: last.clone(),
        };
        tokio::spawn(writer.run(receiver));
        Self {
            queue,
            room: Arc::new(Semaphore::new(WAITING_BYTES)),
            last,
        }
    }

    /// Returns true once the delivery is on disk; false when the queue is full or the database refused.
    pub(crate) async fn store(&self, received: Received) -> bool {
        let Some(_room) = self.room_for(received.body.len()) else {
            return false;
        };
        let (stored, answer) = oneshot::channel();
        self.queue.try_send(Waiting { received, stored }).is_ok() && answer.await.unwrap_or(false)
    }

    fn room_for(&self, bytes: usize) -> Option<SemaphorePermit<'_>> {
        self.room.try_acquire_many(u32::try_from(bytes).ok()?).ok()
    }

    /// Whether deliveries come faster than one commit after the other: the last was a moment ago, and many were in it.
    pub(crate) fn is_pressed(&self) -> bool {
        let now = self.last.micros();
        let recent = now.saturating_sub(self.last.at.load(Ordering::Relaxed)) < RECENT;
        recent && self.last.deliveries.load(Ordering::Relaxed) >= CROWD
    }
}

impl LastCommit {
    fn micros(&self) -> u64 {
        u64::try_from(self.epoch.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    fn note(&self, deliveries: usize) {
        self.deliveries.store(deliveries, Ordering::Relaxed);
        self.at.store(self.micros(), Ordering::Relaxed);
    }
}

struct Writer {
    db: Database,
    clock: Clock,
    wake: Arc<Notify>,
    last: Arc<LastCommit>,
}

impl Writer {
    async fn run(self, mut queue: mpsc::Receiver<Waiting>) {
        let mut waiting = Vec::with_capacity(BATCH);
        while queue.recv_many(&mut waiting, BATCH).await > 0 {
            while !waiting.is_empty() {
                let batch: Vec<_> = waiting.drain(..fitting(&waiting)).collect();
                let stored = match self.commit(&batch).await {
                    Ok(()) => true,
                    Err(error) => {
                        tracing::error!(%error, deliveries = batch.len(), "deliveries could not be stored; Meta is asked to try again");
                        false
                    }
                };
                self.last.note(batch.len());
                self.wake.notify_one();
                for waiter in batch {
                    // One that no longer waits will be sent again by Meta, and recognised.
                    let _ = waiter.stored.send(stored);
                }
            }
        }
    }

    async fn commit(&self, batch: &[Waiting]) -> Result<()> {
        let id = self.clock.new_id();
        let size: usize = batch
            .iter()
            .map(|waiting| waiting.received.body.len() + 128)
            .sum();
        let mut body = Vec::with_capacity(size);
        for Waiting { received, .. } in batch {
            let entry = Entry {
                id: self.clock.new_id(),
                channel: received.channel.uuid(),
                signed_by: received.signed_by.clone(),
                body: received.body.clone(),
            };
            entry.write(&mut body);
        }
        let row = journal::Model {
            id,
            received_at: self.clock.now().millis(),
            deliveries: i64::try_from(batch.len()).unwrap_or(i64::MAX),
            attempts: 0,
            applied_at: None,
        };
        let body = journal_body::Model { journal_id: id, body };
        let tx = self.db.write().await?;
        journal::Entity::insert(row.into_active_model())
            .exec_without_returning(&tx)
            .await?;
        journal_body::Entity::insert(body.into_active_model())
            .exec_without_returning(&tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }
}

/// How many of those that wait go into one batch.
fn fitting(waiting: &[Waiting]) -> usize {
    let mut bytes = 0;
    let fits = |waiting: &&Waiting| {
        let fits = bytes < BATCH_BYTES;
        bytes += waiting.received.body.len();
        fits
    };
    waiting.iter().take_while(fits).count()
}
