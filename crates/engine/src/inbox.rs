//! The journal's front door. One writer takes all deliveries that wait, stores them as one batch, commits, and answers
//! every waiter: the batch forms while the last commit runs, so no timer is needed.

use crate::{
    Clock, Result,
    database::{Database, Kept},
    journal::Batch,
};
use bytes::Bytes;
use domain::ids::ChannelId;
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

/// Deliveries in one commit at the most.
const BATCH: usize = 512;
/// Bytes in one commit, beyond which no further delivery is taken in.
const BATCH_BYTES: usize = 1024 * 1024;
/// Bytes of all deliveries that wait; more are told to come later.
const WAITING_BYTES: usize = 32 * 1024 * 1024;

/// Commits in a row, before others that write get their turn.
const TURN: u32 = 16;

/// Deliveries in one commit that mean that Meta is waiting for the disk.
const CROWD: usize = 24;

/// A delivery whose signature was good.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) channel: ChannelId,
    pub(crate) signed_by: Arc<str>,
    pub(crate) body: Bytes,
}

struct Waiting {
    received: Received,
    /// Its part of [`WAITING_BYTES`], also after the one who asked has gone.
    _room: OwnedSemaphorePermit,
    stored: oneshot::Sender<bool>,
}

/// The way in. Clones share one queue.
#[derive(Debug, Clone)]
pub(crate) struct Inbox {
    queue: mpsc::Sender<Waiting>,
    room: Arc<Semaphore>,
    crowds: Arc<AtomicU64>,
}

impl Inbox {
    /// Starts the writer, which ends when the last clone of the inbox is gone.
    pub(crate) fn start(capacity: usize, db: Database, clock: Clock, wake: Arc<Notify>) -> Self {
        let (queue, receiver) = mpsc::channel(capacity.max(1));
        let crowds = Arc::<AtomicU64>::default();
        let writer = Writer {
            db,
            clock,
            wake,
            crowds: crowds.clone(),
        };
        tokio::spawn(writer.run(receiver));
        Self {
            queue,
            room: Arc::new(Semaphore::new(WAITING_BYTES)),
            crowds,
        }
    }

    /// Returns true once the delivery is on disk; false when the queue is full or the database refused.
    pub(crate) async fn store(&self, received: Received) -> bool {
        let Some(room) = self.room_for(received.body.len()) else {
            return false;
        };
        let (stored, answer) = oneshot::channel();
        let waiting = Waiting {
            received,
            _room: room,
            stored,
        };
        self.queue.try_send(waiting).is_ok() && answer.await.unwrap_or(false)
    }

    fn room_for(&self, bytes: usize) -> Option<OwnedSemaphorePermit> {
        let bytes = u32::try_from(bytes).ok()?;
        self.room.clone().try_acquire_many_owned(bytes).ok()
    }

    /// How many commits held a crowd. While this rises, deliveries come faster than one commit after the other.
    pub(crate) fn crowds(&self) -> u64 {
        self.crowds.load(Ordering::Relaxed)
    }
}

/// The connection, for some commits in a row: others want to write as well.
struct Turn {
    connection: Kept,
    left: u32,
}

struct Writer {
    db: Database,
    clock: Clock,
    wake: Arc<Notify>,
    crowds: Arc<AtomicU64>,
}

impl Writer {
    async fn run(self, mut queue: mpsc::Receiver<Waiting>) {
        let mut waiting = Vec::with_capacity(BATCH);
        let mut turn = None;
        while queue.recv_many(&mut waiting, BATCH).await > 0 {
            gather(&mut queue, &mut waiting).await;
            while !waiting.is_empty() {
                let batch: Vec<_> = waiting.drain(..fitting(&waiting)).collect();
                let stored = self.commit(&mut turn, &batch).await;
                if batch.len() >= CROWD {
                    self.crowds.fetch_add(1, Ordering::Relaxed);
                }
                self.wake.notify_one();
                for waiter in batch {
                    // One that no longer waits will be sent again by Meta, and recognised.
                    let _ = waiter.stored.send(stored);
                }
            }
            turn.take_if(|_| queue.is_empty());
        }
    }

    /// Returns whether these are on disk.
    async fn commit(&self, turn: &mut Option<Turn>, waiting: &[Waiting]) -> bool {
        match self.try_commit(turn, waiting).await {
            Ok(()) => {
                turn.take_if(|turn| turn.left == 0);
                true
            }
            Err(error) => {
                tracing::error!(%error, deliveries = waiting.len(), "deliveries could not be stored; Meta is asked to try again");
                *turn = None;
                false
            }
        }
    }

    async fn try_commit(&self, turn: &mut Option<Turn>, waiting: &[Waiting]) -> Result<()> {
        let turn = match turn {
            Some(turn) => turn,
            none => none.insert(Turn {
                connection: self.db.keep().await?,
                left: TURN,
            }),
        };
        turn.left -= 1;
        self.batch(waiting).store(&mut turn.connection).await
    }

    fn batch(&self, waiting: &[Waiting]) -> Batch {
        // With room for what stands around each body.
        let sizes = waiting.iter().map(|waiting| waiting.received.body.len() + 128);
        let mut batch = Batch::new(self.clock.new_id(), self.clock.now().millis(), sizes.sum());
        for Waiting { received, .. } in waiting {
            batch.push(
                self.clock.new_id(),
                received.channel.uuid(),
                &received.signed_by,
                &received.body,
            );
        }
        batch
    }
}

/// Takes in also those that are on their way: whatever can run runs first, for as long as that brings more.
async fn gather(queue: &mut mpsc::Receiver<Waiting>, waiting: &mut Vec<Waiting>) {
    loop {
        tokio::task::yield_now().await;
        let room = BATCH.saturating_sub(waiting.len());
        if room == 0 || queue.is_empty() {
            return;
        }
        queue.recv_many(waiting, room).await;
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
