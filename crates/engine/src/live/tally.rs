//! The open sessions in numbers, by owner and by queue. It is read once, and then follows the changed sessions.

use crate::{
    Result,
    entity::session,
    events::counts::{Count, Counts},
    sessions::access::is_open,
};
use domain::{ids::SessionId, session::State};
use sea_orm::{ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect};
use std::{
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
};
use uuid::Uuid;

/// Where a session counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fact {
    place: Place,
    is_unread: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// With its owner, open, and not put off.
    Owned(Uuid),
    /// Waiting in a queue, or in none.
    Waiting(Option<Uuid>),
    Nowhere,
}

impl Fact {
    pub(super) fn of(of: &session::Model) -> Self {
        Self::new(
            &of.state,
            of.extension_id,
            of.queue_id,
            of.unread,
            of.snoozed_until,
        )
    }

    fn new(
        state: &str,
        owner: Option<Uuid>,
        queue: Option<Uuid>,
        unread: i64,
        snoozed_until: Option<i64>,
    ) -> Self {
        let place = match owner {
            _ if state == State::Closed.as_str() || snoozed_until.is_some() => Place::Nowhere,
            _ if state == State::Waiting.as_str() => Place::Waiting(queue),
            Some(owner) => Place::Owned(owner),
            None => Place::Nowhere,
        };
        Self {
            place,
            is_unread: unread > 0,
        }
    }
}

/// What is read of an open session.
#[derive(Debug, FromQueryResult)]
struct Open {
    id: Uuid,
    state: String,
    extension_id: Option<Uuid>,
    queue_id: Option<Uuid>,
    unread: i64,
    snoozed_until: Option<i64>,
}

#[derive(Debug, Default)]
pub(super) struct Tally {
    sessions: HashMap<SessionId, Fact>,
    counts: Arc<Counts>,
}

impl Tally {
    /// `members`: the extensions in each queue.
    pub(super) async fn read(db: &impl ConnectionTrait, members: &HashMap<Uuid, Vec<Uuid>>) -> Result<Self> {
        use session::Column;
        let mut tally = Self::default();
        let queues = &mut Arc::make_mut(&mut tally.counts).queues;
        for (queue, extensions) in members {
            for extension in extensions {
                queues.entry(*extension).or_default().push(*queue);
            }
        }
        let open = session::Entity::find()
            .select_only()
            .columns([
                Column::Id,
                Column::State,
                Column::ExtensionId,
                Column::QueueId,
                Column::Unread,
                Column::SnoozedUntil,
            ])
            .filter(is_open())
            .into_model::<Open>();
        for open in open.all(db).await? {
            let fact = Fact::new(
                &open.state,
                open.extension_id,
                open.queue_id,
                open.unread,
                open.snoozed_until,
            );
            tally.note(SessionId::new(open.id), Some(&fact));
        }
        Ok(tally)
    }

    /// Counts a session as it is now; `None`: it is gone.
    pub(super) fn note(&mut self, id: SessionId, fact: Option<&Fact>) {
        let now = fact.copied().filter(|fact| fact.place != Place::Nowhere);
        let before = match (self.sessions.entry(id), now) {
            (Entry::Occupied(known), Some(now)) => Some(std::mem::replace(known.into_mut(), now)),
            (Entry::Occupied(known), None) => Some(known.remove()),
            (Entry::Vacant(free), Some(now)) => {
                free.insert(now);
                None
            }
            (Entry::Vacant(_), None) => None,
        };
        if before == now {
            return;
        }
        let counts = Arc::make_mut(&mut self.counts);
        if let Some(count) = before.and_then(|before| count_of(counts, before)) {
            count.sessions -= 1;
            count.unread -= u32::from(before.is_some_and(|before| before.is_unread));
        }
        if let Some(count) = now.and_then(|now| count_of(counts, now)) {
            count.sessions += 1;
            count.unread += u32::from(now.is_some_and(|now| now.is_unread));
        }
    }

    pub(super) fn counts(&self) -> Arc<Counts> {
        self.counts.clone()
    }
}

fn count_of(counts: &mut Counts, fact: Fact) -> Option<&mut Count> {
    match fact.place {
        Place::Owned(owner) => Some(counts.owned.entry(owner).or_default()),
        Place::Waiting(queue) => Some(counts.waiting.entry(queue).or_default()),
        Place::Nowhere => None,
    }
}
