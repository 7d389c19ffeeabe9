//! The worker that sends. It takes no input: it looks at what is due, calls Meta, and writes down the answer.
//!
//! Meta has no idempotency key. A call whose answer was lost may have been accepted, so the row says that a call is
//! under way before it is made, our message's id travels as `biz_opaque_callback_data`, and a status that brings it
//! back settles the matter. When none comes within [`verdict::SILENCE`] the message is sent once more; when that ends in
//! doubt again, it is *unconfirmed*, and a person decides.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages>

use crate::{
    Engine, Result,
    credentials::{seal::Kind, secrets, token_state},
    database::storable,
    entity::{channel, message, outbox, session},
    events::Changes,
    inbound::contacts,
    outbound::verdict::{Called, DOUBTS_MOST, SILENCE, Verdict, asked_wait, verdict},
    sessions::status,
};
use domain::{
    channel::TokenState,
    ids::{ChannelId, MessageId, SessionId},
    message::{Failure, Waits},
    time::Timestamp,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, Query},
};
use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use whatsapp::{
    errors::RetryClass,
    graph::{Outbound, OutboundBody},
};

/// Calls under way at once.
pub(crate) const AT_ONCE: usize = 16;
/// How often it looks without being woken; also how late a retry can be.
const PATROL: Duration = Duration::from_millis(250);
/// How long a stop waits for calls under way.
const FAREWELL: Duration = Duration::from_secs(7);
const PAUSE: Duration = Duration::from_secs(1);

/// What the outbox keeps in memory. A restart may forget all of it.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    /// Messages whose call is under way, or whose answer is not written down yet.
    in_hand: Mutex<HashSet<Uuid>>,
    /// Channels that Meta asked to wait, and until when in milliseconds.
    held: Mutex<HashMap<Uuid, i64>>,
}

impl Memory {
    fn in_hand(&self) -> MutexGuard<'_, HashSet<Uuid>> {
        self.in_hand.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The channels that still have to wait.
    fn held(&self, now: i64) -> HashMap<Uuid, i64> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|_, until| *until > now);
        held.clone()
    }

    fn hold(&self, channel: Uuid, until: i64) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let known = held.entry(channel).or_default();
        *known = until.max(*known);
    }
}

pub(crate) async fn run(e: Engine, stop: CancellationToken) {
    let mut calls = JoinSet::new();
    while !stop.is_cancelled() {
        while calls.try_join_next().is_some() {}
        let wait = match pass(&e, &mut calls).await {
            Ok(wait) => wait,
            Err(error) => {
                tracing::error!(%error, "the outbox cannot be read now; messages wait in it");
                PAUSE
            }
        };
        tokio::select! {
            () = e.outbox_wake.notified() => {}
            () = tokio::time::sleep(wait) => {}
            () = stop.cancelled() => {}
        }
    }
    // What has been started is finished, so that its answer is not lost; a call that takes longer is settled like
    // one that a crash interrupted.
    let finished = async { while calls.join_next().await.is_some() {} };
    if tokio::time::timeout(FAREWELL, finished).await.is_err() {
        tracing::warn!("calls to Meta were still under way; their outcome is found out after the next start");
    }
}

/// Starts a call for every message that is due, the oldest of each session first. Returns how long to rest. A message
/// whose row is in the way of itself is in nobody else's.
async fn pass(e: &Engine, calls: &mut JoinSet<()>) -> Result<Duration> {
    let now = e.clock().now().millis();
    let mut wait = PATROL;
    for job in due(e, now).await? {
        let message = job.message_id;
        match begin(e, calls, job, now).await {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) if error.is_passing() => return Err(error),
            Err(error) => {
                tracing::error!(%error, %message, "a message cannot be taken from the outbox; the others go on");
                wait = PAUSE;
            }
        }
    }
    Ok(wait)
}

/// Starts the call of one message; returns whether there is a place for more.
async fn begin(e: &Engine, calls: &mut JoinSet<()>, job: outbox::Model, now: i64) -> Result<bool> {
    if job.calling_since.is_some() && job.doubts + 1 >= DOUBTS_MOST {
        ask(e, &job).await?;
        return Ok(true);
    }
    let Ok(place) = e.calls.clone().try_acquire_owned() else {
        return Ok(false);
    };
    let Some(job) = claim(e, job, now).await? else {
        return Ok(true);
    };
    let e = e.clone();
    e.outbox.in_hand().insert(job.message_id);
    calls.spawn(async move {
        attempt(&e, &job).await;
        e.outbox.in_hand().remove(&job.message_id);
        drop(place);
        // The next message of the session may go now.
        e.outbox_wake.notify_one();
    });
    Ok(true)
}

/// Messages that are due and are not behind another one of their session: a customer reads answers in the order in
/// which they were written.
pub(crate) async fn due(e: &Engine, now: i64) -> Result<Vec<outbox::Model>> {
    let oldest_of_its_session = Expr::cust(
        "NOT EXISTS (SELECT 1 FROM outbox AS earlier \
         WHERE earlier.session_id = outbox.session_id AND earlier.message_id < outbox.message_id)",
    );
    let paused = Query::select()
        .column(channel::Column::Id)
        .from(channel::Entity)
        .and_where(channel::Column::PausedAt.is_not_null())
        .to_owned();
    let in_hand: Vec<Uuid> = e.outbox.in_hand().iter().copied().collect();
    let held = e.outbox.held(now).into_keys();
    Ok(outbox::Entity::find()
        .filter(outbox::Column::DueAt.lte(now))
        .filter(outbox::Column::ChannelId.not_in_subquery(paused))
        .filter(outbox::Column::ChannelId.is_not_in(held))
        .filter(outbox::Column::MessageId.is_not_in(in_hand))
        .filter(oldest_of_its_session)
        .order_by_asc(outbox::Column::MessageId)
        .limit(AT_ONCE as u64)
        .all(e.db.read())
        .await?)
}

/// Notes that a call is about to be made; `None` when somebody else was quicker. A call before it whose outcome never
/// became known is a doubt.
async fn claim(e: &Engine, job: outbox::Model, now: i64) -> Result<Option<outbox::Model>> {
    let silence_ends = Timestamp::from_millis(now)
        .plus(whatsapp::graph::TOTAL_TIMEOUT)
        .plus(SILENCE);
    let claimed = outbox::Model {
        attempts: job.attempts + 1,
        doubts: job.doubts + i64::from(job.calling_since.is_some()),
        calling_since: Some(now),
        due_at: silence_ends.millis(),
        ..job
    };
    let tx = e.db.write().await?;
    let changed = outbox::Entity::update_many()
        .col_expr(outbox::Column::Attempts, Expr::value(claimed.attempts))
        .col_expr(outbox::Column::Doubts, Expr::value(claimed.doubts))
        .col_expr(outbox::Column::CallingSince, Expr::value(claimed.calling_since))
        .col_expr(outbox::Column::DueAt, Expr::value(claimed.due_at))
        .filter(outbox::Column::MessageId.eq(job.message_id))
        .filter(outbox::Column::DueAt.eq(job.due_at))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok((changed.rows_affected == 1).then_some(claimed))
}

/// No status has told whether Meta has the message, and it has been sent as often as it may be: a person decides.
async fn ask(e: &Engine, job: &outbox::Model) -> Result<()> {
    match unconfirmed(e, job).await {
        Err(error) if !error.is_passing() => {
            tracing::error!(%error, message = %job.message_id, "a message cannot be marked as unconfirmed");
            forget(e, job).await
        }
        done => done,
    }
}

async fn unconfirmed(e: &Engine, job: &outbox::Model) -> Result<()> {
    let tx = e.db.write().await?;
    let gone = outbox::Entity::delete_many()
        .filter(outbox::Column::MessageId.eq(job.message_id))
        .filter(outbox::Column::DueAt.eq(job.due_at))
        .exec(&tx)
        .await?;
    if gone.rows_affected == 0 {
        return Ok(());
    }
    let changes = status::unconfirmed(&tx, MessageId::new(job.message_id), None).await?;
    tx.commit().await?;
    metrics::counter!(crate::metrics::SENDS, "outcome" => "unconfirmed").increment(1);
    tracing::warn!(message = %job.message_id, "Meta may have this message, and no status tells; somebody has to decide");
    e.events().publish(changes);
    Ok(())
}

/// What became of the message cannot be written to it. Its row in the outbox is taken away all the same: it must neither
/// be sent again nor keep others waiting.
async fn forget(e: &Engine, job: &outbox::Model) -> Result<()> {
    let tx = e.db.write().await?;
    outbox::Entity::delete_by_id(job.message_id).exec(&tx).await?;
    tx.commit().await?;
    metrics::counter!(crate::metrics::SENDS, "outcome" => "unrecorded").increment(1);
    tracing::error!(
        message = %job.message_id,
        "what became of a message cannot be written down: it still looks as if it were queued, and is not sent any more"
    );
    Ok(())
}

async fn attempt(e: &Engine, job: &outbox::Model) {
    let (verdict, token) = match try_to_send(e, job).await {
        Ok(Some(done)) => done,
        // The message is gone; so is its row.
        Ok(None) => return,
        // Nothing was sent, so there is nothing to doubt.
        Err(error) => {
            tracing::error!(%error, message = %job.message_id, "a message cannot be sent now");
            (Verdict::Again(PAUSE), None)
        }
    };
    let outcome = match verdict {
        Verdict::Fail(_) if job.doubts > 0 => "unconfirmed",
        _ => verdict.as_str(),
    };
    metrics::counter!(crate::metrics::SENDS, "outcome" => outcome).increment(1);
    tracing::debug!(message = %job.message_id, job.attempts, ?verdict, "sent a message to Meta");
    write_down(e, job, &verdict).await;
    if let Some((state, answer)) = token
        && let Err(error) = token_state::learn(e, ChannelId::new(job.channel_id), state, answer).await
    {
        tracing::error!(%error, channel = %job.channel_id, "what a send taught about a token was not noted");
    }
}

type Learnt = Option<(TokenState, Option<String>)>;

async fn try_to_send(e: &Engine, job: &outbox::Model) -> Result<Option<(Verdict, Learnt)>> {
    let found = message::Entity::find_by_id(job.message_id).one(e.db.read());
    let Some(message) = found.await? else {
        let tx = e.db.write().await?;
        outbox::Entity::delete_by_id(job.message_id).exec(&tx).await?;
        tx.commit().await?;
        return Ok(None);
    };
    let called = match call(e, job, &message).await {
        Ok(called) => called,
        Err(error) if error.is_passing() => return Err(error),
        // A token that was sealed with another key, say: waiting does not help.
        Err(error) => Called::Impossible(Failure {
            code: Some(190),
            title: "The access token cannot be read".to_owned(),
            details: Some(error.to_string()),
        }),
    };
    let learnt = match &called {
        Called::Answered(Ok(_)) => Some((TokenState::Accepted, None)),
        Called::Answered(Err(error)) if error.class() == RetryClass::Reauth => {
            Some((TokenState::Refused, Some(error.to_string())))
        }
        _ => None,
    };
    let now = e.clock().now();
    let asked = asked_wait(&called, now.millis() / 1000);
    if let Some((wait, true)) = asked {
        e.outbox.hold(job.channel_id, now.plus(wait).millis());
    }
    let age = now.since(Timestamp::from_millis(message.at));
    let verdict = verdict(called, job.attempts, age, asked.map(|(wait, _)| wait));
    Ok(Some((verdict, learnt)))
}

async fn call(e: &Engine, job: &outbox::Model, message: &message::Model) -> Result<Called> {
    let db = e.db.read();
    let impossible = |code: i64, title: &str| {
        Called::Impossible(Failure {
            code: Some(code),
            title: title.to_owned(),
            details: None,
        })
    };
    let channel = ChannelId::new(job.channel_id);
    let Some(token) = secrets::open_secret(e, db, channel, Kind::AccessToken).await? else {
        return Ok(impossible(190, "The channel has no access token"));
    };
    let session = session::Entity::find_by_id(job.session_id).one(db).await?;
    let to = match session {
        Some(session) => contacts::recipient(db, session.contact_id).await?,
        None => None,
    };
    let Some(to) = to else {
        return Ok(impossible(131_026, "The customer has neither a number nor an id"));
    };
    let outbound = Outbound {
        to,
        body: OutboundBody::Text {
            body: message.text.clone().unwrap_or_default(),
            preview_url: true,
        },
        reply_to: None,
        callback_data: Some(message.id.to_string()),
    };
    Ok(Called::Answered(
        e.graph.send(&token, &message.phone_number_id, &outbound).await,
    ))
}

/// How much of a verdict is written down.
#[derive(Debug, Clone, Copy)]
enum Extent {
    Whole,
    /// A note instead of whatever in Meta's answer does not fit into the database.
    WithANote,
    /// Nothing but that it is over.
    Over,
}

/// Writes the verdict down. The answer is in memory only, so while the database is away this waits for it; and what
/// cannot be written as it is gets written with a note, or not at all, because whatever stays in the outbox is sent again.
async fn write_down(e: &Engine, job: &outbox::Model, verdict: &Verdict) {
    let mut extent = Extent::Whole;
    loop {
        let error = match record(e, job, verdict, extent).await {
            Ok(changes) => return e.events().publish(changes),
            Err(error) => error,
        };
        if error.is_passing() {
            tracing::error!(%error, message = %job.message_id, "Meta's answer cannot be written down yet");
            tokio::time::sleep(PAUSE).await;
            continue;
        }
        tracing::error!(%error, message = %job.message_id, ?extent, "Meta's answer cannot be written down");
        extent = match (extent, verdict) {
            (Extent::Whole, _) => Extent::WithANote,
            (Extent::WithANote, Verdict::Sent(_) | Verdict::Fail(_)) => Extent::Over,
            // Its row is left: it counts as a call of unknown outcome, of which there are not many.
            _ => return,
        };
    }
}

async fn record(e: &Engine, job: &outbox::Model, verdict: &Verdict, extent: Extent) -> Result<Changes> {
    if matches!(extent, Extent::Over) {
        forget(e, job).await?;
        return Ok(Changes::default());
    }
    let id = MessageId::new(job.message_id);
    let now = e.clock().now();
    let tx = e.db.write().await?;
    let changes = match verdict {
        Verdict::Sent(accepted) => {
            outbox::Entity::delete_by_id(job.message_id).exec(&tx).await?;
            match extent {
                Extent::Whole => status::accepted(&tx, id, accepted.wamid.as_str()).await?,
                _ => status::accepted_without_id(&tx, id).await?,
            }
        }
        Verdict::Fail(failure) => {
            outbox::Entity::delete_by_id(job.message_id).exec(&tx).await?;
            let failure = Failure {
                code: failure.code,
                title: storable(failure.title.clone()),
                details: failure.details.clone().map(storable),
            };
            status::given_up(&tx, id, failure, job.doubts > 0).await?
        }
        Verdict::Again(wait) => postpone(&tx, job, now.plus(*wait), None, job.doubts).await?,
        Verdict::Doubt { wait, once_more } => {
            let doubts = match once_more {
                true => job.doubts,
                false => DOUBTS_MOST - 1,
            };
            postpone(&tx, job, now.plus(*wait), Some(now), doubts).await?
        }
    };
    tx.commit().await?;
    Ok(changes)
}

async fn postpone(
    tx: &DatabaseTransaction,
    job: &outbox::Model,
    due: Timestamp,
    calling_since: Option<Timestamp>,
    doubts: i64,
) -> Result<Changes> {
    outbox::Entity::update_many()
        .col_expr(outbox::Column::DueAt, Expr::value(due.millis()))
        .col_expr(
            outbox::Column::CallingSince,
            Expr::value(calling_since.map(Timestamp::millis)),
        )
        .col_expr(outbox::Column::Doubts, Expr::value(doubts))
        .filter(outbox::Column::MessageId.eq(job.message_id))
        .exec(tx)
        .await?;
    // Whoever looks at the message sees what it waits for.
    match message::Entity::find_by_id(job.message_id).one(tx).await? {
        Some(message) => status::announce(tx, &message).await,
        None => Ok(Changes::default()),
    }
}

/// What the queued messages of a session wait for, as far as it is not simply their turn.
pub(crate) async fn waiting_for(
    e: &Engine,
    db: &impl ConnectionTrait,
    session: SessionId,
    paused: bool,
) -> Result<HashMap<MessageId, Waits>> {
    let jobs = outbox::Entity::find()
        .filter(outbox::Column::SessionId.eq(session.uuid()))
        .all(db)
        .await?;
    let now = e.clock().now().millis();
    let held = e.outbox.held(now);
    let in_hand = e.outbox.in_hand().clone();
    let waits = |job: &outbox::Model| match job {
        job if in_hand.contains(&job.message_id) => None,
        job if job.calling_since.is_some() => Some(Waits::Confirmation),
        _ if paused => Some(Waits::Paused),
        job if job.attempts > 0 || held.contains_key(&job.channel_id) => Some(Waits::Meta),
        _ => None,
    };
    Ok(jobs
        .iter()
        .filter_map(|job| Some((MessageId::new(job.message_id), waits(job)?)))
        .collect())
}
