//! Gives the sessions that wait in a queue to its members, where the queue wants that: the longest wait first, to whoever
//! is online and has the fewest open sessions, up to their capacity.
//!
//! The worker listens to the events that pages listen to: whatever lets a session wait, or gives somebody room for one,
//! tells the pages.

use crate::{
    Engine, Result,
    directory::extensions::open_sessions,
    entity::{extension, presence, queue, queue_member, session},
    events::Subscription,
    presence::{note_seen, presences},
    sessions::{
        access::is_waiting,
        assignment::{Taking, take},
    },
    wakes::Worker,
};
use domain::{
    access::Actor,
    event::Change,
    pick_up_mode::PickUp,
    presence::{DEFAULT_CAPACITY, Presence},
    refs::ExtensionRef,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr};
use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// How often pages are counted, and how often it looks without an event.
const PATROL: Duration = Duration::from_secs(15);
/// How long it waits after an event, for those that come with it.
const CALM: Duration = Duration::from_millis(100);
/// Sessions of one queue that one pass considers.
const AT_ONCE: u64 = 100;

pub(crate) async fn run(engine: Engine, stop: CancellationToken) {
    let mut patrol = tokio::time::interval(PATROL);
    let mut count_pages = true;
    loop {
        // Before it looks, so that it hears of whatever happens while it does.
        let mut events = engine.events().subscribe();
        let passed = async {
            if count_pages {
                note_seen(&engine).await?;
            }
            pass(&engine).await
        };
        if let Err(error) = passed.await {
            tracing::error!(%error, "sessions cannot be given out now");
        }
        count_pages = tokio::select! {
            _ = patrol.tick() => true,
            () = engine.wakes.woken(Worker::Distribution) => true,
            () = until_change(&mut events) => {
                tokio::time::sleep(CALM).await;
                false
            }
            () = stop.cancelled() => return,
        };
    }
}

/// Until something may let a session wait, or give somebody room for one.
async fn until_change(events: &mut Subscription) {
    while let Some(event) = events.next(&Actor::System).await {
        if matches!(
            event.change,
            Change::Session { .. }
                | Change::Message { inbound: true, .. }
                | Change::Directory
                | Change::Resync
        ) {
            return;
        }
    }
    std::future::pending().await
}

/// Gives out what waits now.
pub(crate) async fn pass(engine: &Engine) -> Result<()> {
    let db = engine.db.read();
    let queues: Vec<Uuid> = queue::Entity::find()
        .select_only()
        .column(queue::Column::Id)
        .filter(queue::Column::Distributes.eq(true))
        .filter(queue::Column::DisabledAt.is_null())
        .filter(queue::Column::PickUp.ne(PickUp::None.as_str()))
        .into_tuple()
        .all(db)
        .await?;
    if queues.is_empty() {
        return Ok(());
    }
    let mut desk = Desk::read(engine, &queues).await?;
    let mut waiting = Vec::new();
    for queue in queues {
        if desk.has_room(queue) {
            let here = session::Entity::find()
                .filter(is_waiting())
                .filter(session::Column::QueueId.eq(queue))
                .order_by_asc(session::Column::WaitingSince)
                .order_by_asc(session::Column::Id)
                .limit(AT_ONCE);
            waiting.extend(here.all(db).await?);
        }
    }
    waiting.sort_by_key(|session| (session.waiting_since, session.id));
    for session in waiting {
        while let Some(member) = session.queue_id.and_then(|queue| desk.next(queue)) {
            match give(engine, &session, member).await? {
                Given::Yes => {
                    desk.gave(member, engine.clock().now().millis());
                    break;
                }
                Given::Gone => break,
                Given::NoRoom => desk.leave(member),
            }
        }
    }
    Ok(())
}

/// Who can be given sessions.
struct Desk {
    members: HashMap<Uuid, Vec<Uuid>>,
    there: HashMap<Uuid, Place>,
}

/// An operator who is online.
#[derive(Debug, Clone, Copy)]
struct Place {
    open: i64,
    capacity: i64,
    given_at: i64,
}

impl Desk {
    async fn read(engine: &Engine, queues: &[Uuid]) -> Result<Self> {
        let db = engine.db.read();
        let now = engine.clock().now();
        let online: HashSet<Uuid> = presences(db, now)
            .await?
            .into_iter()
            .filter(|(_, shown)| *shown == Presence::Online)
            .map(|(id, _)| id)
            .collect();
        let members = queue_member::Entity::find()
            .filter(queue_member::Column::QueueId.is_in(queues.iter().copied()))
            .all(db)
            .await?;
        let mut of_queue: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
        for member in members {
            if online.contains(&member.extension_id) {
                of_queue
                    .entry(member.queue_id)
                    .or_default()
                    .push(member.extension_id);
            }
        }
        let ids: HashSet<Uuid> = of_queue.values().flatten().copied().collect();
        let enabled = extension::Entity::find()
            .filter(extension::Column::Id.is_in(ids.iter().copied()))
            .filter(extension::Column::DisabledAt.is_null())
            .all(db)
            .await?;
        let open: Vec<(Uuid, i64)> = open_sessions(ids.iter().copied().collect())
            .into_tuple()
            .all(db)
            .await?;
        let open: HashMap<Uuid, i64> = open.into_iter().collect();
        let given = presence::Entity::find()
            .filter(presence::Column::ExtensionId.is_in(ids))
            .all(db)
            .await?;
        let given: HashMap<Uuid, i64> = given
            .into_iter()
            .map(|row| (row.extension_id, row.given_at.unwrap_or(0)))
            .collect();
        let place = |row: extension::Model| {
            let place = Place {
                open: open.get(&row.id).copied().unwrap_or(0),
                capacity: capacity(&row),
                given_at: given.get(&row.id).copied().unwrap_or(0),
            };
            (row.id, place)
        };
        Ok(Self {
            members: of_queue,
            there: enabled.into_iter().map(place).collect(),
        })
    }

    fn has_room(&self, queue: Uuid) -> bool {
        self.next(queue).is_some()
    }

    /// The member with the fewest open sessions; of several, whoever was given one longest ago.
    fn next(&self, queue: Uuid) -> Option<Uuid> {
        let members = self.members.get(&queue)?.iter();
        let there = members.filter_map(|id| Some((*id, *self.there.get(id)?)));
        let with_room = there.filter(|(_, place)| place.open < place.capacity);
        with_room
            .min_by_key(|(id, place)| (place.open, place.given_at, *id))
            .map(|(id, _)| id)
    }

    fn gave(&mut self, member: Uuid, now: i64) {
        if let Some(place) = self.there.get_mut(&member) {
            place.open += 1;
            place.given_at = now;
        }
    }

    fn leave(&mut self, member: Uuid) {
        self.there.remove(&member);
    }
}

fn capacity(of: &extension::Model) -> i64 {
    of.capacity.unwrap_or_else(|| i64::from(DEFAULT_CAPACITY))
}

enum Given {
    Yes,
    /// The session waits no more, or waits elsewhere.
    Gone,
    /// The member has left, or has enough to do.
    NoRoom,
}

/// Everything is read again in the transaction: what was read before may have changed, also by another engine. The
/// extension is locked before the session, as when it picks up.
async fn give(engine: &Engine, of: &session::Model, member: Uuid) -> Result<Given> {
    let tx = engine.transaction_alone(&Actor::System).await?;
    let found = extension::Entity::find_by_id(member)
        .lock_exclusive()
        .one(&tx)
        .await?;
    let Some(found) = found.filter(|found| found.disabled_at.is_none()) else {
        return Ok(Given::NoRoom);
    };
    let there = presence::Entity::find_by_id(member).one(&tx).await?;
    let shown = there.map(|row| row.shown(engine.clock().now())).transpose()?;
    let open: Option<(Uuid, i64)> = open_sessions(vec![member]).into_tuple().one(&tx).await?;
    let open = open.map_or(0, |(_, open)| open);
    if shown != Some(Presence::Online) || open >= capacity(&found) {
        return Ok(Given::NoRoom);
    }
    let waits = session::Entity::find_by_id(of.id)
        .filter(is_waiting())
        .filter(session::Column::QueueId.eq(of.queue_id))
        .lock_exclusive()
        .one(&tx)
        .await?;
    let Some(waits) = waits else {
        return Ok(Given::Gone);
    };
    take(&tx, &waits, &ExtensionRef::from(found), Taking::IsGiven).await?;
    presence::Entity::update_many()
        .col_expr(
            presence::Column::GivenAt,
            Expr::value(engine.clock().now().millis()),
        )
        .filter(presence::Column::ExtensionId.eq(member))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(Given::Yes)
}
