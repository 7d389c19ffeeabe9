//! Telling a listener that comes back what it missed.

use crate::{
    Engine, Result,
    database::Database,
    entity::queue_member,
    events::{
        log,
        stream::{Subscription, Told},
    },
};
use domain::{access::Actor, event::Change, position::Position};
use uuid::Uuid;

/// How many missed events are told one by one; beyond that it is quicker to read everything again.
const MAX_MISSED: u64 = 1000;

/// Listens from `after` on, so that a listener that was away misses nothing; without it, from now on. Returns the
/// position after which the stream tells everything. The stream begins with [`Change::Resync`] when the listener missed
/// too much, or when the missed events are no longer kept.
///
/// # Errors
/// The database cannot be read.
pub async fn follow(engine: &Engine, actor: &Actor, after: Option<u64>) -> Result<(Position, Subscription)> {
    // Subscribes first, so that no event falls between the read and the subscription.
    let mut subscription = engine.events().subscribe_page();
    let Some(after) = after else {
        return Ok((
            Position {
                number: subscription.last,
            },
            subscription,
        ));
    };
    let db = engine.db.read();
    let (known, newest) = log::keeps_after(db, after).await?;
    let missed = match known {
        true => log::after(db, after, MAX_MISSED + 1).await?,
        false => Vec::new(),
    };
    if !known || missed.len() as u64 > MAX_MISSED {
        subscription.last = newest.max(subscription.last);
        let resync = Told::hint(subscription.last, Change::Resync);
        subscription.missed.push_back(resync);
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
            subscription
                .missed
                .push_back(Told::hint(event.number, event.change));
        }
    }
    Ok((Position { number: after }, subscription))
}

pub(super) async fn queues_of(db: &Database, actor: &Actor) -> Result<Vec<Uuid>> {
    let Some(own) = actor.extension() else {
        return Ok(Vec::new());
    };
    let queues = queue_member::Entity::queues_of(own.id.uuid());
    Ok(queues.into_tuple().all(db.read()).await?)
}
