//! The worker that tells this process's listeners of new events, in the order of their numbers. It reads them from the
//! database, so that it tells an event if and only if it is committed, whichever process committed it.

use crate::{
    Engine, Result,
    entity::queue_member,
    events::{
        audience::Audience,
        log::{self, Logged},
        stream::Published,
    },
};
use domain::event::{Change, Event};
use std::{collections::HashMap, time::Duration};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Events read at once.
const AT_ONCE: u64 = 500;
/// How often it looks without being woken.
const PATROL: Duration = Duration::from_secs(2);

pub(crate) async fn run(engine: Engine, stop: CancellationToken) {
    let mut members = Members::default();
    while !stop.is_cancelled() {
        match pass(&engine, &mut members).await {
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

/// Returns how many events it told.
async fn pass(engine: &Engine, members: &mut Members) -> Result<u64> {
    let new = log::after(engine.db.read(), engine.events().last(), AT_ONCE).await?;
    let told = new.len() as u64;
    for Logged {
        number,
        change,
        audience,
    } in new
    {
        if matches!(change, Change::Directory | Change::Resync) {
            members.0.clear();
        }
        let members = members.of(engine, &audience).await?;
        engine.events().publish(Published {
            event: Event { number, change },
            audience,
            members,
        });
    }
    Ok(told)
}

/// The members of queues, as far as they were read. Every change of a queue is an event, after which they are read
/// again.
#[derive(Debug, Default)]
struct Members(HashMap<Uuid, Vec<Uuid>>);

impl Members {
    async fn of(&mut self, engine: &Engine, audience: &Audience) -> Result<Vec<Uuid>> {
        let Audience::Some(hearers) = audience else {
            return Ok(Vec::new());
        };
        let mut all = Vec::new();
        for queue in &hearers.queues {
            let members = match self.0.get(queue) {
                Some(members) => members,
                None => {
                    let members = queue_member::Entity::extensions_in(*queue);
                    let members: Vec<Uuid> = members.into_tuple().all(engine.db.read()).await?;
                    self.0.entry(*queue).or_insert(members)
                }
            };
            all.extend_from_slice(members);
        }
        Ok(all)
    }
}
