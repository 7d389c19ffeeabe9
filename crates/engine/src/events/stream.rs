//! The stream of events in this process, and those who listen to it.

use crate::{
    Engine, Result,
    database::Database,
    entity::queue_member,
    events::{audience::Audience, log},
};
use domain::{
    access::Actor,
    event::{Change, Event, Position},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
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
/// Missed events that are told one by one; after more of them it is quicker to read everything again.
const MAX_MISSED: u64 = 1000;

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
    /// What follows on the event of this number.
    pub(crate) fn new(last: u64) -> Self {
        Self {
            sender: broadcast::Sender::new(KEPT),
            last: AtomicU64::new(last),
            committed: Notify::new(),
        }
    }

    /// Rows have been committed.
    pub(crate) fn committed(&self) {
        self.committed.notify_one();
    }

    pub(super) async fn commit(&self) {
        self.committed.notified().await;
    }

    pub(super) fn publish(&self, published: Published) {
        self.last.store(published.event.number, Ordering::SeqCst);
        // Nobody listening is fine: whoever comes later reads the truth.
        drop(self.sender.send(Arc::new(published)));
    }

    /// The number of the newest event that was told.
    pub fn last(&self) -> u64 {
        self.last.load(Ordering::SeqCst)
    }

    /// Whoever asks for it before reading something can tell later whether anything happened since.
    pub fn position(&self) -> Position {
        Position { number: self.last() }
    }

    /// From now on.
    pub fn subscribe(&self) -> Subscription {
        let receiver = self.sender.subscribe();
        Subscription {
            receiver,
            missed: VecDeque::new(),
            last: self.last(),
        }
    }
}

/// Listens from `after` on, so that nothing is missed by whoever has been away; without it, from now on. Returns the place
/// after which the stream tells everything. It begins with [`Change::Resync`] when too much was missed, or what was is no
/// longer kept.
///
/// # Errors
/// The database cannot be read.
pub async fn follow(engine: &Engine, actor: &Actor, after: Option<u64>) -> Result<(Position, Subscription)> {
    // First, so that nothing falls between what is read and what is heard.
    let mut subscription = engine.events().subscribe();
    let Some(after) = after else {
        return Ok((
            Position {
                number: subscription.last,
            },
            subscription,
        ));
    };
    let db = engine.db.read();
    let newest = log::newest(db).await?;
    // A number from before the database was restored says nothing.
    let known = after <= newest && (after == newest || after + 1 >= log::oldest(db).await?);
    let missed = match known {
        true => log::after(db, after, MAX_MISSED + 1).await?,
        false => Vec::new(),
    };
    if !known || missed.len() as u64 > MAX_MISSED {
        subscription.last = newest.max(subscription.last);
        subscription.missed.push_back(resync(subscription.last));
        return Ok((
            Position {
                number: subscription.last,
            },
            subscription,
        ));
    }
    let queues = queues_of(&engine.db, actor).await?;
    for event in missed {
        subscription.last = subscription.last.max(event.number);
        if event.audience.includes(actor, &queues) {
            subscription.missed.push_back(Event {
                number: event.number,
                change: event.change,
            });
        }
    }
    Ok((Position { number: after }, subscription))
}

fn resync(number: u64) -> Event {
    Event {
        number,
        change: Change::Resync,
    }
}

async fn queues_of(db: &Database, actor: &Actor) -> Result<Vec<Uuid>> {
    let Some(own) = actor.extension() else {
        return Ok(Vec::new());
    };
    let queues = queue_member::Entity::find()
        .select_only()
        .column(queue_member::Column::QueueId)
        .filter(queue_member::Column::ExtensionId.eq(own.id.uuid()));
    Ok(queues.into_tuple().all(db.read()).await?)
}

/// One listener.
#[derive(Debug)]
pub struct Subscription {
    receiver: broadcast::Receiver<Arc<Published>>,
    /// What happened before, and was not told yet.
    missed: VecDeque<Event>,
    /// The number up to which everything was told, or is in `missed`.
    last: u64,
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
