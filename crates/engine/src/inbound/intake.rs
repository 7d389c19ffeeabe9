//! The journal's front door. Deliveries go into the batch that is forming; one writer takes that batch, commits it, and
//! answers all who wait for it. The next one forms while the commit runs, so no timer is needed.

use crate::{
    Clock, Result,
    database::{Database, Kept},
    inbound::journal::Batch,
};
use bytes::Bytes;
use domain::ids::ChannelId;
use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::sync::{Notify, mpsc, watch};

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

/// The way in. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Intake {
    clock: Clock,
    waiting: Arc<Mutex<Waiting>>,
    /// Wakes the writer, which ends when the last of these is gone.
    wake_writer: mpsc::Sender<()>,
    crowds: Arc<AtomicU64>,
}

impl Intake {
    /// Starts the writer.
    pub(crate) fn start(capacity: usize, db: Database, clock: Clock, wake: Arc<Notify>) -> Self {
        let (wake_writer, woken) = mpsc::channel(1);
        let intake = Self {
            clock,
            waiting: Arc::new(Mutex::new(Waiting::new(capacity.max(1)))),
            wake_writer,
            crowds: Arc::default(),
        };
        let writer = Writer {
            db,
            clock: intake.clock.clone(),
            waiting: intake.waiting.clone(),
            wake,
            crowds: intake.crowds.clone(),
        };
        tokio::spawn(writer.run(woken));
        intake
    }

    /// Returns true once the delivery is on disk; false when too many wait or the database refused. One that no longer
    /// waits for the answer is stored all the same: Meta sends it again, and it is recognised.
    pub(crate) async fn store(&self, received: Received) -> bool {
        let Some(mut outcome) = lock(&self.waiting).take_in(&self.clock, received) else {
            return false;
        };
        // When that is full, the writer is about to look.
        let _ = self.wake_writer.try_send(());
        let outcome = outcome.wait_for(Option::is_some).await;
        outcome.is_ok_and(|stored| *stored == Some(true))
    }

    /// How many commits held a crowd. While this rises, deliveries come faster than one commit after the other.
    pub(crate) fn crowds(&self) -> u64 {
        self.crowds.load(Ordering::Relaxed)
    }
}

fn lock(waiting: &Mutex<Waiting>) -> MutexGuard<'_, Waiting> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What waits for the disk.
#[derive(Debug)]
struct Waiting {
    /// The oldest first; the last one is forming.
    batches: VecDeque<Forming>,
    /// Of these and of the one that is being committed.
    deliveries: usize,
    bytes: usize,
    /// Deliveries that may wait.
    capacity: usize,
}

/// A batch that is not full, or that nobody has had the time to commit.
#[derive(Debug)]
struct Forming {
    batch: Batch,
    /// Whether it is on disk, once that is known.
    outcome: watch::Sender<Option<bool>>,
}

impl Waiting {
    fn new(capacity: usize) -> Self {
        Self {
            batches: VecDeque::new(),
            deliveries: 0,
            bytes: 0,
            capacity,
        }
    }

    /// Puts a delivery into the batch that is forming; `None` when there is no room.
    fn take_in(&mut self, clock: &Clock, received: Received) -> Option<watch::Receiver<Option<bool>>> {
        if self.deliveries >= self.capacity || self.bytes + received.body.len() > WAITING_BYTES {
            return None;
        }
        let full = |last: &Forming| last.batch.deliveries() >= BATCH || last.batch.bytes() >= BATCH_BYTES;
        if self.batches.back().is_none_or(full) {
            self.batches.push_back(Forming {
                batch: Batch::new(clock.now().millis()),
                outcome: watch::Sender::new(None),
            });
        }
        let Forming { batch, outcome } = self.batches.back_mut()?;
        let before = batch.bytes();
        batch.push(
            clock.new_id(),
            received.channel.uuid(),
            &received.signed_by,
            &received.body,
        );
        self.deliveries += 1;
        self.bytes += batch.bytes() - before;
        Some(outcome.subscribe())
    }

    fn finished(&mut self, deliveries: usize, bytes: usize) {
        self.deliveries -= deliveries;
        self.bytes -= bytes;
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
    waiting: Arc<Mutex<Waiting>>,
    wake: Arc<Notify>,
    crowds: Arc<AtomicU64>,
}

impl Writer {
    async fn run(self, mut woken: mpsc::Receiver<()>) {
        let mut turn = None;
        while woken.recv().await.is_some() {
            while let Some(Forming { batch, outcome }) = self.next().await {
                let (deliveries, bytes) = (batch.deliveries(), batch.bytes());
                let stored = self.commit(&mut turn, batch).await;
                if deliveries >= CROWD {
                    self.crowds.fetch_add(1, Ordering::Relaxed);
                }
                lock(&self.waiting).finished(deliveries, bytes);
                outcome.send_replace(Some(stored));
                self.wake.notify_one();
            }
            turn = None;
        }
    }

    /// The oldest batch. It takes in also those deliveries that are on their way: whatever can run runs first, for as
    /// long as that brings more.
    async fn next(&self) -> Option<Forming> {
        let mut seen = 0;
        loop {
            tokio::task::yield_now().await;
            let mut waiting = lock(&self.waiting);
            let more = waiting.deliveries > seen;
            if !more || waiting.batches.len() > 1 {
                return waiting.batches.pop_front();
            }
            seen = waiting.deliveries;
        }
    }

    /// Returns whether it is on disk.
    async fn commit(&self, turn: &mut Option<Turn>, batch: Batch) -> bool {
        let deliveries = batch.deliveries();
        match self.try_commit(turn, batch).await {
            Ok(()) => {
                turn.take_if(|turn| turn.left == 0);
                true
            }
            Err(error) => {
                tracing::error!(%error, deliveries, "deliveries could not be stored; Meta is asked to try again");
                *turn = None;
                false
            }
        }
    }

    async fn try_commit(&self, turn: &mut Option<Turn>, batch: Batch) -> Result<()> {
        let turn = match turn {
            Some(turn) => turn,
            none => none.insert(Turn {
                connection: self.db.keep().await?,
                left: TURN,
            }),
        };
        turn.left -= 1;
        batch.store(self.clock.new_id(), &mut turn.connection).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::time::Timestamp;
    use uuid::Uuid;

    fn delivery(bytes: usize) -> Received {
        Received {
            channel: ChannelId::new(Uuid::from_u128(1)),
            signed_by: "ab12".into(),
            body: vec![b' '; bytes].into(),
        }
    }

    fn take_in(waiting: &mut Waiting, bytes: usize) -> bool {
        let clock = Clock::manual(Timestamp::from_millis(0));
        waiting.take_in(&clock, delivery(bytes)).is_some()
    }

    fn sizes(waiting: &Waiting) -> Vec<usize> {
        waiting.batches.iter().map(|of| of.batch.deliveries()).collect()
    }

    #[test]
    fn a_full_batch_is_followed_by_another() {
        let mut waiting = Waiting::new(usize::MAX);
        for _ in 0..=BATCH {
            assert!(take_in(&mut waiting, 1));
        }
        assert_eq!(sizes(&waiting), [BATCH, 1]);
        assert!(take_in(&mut waiting, BATCH_BYTES) && take_in(&mut waiting, 1));
        assert_eq!(sizes(&waiting), [BATCH, 2, 1]);
    }

    #[test]
    fn too_many_are_told_to_come_later() {
        let mut waiting = Waiting::new(2);
        assert!(take_in(&mut waiting, 1) && take_in(&mut waiting, 1));
        assert!(!take_in(&mut waiting, 1));
        // They leave room when they are on disk, not when they are taken out.
        let batch = waiting.batches.pop_front().unwrap().batch;
        assert!(!take_in(&mut waiting, 1));
        waiting.finished(batch.deliveries(), batch.bytes());
        assert!(take_in(&mut waiting, 1));
        assert_eq!((waiting.deliveries, sizes(&waiting)), (1, vec![1]));
    }

    #[test]
    fn too_much_is_told_to_come_later() {
        let mut waiting = Waiting::new(usize::MAX);
        let third = WAITING_BYTES / 3;
        assert!(take_in(&mut waiting, third) && take_in(&mut waiting, third));
        assert!(!take_in(&mut waiting, third + 1));
        let batch = waiting.batches.pop_front().unwrap().batch;
        waiting.finished(batch.deliveries(), batch.bytes());
        assert!(take_in(&mut waiting, third + 1));
    }
}
