//! The stream of events in this process, and those who listen to it.

use crate::events::{audience::Audience, counts::Counts};
use domain::{
    access::{Actor, Permission},
    event::{Change, Writing},
    position::Position,
    session::InboxCounts,
};
use serde::Serialize;
use serde_json::value::RawValue;
use std::{collections::VecDeque, sync::Arc};
use tokio::sync::{Notify, broadcast, watch};
use uuid::Uuid;

/// Events kept for a slow listener; one that falls behind further is told to read everything again.
const KEPT: usize = 1024;
/// Signs of writing that are kept for a slow listener.
const WHISPERS: usize = 64;

/// An event for everybody who may hear of it.
#[derive(Debug)]
pub(crate) struct Published {
    pub(crate) number: u64,
    pub(crate) change: Change,
    pub(crate) hearers: Reach,
    pub(crate) inbox: Option<PublishedInbox>,
}

/// What inboxes show after the change.
#[derive(Debug)]
pub(crate) struct PublishedInbox {
    pub(crate) row: Option<PublishedRow>,
    pub(crate) counts: Arc<Counts>,
    /// The message as threads show it; those who see the row get it.
    pub(crate) message: Option<Arc<RawValue>>,
}

/// A session's row, and those who see it.
#[derive(Debug)]
pub(crate) struct PublishedRow {
    pub(crate) whole: Arc<RawValue>,
    /// For those who see only the end of numbers; `None`: nobody is one of them.
    pub(crate) masked: Option<Arc<RawValue>>,
    pub(crate) seen_by: Reach,
}

impl PublishedRow {
    fn to(&self, actor: &Actor) -> Option<Arc<RawValue>> {
        let masked = self
            .masked
            .as_ref()
            .filter(|_| !actor.may(Permission::NumberRead));
        let row = masked.unwrap_or(&self.whole);
        self.seen_by.includes(actor).then(|| row.clone())
    }
}

/// An audience, and the members of its queues.
#[derive(Debug, Clone)]
pub(crate) struct Reach {
    pub(crate) audience: Audience,
    pub(crate) members: Vec<Uuid>,
}

impl Reach {
    fn includes(&self, actor: &Actor) -> bool {
        let member = |own: &domain::refs::ExtensionRef| self.members.contains(&own.id.uuid());
        self.audience.includes(actor, &[]) || actor.extension().is_some_and(member)
    }
}

/// An event as one listener is told it: [`domain::event::Event`], with a row that was serialised for all of them.
#[derive(Debug, Clone, Serialize)]
pub struct Told {
    pub number: u64,
    #[serde(flatten)]
    pub change: Change,
    #[serde(skip_serializing_if = "Option::is_none")]
    inbox: Option<ToldInbox>,
}

#[derive(Debug, Clone, Serialize)]
struct ToldInbox {
    row: Option<Arc<RawValue>>,
    counts: InboxCounts,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Arc<RawValue>>,
}

impl Told {
    /// One that brings nothing, so that the listener reads again.
    pub(super) fn hint(number: u64, change: Change) -> Self {
        Self {
            number,
            change,
            inbox: None,
        }
    }
}

impl Published {
    /// `None` if the actor may not hear of it.
    fn to(&self, actor: &Actor) -> Option<Told> {
        let for_actor = |inbox: &PublishedInbox| {
            let row = inbox.row.as_ref().and_then(|row| row.to(actor));
            ToldInbox {
                message: inbox.message.clone().filter(|_| row.is_some()),
                row,
                counts: inbox.counts.of(actor),
            }
        };
        self.hearers.includes(actor).then(|| Told {
            number: self.number,
            change: self.change.clone(),
            inbox: self.inbox.as_ref().map(for_actor),
        })
    }
}

/// The process's stream of events.
#[derive(Debug)]
pub struct Events {
    sender: broadcast::Sender<Arc<Published>>,
    /// What is told and not stored.
    whispers: broadcast::Sender<Arc<(Writing, Reach)>>,
    last: watch::Sender<u64>,
    committed: Notify,
    /// One more reference for each page that listens.
    pages: Arc<()>,
}

impl Events {
    /// The stream of events after this number.
    pub(crate) fn new(last: u64) -> Self {
        Self {
            sender: broadcast::Sender::new(KEPT),
            whispers: broadcast::Sender::new(WHISPERS),
            last: watch::Sender::new(last),
            committed: Notify::new(),
            pages: Arc::default(),
        }
    }

    /// Tells the dispatcher that rows have been committed.
    pub(crate) fn committed(&self) {
        self.committed.notify_one();
    }

    pub(crate) async fn next_commit(&self) {
        self.committed.notified().await;
    }

    pub(crate) fn publish(&self, published: Published) {
        self.last.send_replace(published.number);
        // Without a listener this fails, which is fine: whoever comes later reads the current state.
        drop(self.sender.send(Arc::new(published)));
    }

    /// Tells those within reach, in this process, that somebody writes.
    pub(crate) fn whisper(&self, writing: Writing, to: Reach) {
        drop(self.whispers.send(Arc::new((writing, to))));
    }

    /// Listens to what colleagues write.
    pub fn whispers(&self) -> Whispers {
        Whispers(self.whispers.subscribe())
    }

    /// Whether any page listens.
    pub(crate) fn has_pages(&self) -> bool {
        Arc::strong_count(&self.pages) > 1
    }

    /// The number of the newest event that was told.
    pub fn last(&self) -> u64 {
        *self.last.borrow()
    }

    /// Returns when there is an event after this number.
    pub async fn newer_than(&self, number: u64) {
        let mut last = self.last.subscribe();
        drop(last.wait_for(|last| *last > number).await);
    }

    /// The current position. Whoever takes it before reading something can tell later whether anything happened since.
    pub fn position(&self) -> Position {
        Position { number: self.last() }
    }

    /// Listens from now on, for a page.
    pub(super) fn subscribe_page(&self) -> Subscription {
        Subscription {
            _page: Some(self.pages.clone()),
            ..self.subscribe()
        }
    }

    /// Listens from now on.
    pub fn subscribe(&self) -> Subscription {
        let receiver = self.sender.subscribe();
        Subscription {
            receiver,
            missed: VecDeque::new(),
            last: self.last(),
            _page: None,
        }
    }
}

/// A listener to what colleagues write.
#[derive(Debug)]
pub struct Whispers(broadcast::Receiver<Arc<(Writing, Reach)>>);

impl Whispers {
    /// The next that this user may hear of; not what they write themselves. One that is missed is told again soon.
    pub async fn next(&mut self, actor: &Actor) -> Option<Writing> {
        loop {
            match self.0.recv().await {
                Ok(whisper) => {
                    let (writing, reach) = &*whisper;
                    let own = matches!(actor, Actor::User(me) if me.id == writing.user);
                    if !own && reach.includes(actor) {
                        return Some(writing.clone());
                    }
                }
                Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }
}

/// One listener.
#[derive(Debug)]
pub struct Subscription {
    receiver: broadcast::Receiver<Arc<Published>>,
    /// Earlier events that were not told yet.
    pub(super) missed: VecDeque<Told>,
    /// The number up to which everything was told, or is in `missed`.
    pub(super) last: u64,
    _page: Option<Arc<()>>,
}

impl Subscription {
    /// The next event that this actor may hear of; [`Change::Resync`] when some were missed; `None` at the end.
    pub async fn next(&mut self, actor: &Actor) -> Option<Told> {
        if let Some(event) = self.missed.pop_front() {
            return Some(event);
        }
        loop {
            match self.receiver.recv().await {
                Ok(published) if published.number <= self.last => {}
                Ok(published) => {
                    self.last = published.number;
                    if let Some(told) = published.to(actor) {
                        return Some(told);
                    }
                }
                Err(broadcast::error::RecvError::Lagged(_)) => {
                    return Some(Told::hint(self.last, Change::Resync));
                }
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }
}
