//! The worker that tells this process's listeners of new events, in the order of their numbers. It reads them from the
//! database, so that it tells an event if and only if it is committed, whichever process committed it.

use crate::{
    Engine, Result,
    entity::queue_member,
    events::{
        Audience,
        log::{self, Logged},
        stream::{Published, PublishedInbox, PublishedRow, Reach},
    },
    live::{
        messages::messages,
        rows::{Seen, seen},
        tally::Tally,
    },
};
use domain::{
    event::Change,
    ids::{MessageId, SessionId},
};
use sea_orm::EntityTrait;
use serde_json::value::RawValue;
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
    time::Duration,
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Events read at once.
const AT_ONCE: u64 = 500;
/// How often it looks without being woken.
const PATROL: Duration = Duration::from_secs(2);

pub(crate) async fn run(engine: Engine, stop: CancellationToken) {
    let mut known = Known::default();
    while !stop.is_cancelled() {
        match pass(&engine, &mut known).await {
            Ok(AT_ONCE) => continue,
            Ok(_) => {}
            Err(error) => tracing::error!(%error, "events cannot be read now; pages hear of changes later"),
        }
        tokio::select! {
            () = engine.events().next_commit() => {}
            () = tokio::time::sleep(PATROL) => {}
            () = stop.cancelled() => {}
        }
    }
}

/// What stays the same between events. Every change of a queue is an event, after which all is read again.
#[derive(Debug, Default)]
struct Known {
    /// The extensions in each queue.
    members: Option<HashMap<Uuid, Vec<Uuid>>>,
    /// Only while pages listen.
    tally: Option<Tally>,
}

/// Returns how many events it told.
async fn pass(engine: &Engine, known: &mut Known) -> Result<u64> {
    let new = log::after(engine.db.read(), engine.events().last(), AT_ONCE).await?;
    let told = new.len() as u64;
    // Another process may have changed it, such as a command beside this server.
    if new
        .iter()
        .any(|event| matches!(event.change, Change::Channel { .. }))
    {
        engine.webhook_cache.forget();
    }
    let rereads = |event: &Logged| matches!(event.change, Change::Directory | Change::Resync);
    if new.iter().any(rereads) {
        *known = Known::default();
    }
    let members = match &mut known.members {
        Some(members) => members,
        none => none.insert(members(engine).await?),
    };
    let changed: BTreeSet<SessionId> = new.iter().filter_map(|event| event.change.session()).collect();
    let (rows, messages) = match engine.events().has_pages() {
        true if changed.is_empty() => Default::default(),
        true => match shown(engine, &mut known.tally, members, &changed, &new).await {
            Ok(shown) => shown,
            Err(error) => {
                tracing::error!(%error, "changed sessions cannot be read now; pages read them themselves");
                known.tally = None;
                Default::default()
            }
        },
        false => {
            known.tally = None;
            Default::default()
        }
    };
    let reach = |audience: Audience| Reach {
        members: audience.members(members),
        audience,
    };
    for Logged {
        number,
        change,
        audience,
        ..
    } in new
    {
        let seen = change.session().and_then(|session| rows.get(&session));
        let inbox = seen
            .zip(known.tally.as_ref())
            .map(|(seen, tally)| PublishedInbox {
                row: seen.as_ref().map(|seen| PublishedRow {
                    whole: seen.row.clone(),
                    masked: seen.masked.clone(),
                    seen_by: reach(seen.by.clone()),
                }),
                counts: tally.counts(),
                message: message_of(&change).and_then(|message| messages.get(&message).cloned()),
            });
        engine.events().publish(Published {
            number,
            hearers: reach(audience),
            change,
            inbox,
        });
    }
    Ok(told)
}

fn message_of(change: &Change) -> Option<MessageId> {
    match change {
        Change::Message { message, .. } => Some(*message),
        _ => None,
    }
}

type Shown = (
    HashMap<SessionId, Option<Arc<Seen>>>,
    HashMap<MessageId, Arc<RawValue>>,
);

/// What pages show of these events.
async fn shown(
    engine: &Engine,
    tally: &mut Option<Tally>,
    members: &HashMap<Uuid, Vec<Uuid>>,
    changed: &BTreeSet<SessionId>,
    events: &[Logged],
) -> Result<Shown> {
    let rows = tallied(engine, tally, members, changed).await?;
    let told = events.iter().filter_map(|event| message_of(&event.change));
    let told: BTreeSet<_> = told.collect();
    Ok((rows, messages(engine, told).await?))
}

/// The changed sessions as they are now, counted; `None` for one that is gone.
async fn tallied(
    engine: &Engine,
    tally: &mut Option<Tally>,
    members: &HashMap<Uuid, Vec<Uuid>>,
    changed: &BTreeSet<SessionId>,
) -> Result<HashMap<SessionId, Option<Arc<Seen>>>> {
    let tally = match tally {
        Some(tally) => tally,
        none => none.insert(Tally::read(engine.db.read(), members).await?),
    };
    let mut rows = HashMap::new();
    let found = seen(engine, changed).await?;
    for id in changed {
        let seen = found.get(id);
        tally.note(*id, seen.map(|seen| &seen.fact));
        rows.insert(*id, seen.cloned());
    }
    Ok(rows)
}

async fn members(engine: &Engine) -> Result<HashMap<Uuid, Vec<Uuid>>> {
    let mut members: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for row in queue_member::Entity::find().all(engine.db.read()).await? {
        members.entry(row.queue_id).or_default().push(row.extension_id);
    }
    Ok(members)
}
