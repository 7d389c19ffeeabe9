//! The entrance of the journal. Deliveries go into the row that is forming; one writer takes that row, commits it, and
//! answers all who wait for it. The next row forms while the commit runs, so no timer is needed.

use crate::{
    Clock, Result,
    database::{Database, Kept},
    inbound::journal::NewRow,
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

/// Maximum number of deliveries in one commit.
const ROW_DELIVERIES: usize = 512;
/// Bytes in one commit beyond which it takes no further delivery.
const ROW_BYTES: usize = 1024 * 1024;
/// Maximum bytes of all deliveries that wait; further ones are refused, and Meta retries them.
const WAITING_BYTES: usize = 32 * 1024 * 1024;

/// Commits in a row before other writers get their turn.
const TURN: u32 = 16;

/// From this many deliveries in one commit on, Meta is waiting for the disk.
const BURST: usize = 24;

/// A delivery whose signature was good.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) channel: ChannelId,
    pub(crate) signed_by: Arc<str>,
    pub(crate) body: Bytes,
}

/// Takes deliveries into the journal. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Intake {
    clock: Clock,
    waiting: Arc<Mutex<Waiting>>,
    /// Wakes the writer, which ends when the last of these is gone.
    wake_writer: mpsc::Sender<()>,
    bursts: Arc<AtomicU64>,
}

impl Intake {
    /// Starts the writer.
    pub(crate) fn start(capacity: usize, db: Database, clock: Clock, wake: Arc<Notify>) -> Self {
        let (wake_writer, woken) = mpsc::channel(1);
        let intake = Self {
            clock,
            waiting: Arc::new(Mutex::new(Waiting::new(capacity.max(1)))),
            wake_writer,
            bursts: Arc::default(),
        };
        let writer = Writer {
            db,
            clock: intake.clock.clone(),
            waiting: intake.waiting.clone(),
            wake,
            bursts: intake.bursts.clone(),
        };
        tokio::spawn(writer.run(woken));
        intake
    }

    /// Returns true once the delivery is on disk; false when too many wait or the database refused. A delivery is
    /// stored even when its request no longer waits: Meta sends it again, and the repetition is recognised.
    pub(crate) async fn store(&self, received: Received) -> bool {
        let Some(mut outcome) = lock(&self.waiting).take_in(&self.clock, received) else {
            return false;
        };
        // A full buffer means that the writer is about to look.
        let _ = self.wake_writer.try_send(());
        let outcome = outcome.wait_for(Option::is_some).await;
        outcome.is_ok_and(|stored| *stored == Some(true))
    }

    /// How many commits held a burst. While this rises, deliveries come faster than one commit after the other.
    pub(crate) fn bursts(&self) -> u64 {
        self.bursts.load(Ordering::Relaxed)
    }
}

fn lock(waiting: &Mutex<Waiting>) -> MutexGuard<'_, Waiting> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What waits for the disk.
#[derive(Debug)]
struct Waiting {
    /// The oldest first; the last one is forming.
    rows: VecDeque<Forming>,
    /// The deliveries in these rows and in the one that is being committed.
    deliveries: usize,
    bytes: usize,
    /// Deliveries that may wait.
    capacity: usize,
}

/// A row that is not full, or not committed yet.
#[derive(Debug)]
struct Forming {
    row: NewRow,
    /// Whether it is on disk, once that is known.
    outcome: watch::Sender<Option<bool>>,
}

impl Waiting {
    fn new(capacity: usize) -> Self {
        Self {
            rows: VecDeque::new(),
            deliveries: 0,
            bytes: 0,
            capacity,
        }
    }

    /// Puts a delivery into the row that is forming; `None` when there is no room.
    fn take_in(&mut self, clock: &Clock, received: Received) -> Option<watch::Receiver<Option<bool>>> {
        if self.deliveries >= self.capacity || self.bytes + received.body.len() > WAITING_BYTES {
            return None;
        }
        let full = |last: &Forming| last.row.deliveries() >= ROW_DELIVERIES || last.row.bytes() >= ROW_BYTES;
        if self.rows.back().is_none_or(full) {
            self.rows.push_back(Forming {
                row: NewRow::new(clock.now().millis()),
                outcome: watch::Sender::new(None),
            });
        }
        let Forming { row, outcome } = self.rows.back_mut()?;
        let before = row.bytes();
        row.push(
            clock.new_id(),
            received.channel.uuid(),
            &received.signed_by,
            &received.body,
        );
        self.deliveries += 1;
        self.bytes += row.bytes() - before;
        Some(outcome.subscribe())
    }

    fn finished(&mut self, deliveries: usize, bytes: usize) {
        self.deliveries -= deliveries;
        self.bytes -= bytes;
    }
}

/// The connection, kept for some commits in a row and then released, because others want to write as well.
struct Turn {
    connection: Kept,
    left: u32,
}

struct Writer {
    db: Database,
    clock: Clock,
    waiting: Arc<Mutex<Waiting>>,
    wake: Arc<Notify>,
    bursts: Arc<AtomicU64>,
}

impl Writer {
    async fn run(self, mut woken: mpsc::Receiver<()>) {
        let mut turn = None;
        while woken.recv().await.is_some() {
            while let Some(Forming { row, outcome }) = self.next().await {
                let (deliveries, bytes) = (row.deliveries(), row.bytes());
                let stored = self.commit(&mut turn, row).await;
                if deliveries >= BURST {
                    self.bursts.fetch_add(1, Ordering::Relaxed);
                }
                lock(&self.waiting).finished(deliveries, bytes);
                outcome.send_replace(Some(stored));
                self.wake.notify_one();
            }
            turn = None;
        }
    }

    /// The oldest row. Lets other tasks run first, for as long as that brings more deliveries, so that the row takes in
    /// those that are on their way.
    async fn next(&self) -> Option<Forming> {
        let mut seen = 0;
        loop {
            tokio::task::yield_now().await;
            let mut waiting = lock(&self.waiting);
            let more = waiting.deliveries > seen;
            if !more || waiting.rows.len() > 1 {
                return waiting.rows.pop_front();
            }
            seen = waiting.deliveries;
        }
    }

    /// Returns whether it is on disk.
    async fn commit(&self, turn: &mut Option<Turn>, row: NewRow) -> bool {
        let deliveries = row.deliveries();
        match self.try_commit(turn, row).await {
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

    async fn try_commit(&self, turn: &mut Option<Turn>, row: NewRow) -> Result<()> {
        let turn = match turn {
            Some(turn) => turn,
            none => none.insert(Turn {
                connection: self.db.keep().await?,
                left: TURN,
            }),
        };
        turn.left -= 1;
        row.store(self.clock.new_id(), &mut turn.connection).await
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
        waiting.rows.iter().map(|of| of.row.deliveries()).collect()
    }

    #[test]
    fn a_full_row_is_followed_by_another() {
        let mut waiting = Waiting::new(usize::MAX);
        for _ in 0..=ROW_DELIVERIES {
            assert!(take_in(&mut waiting, 1));
        }
        assert_eq!(sizes(&waiting), [ROW_DELIVERIES, 1]);
        assert!(take_in(&mut waiting, ROW_BYTES) && take_in(&mut waiting, 1));
        assert_eq!(sizes(&waiting), [ROW_DELIVERIES, 2, 1]);
    }

    #[test]
    fn too_many_are_told_to_come_later() {
        let mut waiting = Waiting::new(2);
        assert!(take_in(&mut waiting, 1) && take_in(&mut waiting, 1));
        assert!(!take_in(&mut waiting, 1));
        // Deliveries leave room once they are on disk, not when their row is taken out.
        let row = waiting.rows.pop_front().unwrap().row;
        assert!(!take_in(&mut waiting, 1));
        waiting.finished(row.deliveries(), row.bytes());
        assert!(take_in(&mut waiting, 1));
        assert_eq!((waiting.deliveries, sizes(&waiting)), (1, vec![1]));
    }

    #[test]
    fn too_much_is_told_to_come_later() {
        let mut waiting = Waiting::new(usize::MAX);
        let third = WAITING_BYTES / 3;
        assert!(take_in(&mut waiting, third) && take_in(&mut waiting, third));
        assert!(!take_in(&mut waiting, third + 1));
        let row = waiting.rows.pop_front().unwrap().row;
        waiting.finished(row.deliveries(), row.bytes());
        assert!(take_in(&mut waiting, third + 1));
    }
}
