//! The stream of events in this process, and those who listen to it.

use crate::events::audience::Audience;
use domain::{
    access::Actor,
    event::{Change, Event, Position},
};
use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::sync::{Notify, broadcast};
use uuid::Uuid;

/// Events kept for a slow listener; one that falls behind further is told to read everything again.
const KEPT: usize = 1024;

/// An event, and the members of the queues that may hear of it.
#[derive(Debug)]
pub(super) struct Published {
    pub(super) event: Event,
    pub(super) audience: Audience,
    /// Extensions that are in one of the audience's queues.
    pub(super) members: Vec<Uuid>,
}

impl Published {
    fn reaches(&self, actor: &Actor) -> bool {
        let member = |own: &domain::refs::ExtensionRef| self.members.contains(&own.id.uuid());
        self.audience.includes(actor, &[]) || actor.extension().is_some_and(member)
    }
}

/// The process's stream of events.
#[derive(Debug)]
pub struct Events {
    sender: broadcast::Sender<Arc<Published>>,
    last: AtomicU64,
    committed: Notify,
}

impl Events {
    /// The stream of events after this number.
    pub(crate) fn new(last: u64) -> Self {
        Self {
            sender: broadcast::Sender::new(KEPT),
            last: AtomicU64::new(last),
            committed: Notify::new(),
        }
    }

    /// Tells the dispatcher that rows have been committed.
    pub(crate) fn committed(&self) {
        self.committed.notify_one();
    }

    pub(super) async fn next_commit(&self) {
        self.committed.notified().await;
    }

    pub(super) fn publish(&self, published: Published) {
        self.last.store(published.event.number, Ordering::SeqCst);
        // Without a listener this fails, which is fine: whoever comes later reads the current state.
        drop(self.sender.send(Arc::new(published)));
    }

    /// The number of the newest event that was told.
    pub fn last(&self) -> u64 {
        self.last.load(Ordering::SeqCst)
    }

    /// The current position. Whoever takes it before reading something can tell later whether anything happened since.
    pub fn position(&self) -> Position {
        Position { number: self.last() }
    }

    /// Listens from now on.
    pub fn subscribe(&self) -> Subscription {
        let receiver = self.sender.subscribe();
        Subscription {
            receiver,
            missed: VecDeque::new(),
            last: self.last(),
        }
    }
}

pub(super) fn resync(number: u64) -> Event {
    Event {
        number,
        change: Change::Resync,
    }
}

/// One listener.
#[derive(Debug)]
pub struct Subscription {
    receiver: broadcast::Receiver<Arc<Published>>,
    /// Earlier events that were not told yet.
    pub(super) missed: VecDeque<Event>,
    /// The number up to which everything was told, or is in `missed`.
    pub(super) last: u64,
}

impl Subscription {
    /// The next event that this actor may hear of; [`Change::Resync`] when some were missed; `None` at the end.
    pub async fn next(&mut self, actor: &Actor) -> Option<Event> {
        if let Some(event) = self.missed.pop_front() {
            return Some(event);
        }
        loop {
            match self.receiver.recv().await {
                Ok(published) if published.event.number <= self.last => {}
                Ok(published) => {
                    self.last = published.event.number;
                    if published.reaches(actor) {
                        return Some(published.event.clone());
                    }
                }
                Err(broadcast::error::RecvError::Lagged(_)) => return Some(resync(self.last)),
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }
}
