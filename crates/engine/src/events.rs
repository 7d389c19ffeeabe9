//! Events: published after a commit, each with a number, and heard only by those who may see what changed.

use crate::random;
use domain::{
    access::{Actor, Permission},
    event::{Change, Event, Position},
};
use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::sync::broadcast;
use uuid::Uuid;

/// Events kept for a slow listener; one that falls behind further is told to read everything again.
const KEPT: usize = 1024;

/// Who may hear of a change.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Audience {
    Everybody,
    /// These extensions, and all who see every session.
    Extensions(Vec<Uuid>),
}

/// What a use case changed, to be published once it has committed.
#[derive(Debug, Default)]
pub(crate) struct Changes(Vec<(Change, Audience)>);

impl Changes {
    /// A single change that everybody may hear of.
    pub(crate) fn of(change: Change) -> Self {
        Self(vec![(change, Audience::Everybody)])
    }

    pub(crate) fn add(&mut self, change: Change, audience: Audience) {
        self.0.push((change, audience));
    }

    pub(crate) fn append(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Each change once for each audience, in their order.
    fn each_once(self) -> impl Iterator<Item = (Change, Audience)> {
        let mut heard = HashSet::new();
        self.0
            .into_iter()
            .filter(move |change| heard.insert(change.clone()))
    }
}

#[derive(Debug)]
struct Published {
    event: Event,
    audience: Audience,
}

/// The process's stream of events.
#[derive(Debug)]
pub struct Events {
    sender: broadcast::Sender<Arc<Published>>,
    last: AtomicU64,
    /// Tells this process's numbers from those of the one before.
    process: String,
}

impl Events {
    pub(crate) fn new() -> Self {
        Self {
            sender: broadcast::Sender::new(KEPT),
            last: AtomicU64::new(0),
            process: random::token(),
        }
    }

    pub(crate) fn publish(&self, changes: Changes) {
        for (change, audience) in changes.each_once() {
            let number = self.last.fetch_add(1, Ordering::Relaxed) + 1;
            // Nobody listening is fine: whoever comes later reads the truth.
            drop(self.sender.send(Arc::new(Published {
                event: Event { number, change },
                audience,
            })));
        }
    }

    /// The number of the newest event.
    pub fn last(&self) -> u64 {
        self.last.load(Ordering::SeqCst)
    }

    /// Whoever asks for it before reading something can tell later whether anything happened since.
    pub fn position(&self) -> Position {
        Position {
            process: self.process.clone(),
            number: self.last(),
        }
    }

    pub fn subscribe(&self) -> Subscription {
        Subscription {
            receiver: self.sender.subscribe(),
        }
    }
}

/// One listener.
#[derive(Debug)]
pub struct Subscription {
    receiver: broadcast::Receiver<Arc<Published>>,
}

impl Subscription {
    /// The next event that this actor may hear of; [`Change::Resync`] when some were missed; `None` at the end.
    pub async fn next(&mut self, actor: &Actor) -> Option<Event> {
        loop {
            match self.receiver.recv().await {
                Ok(published) if reaches(&published.audience, actor) => return Some(published.event.clone()),
                Ok(_) => {}
                Err(broadcast::error::RecvError::Lagged(_)) => {
                    return Some(Event {
                        number: 0,
                        change: Change::Resync,
                    });
                }
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }
}

fn reaches(audience: &Audience, actor: &Actor) -> bool {
    match audience {
        Audience::Everybody => true,
        Audience::Extensions(ids) => {
            actor.may(Permission::SessionReadAll)
                || actor.extension().is_some_and(|own| ids.contains(&own.id.uuid()))
        }
    }
}
