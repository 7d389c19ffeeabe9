//! The worker that sends. It takes no input: it looks at what is due, calls Meta, and writes down the answer.
//!
//! Meta has no idempotency key. A call whose answer was lost may have been accepted, so the row says that a call is
//! under way before it is made, the message's own id travels as `biz_opaque_callback_data`, and a status that brings it
//! back settles the matter. When none comes within [`verdict::SILENCE`] the message is sent once more; when that ends
//! in doubt again, it is *unconfirmed*, and a person decides.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages>

use crate::{
    Engine, Error, Result, contacts,
    credentials::{seal::Kind, secrets, token_state},
    entity::{message, outbox, session},
    outbound::{
        attachment,
        memory::PAUSE,
        queue::{claim, due},
        record::{ask, write_down},
        turn::Place,
        verdict::{Called, MAX_DOUBTS, Verdict, asked_wait, verdict},
    },
    sessions::content,
    wakes::Worker,
};
use domain::{
    access::Actor,
    channel::TokenState,
    ids::{ChannelId, FileId},
    message::Failure,
    time::Timestamp,
};
use sea_orm::EntityTrait;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use whatsapp::{errors::RetryClass, graph::Outbound};

/// How often it looks without being woken; also how late a retry can be.
const PATROL: Duration = Duration::from_millis(250);
/// How often it looks while a number has enough calls ahead.
const TOP_UP: Duration = Duration::from_millis(25);
/// How long further wakings are gathered.
const GATHER: Duration = Duration::from_millis(5);
/// How long a stop waits for calls under way.
const FAREWELL: Duration = Duration::from_secs(7);

pub(crate) async fn run(engine: Engine, stop: CancellationToken) {
    let mut calls = JoinSet::new();
    while !stop.is_cancelled() {
        while calls.try_join_next().is_some() {}
        let wait = match pass(&engine, &mut calls).await {
            Ok(wait) => wait,
            Err(error) => {
                tracing::error!(%error, "the outbox cannot be read now; messages wait in it");
                PAUSE
            }
        };
        tokio::select! {
            () = engine.wakes.woken(Worker::Outbound) => {}
            () = tokio::time::sleep(wait) => {}
            () = stop.cancelled() => {}
        }
        // Of many wakings at once one is enough.
        tokio::time::sleep(GATHER).await;
    }
    // Calls under way are finished, so that their answers are not lost; a call that takes longer is settled like one
    // that a crash interrupted.
    let finished = async { while calls.join_next().await.is_some() {} };
    if tokio::time::timeout(FAREWELL, finished).await.is_err() {
        tracing::warn!("calls to Meta were still under way; their outcome is found out after the next start");
    }
}

/// Starts a call for every message that is due, the oldest of each session first. Returns how long to rest. A message
/// whose row causes an error does not hold up the others.
async fn pass(engine: &Engine, calls: &mut JoinSet<()>) -> Result<Duration> {
    let now = engine.clock().now().millis();
    let mut wait = PATROL;
    let full = engine.outbound.pace().full(Instant::now());
    for job in due(engine, now, &full).await? {
        let message = job.message_id;
        match begin(engine, calls, job, now).await {
            Ok(Begun::Call) => {}
            Ok(Begun::Later) => wait = wait.min(TOP_UP),
            Ok(Begun::NoPlace) => break,
            Err(error) if error.is_passing() => return Err(error),
            Err(error) => {
                tracing::error!(%error, %message, "a message cannot be taken from the outbox; the others go on");
                wait = PAUSE;
            }
        }
    }
    if !full.channels.is_empty() {
        wait = wait.min(TOP_UP);
    }
    Ok(wait)
}

/// What became of a message that is due.
enum Begun {
    /// It is called for, or needs no call any more.
    Call,
    /// Its number, or its customer, has to wait.
    Later,
    /// No more calls may be under way.
    NoPlace,
}

/// Starts the call of one message.
async fn begin(engine: &Engine, calls: &mut JoinSet<()>, job: outbox::Model, now: i64) -> Result<Begun> {
    if job.calling_since.is_some() && job.doubts + 1 >= MAX_DOUBTS {
        ask(engine, &job).await?;
        return Ok(Begun::Call);
    }
    let Ok(place) = engine.calls.clone().try_acquire_owned() else {
        return Ok(Begun::NoPlace);
    };
    let Some(mut turn) = Place::take(engine, &job) else {
        return Ok(Begun::Later);
    };
    let Some(job) = claim(engine, job, now).await? else {
        return Ok(Begun::Call);
    };
    let engine = engine.clone();
    engine.outbound.in_hand().insert(job.message_id);
    calls.spawn(async move {
        attempt(&engine, &job, &mut turn).await;
        engine.outbound.in_hand().remove(&job.message_id);
        drop(place);
        // The next message of the session may go now.
        engine.wakes.wake(Worker::Outbound);
    });
    Ok(Begun::Call)
}

async fn attempt(engine: &Engine, job: &outbox::Model, turn: &mut Place) {
    let (verdict, token) = match try_to_send(engine, job, turn).await {
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
    write_down(engine, job, &verdict).await;
    if let Some((state, answer)) = token
        && let Err(error) = token_state::learn(engine, ChannelId::new(job.channel_id), state, answer).await
    {
        tracing::error!(%error, channel = %job.channel_id, "what a send revealed about a token was not recorded");
    }
}

type Learnt = Option<(TokenState, Option<String>)>;

async fn try_to_send(
    engine: &Engine,
    job: &outbox::Model,
    turn: &mut Place,
) -> Result<Option<(Verdict, Learnt)>> {
    let found = message::Entity::find_by_id(job.message_id).one(engine.db.read());
    let Some(message) = found.await? else {
        let tx = engine.transaction(&Actor::System).await?;
        outbox::Entity::delete_by_id(job.message_id).exec(&tx).await?;
        tx.commit().await?;
        return Ok(None);
    };
    let called = match call(engine, job, &message, turn).await {
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
    let now = engine.clock().now();
    let asked = asked_wait(&called, now.millis() / 1000);
    if let Some((wait, true)) = asked {
        engine.outbound.hold(job.channel_id, now.plus(wait).millis());
    }
    let age = now.since(Timestamp::from_millis(message.at));
    let verdict = verdict(called, job.attempts, age, asked.map(|(wait, _)| wait));
    Ok(Some((verdict, learnt)))
}

async fn call(
    engine: &Engine,
    job: &outbox::Model,
    message: &message::Model,
    turn: &mut Place,
) -> Result<Called> {
    let db = engine.db.read();
    let impossible = |code: i64, title: &str| {
        Called::Impossible(Failure {
            code: Some(code),
            title: title.to_owned(),
            details: None,
        })
    };
    let channel = ChannelId::new(job.channel_id);
    let Some(token) = secrets::open_secret(engine, db, channel, Kind::AccessToken).await? else {
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
    let mut message_json = match content::json(db, message).await {
        Err(Error::Corrupt(_)) => return Ok(impossible(100, "The stored message cannot be read")),
        json => json?,
    };
    if let Some(file) = job.file_id
        && !attachment::name_at_meta(db, &mut message_json, FileId::new(file)).await?
    {
        return Ok(impossible(131_053, "The file of the message is gone"));
    }
    let outbound = Outbound {
        to,
        message: message_json,
        callback_data: Some(message.id.to_string()),
    };
    turn.turn().await;
    let over = engine.clock().now().plus(whatsapp::graph::TOTAL_TIMEOUT);
    if over.millis() > job.due_at {
        return Err(Error::Unavailable(
            "the claim of a message ends before its call could",
        ));
    }
    Ok(Called::Answered(
        engine
            .graph
            .send(&token, &message.phone_number_id, &outbound)
            .await,
    ))
}
