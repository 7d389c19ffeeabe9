//! Hands each event to the webhooks that want it, in the order of the events. Of several processes, one does.

use crate::{
    Engine, Result,
    database::put::put,
    entity::{
        session, webhook, webhook_call, webhook_event,
        webhook_progress::{self, ONLY},
    },
    events::{
        feed::{self, Happening},
        log,
    },
    seldom::Seldom,
    transaction::Transaction,
    wakes::Worker,
    webhooks::{
        event::{Tells, Wording},
        lanes::{Lane, new_call, occupied, take_turn},
        row::wanted,
    },
};
use domain::{
    access::Actor,
    ids::{ChannelId, QueueId, SessionId},
    webhook::Wanted,
};
use futures::FutureExt as _;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, sea_query::Expr};
use std::{collections::HashSet, slice, sync::Arc, time::Duration};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Events that are handed over in one transaction.
const AT_ONCE: u64 = 500;
/// How long further events are gathered.
const GATHER: Duration = Duration::from_millis(20);
/// How often it looks without an event: another process may have written some.
const PATROL: Duration = Duration::from_secs(2);

pub(crate) async fn run(engine: Engine, tells: Arc<dyn Tells>, stop: CancellationToken) {
    let mut events = engine.events().subscribe();
    let lines = Seldom::every(PATROL);
    loop {
        if let Err(error) = pass(&engine, tells.as_ref(), &stop).await
            && let Some(left_out) = lines.due()
        {
            tracing::error!(%error, left_out, "events cannot be handed to webhooks now; they wait");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            event = events.next(&Actor::System) => if event.is_none() {
                return;
            },
            () = sleep(PATROL) => {}
        }
        sleep(GATHER).await;
        while let Some(Some(_)) = events.next(&Actor::System).now_or_never() {}
    }
}

/// Hands over everything that has happened.
async fn pass(engine: &Engine, tells: &dyn Tells, stop: &CancellationToken) -> Result<()> {
    while !stop.is_cancelled()
        && let Some(from) = told(engine).await?
    {
        let events = log::after(engine.db.read(), from, AT_ONCE).await?;
        let Some(to) = events.last().map(|event| event.number) else {
            return Ok(());
        };
        let happenings: Vec<Happening> = events.into_iter().flat_map(feed::happenings).collect();
        let wordings = worded(engine, tells, &happenings).await?;
        hand_over(engine, from, to, wordings).await?;
    }
    Ok(())
}

/// Whether everything that has happened is handed over.
pub(crate) async fn is_done(engine: &Engine) -> Result<bool> {
    let newest = log::newest(engine.db.read()).await?;
    Ok(told(engine).await?.is_none_or(|told| told >= newest))
}

/// What cannot be worded is left out: it must not hold up the others.
async fn worded(engine: &Engine, tells: &dyn Tells, happenings: &[Happening]) -> Result<Vec<Wording>> {
    match tells.tell(engine, happenings).await {
        Err(error) if !error.is_passing() => {}
        told => return told,
    }
    let mut wordings = Vec::new();
    for one in happenings {
        match tells.tell(engine, slice::from_ref(one)).await {
            Ok(told) => wordings.extend(told),
            Err(error) if error.is_passing() => return Err(error),
            Err(error) => {
                tracing::error!(%error, event = %one.place, "webhooks are not told of an event");
            }
        }
    }
    Ok(wordings)
}

/// The number of the event up to which they were handed over; `None` while there is no webhook.
pub(crate) async fn told(engine: &Engine) -> Result<Option<u64>> {
    let db = engine.db.read();
    if webhook::Entity::find().limit(1).count(db).await? == 0 {
        return Ok(None);
    }
    let row = webhook_progress::Entity::find_by_id(ONLY).one(db).await?;
    Ok(row.map(|row| row.told.unsigned_abs()))
}

/// Does nothing if another process was quicker.
async fn hand_over(engine: &Engine, from: u64, to: u64, mut wordings: Vec<Wording>) -> Result<()> {
    let tx = engine.transaction(&Actor::System).await?;
    let gone_on = webhook_progress::Entity::update_many()
        .col_expr(webhook_progress::Column::Told, Expr::value(number(to)))
        .filter(webhook_progress::Column::Told.eq(number(from)))
        .exec(&tx)
        .await?;
    if gone_on.rows_affected == 0 {
        return Ok(());
    }
    let webhooks = webhooks(&tx).await?;
    wordings.retain(|event| webhooks.iter().any(|webhook| webhook.wants(event)));
    forget_deleted(&tx, &mut wordings).await?;
    let (events, calls) = rows(engine, &webhooks, &wordings);
    let calls = in_lanes(&tx, calls).await?;
    let is_wanted = !calls.is_empty();
    put(&tx, events, None).await?;
    put(&tx, calls, None).await?;
    if is_wanted {
        tx.wake(Worker::Webhooks);
    }
    tx.commit().await
}

struct Recipient {
    row: webhook::Model,
    wanted: Wanted,
}

impl Recipient {
    /// Also while it is off: then an administrator can have it sent later.
    fn wants(&self, event: &Wording) -> bool {
        number(event.place.number) > self.row.after
            && self.wanted.includes(&event.kind, event.channel, event.queue)
    }
}

async fn webhooks(tx: &Transaction) -> Result<Vec<Recipient>> {
    let rows = webhook::Entity::find().all(tx).await?;
    let recipient = |row: webhook::Model| Recipient {
        wanted: wanted(&row),
        row,
    };
    Ok(rows.into_iter().map(recipient).collect())
}

/// What was worded before its session was erased is not stored. The sessions stay until the transaction ends.
async fn forget_deleted(tx: &Transaction, wordings: &mut Vec<Wording>) -> Result<()> {
    let named = wordings.iter().filter_map(|event| event.session);
    let found = tx
        .lock::<session::Entity>(session::Column::Id, named.map(SessionId::uuid))
        .await?;
    let there: HashSet<Uuid> = found.into_iter().map(|session| session.id).collect();
    wordings.retain(|event| {
        event
            .session
            .is_none_or(|session| there.contains(&session.uuid()))
    });
    Ok(())
}

fn rows(
    engine: &Engine,
    webhooks: &[Recipient],
    wordings: &[Wording],
) -> (Vec<webhook_event::Model>, Vec<webhook_call::Model>) {
    let (mut events, mut calls) = (Vec::new(), Vec::new());
    for event in wordings {
        let id = engine.clock().new_id();
        let session_id = event.session.map(SessionId::uuid);
        events.push(webhook_event::Model {
            id,
            name: event.place.to_string(),
            kind: event.kind.clone(),
            at: event.at.millis(),
            session_id,
            channel_id: event.channel.map(ChannelId::uuid),
            queue_id: event.queue.map(QueueId::uuid),
            body: event.body.to_vec(),
        });
        let on = webhooks.iter().filter(|webhook| webhook.row.off_since.is_none());
        calls.extend(
            on.filter(|webhook| webhook.wants(event))
                .map(|webhook| new_call(engine.clock(), webhook.row.id, id, session_id)),
        );
    }
    (events, calls)
}

/// Gives each its place. Only the first of a session is due.
async fn in_lanes(tx: &Transaction, mut calls: Vec<webhook_call::Model>) -> Result<Vec<webhook_call::Model>> {
    let mut place = take_turn(tx, calls.len()).await?;
    let lane = |call: &webhook_call::Model| -> Option<Lane> { Some((call.webhook_id, call.session_id?)) };
    let mut taken = occupied(tx, &calls.iter().filter_map(lane).collect()).await?;
    for call in &mut calls {
        place += 1;
        call.place = place;
        if let Some(lane) = lane(call)
            && !taken.insert(lane)
        {
            call.due_at = None;
        }
    }
    Ok(calls)
}

fn number(of: u64) -> i64 {
    i64::try_from(of).unwrap_or(i64::MAX)
}
