//! One call to Meta: what it needs, the call, and what its answer means.

use crate::{
    Engine, Error, Result, contacts,
    credentials::{seal::Kind, secrets},
    entity::{message, outbox, session},
    outbound::{
        attachment,
        memory::PAUSE,
        turn::{InHand, Place},
        verdict::{Called, Verdict, asked_wait, stops_the_number, verdict},
    },
    sessions::content,
};
use domain::{
    channel::TokenState,
    ids::{ChannelId, FileId},
    message::Failure,
    time::Timestamp,
};
use sea_orm::EntityTrait;
use whatsapp::{errors::RetryClass, graph::Outbound};

/// What became of a call, until it is written down.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) job: outbox::Model,
    pub(super) verdict: Verdict,
    /// What the call revealed about the channel's token.
    pub(super) learnt: Learnt,
    _in_hand: Option<InHand>,
}

pub(super) async fn attempt(engine: Engine, job: outbox::Model, mut turn: Place) -> Outcome {
    let (verdict, learnt) = match try_to_send(&engine, &job, &mut turn).await {
        Ok(done) => done,
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
    Outcome {
        job,
        verdict,
        learnt,
        _in_hand: turn.over(),
    }
}

pub(super) type Learnt = Option<(TokenState, Option<String>)>;

async fn try_to_send(engine: &Engine, job: &outbox::Model, turn: &mut Place) -> Result<(Verdict, Learnt)> {
    let found = message::Entity::find_by_id(job.message_id).one(engine.db.read());
    let Some(message) = found.await? else {
        return Ok((Verdict::Gone, None));
    };
    let called = match call(engine, job, &message, turn).await {
        Ok(called) => called,
        Err(error) if error.is_passing() => return Err(error),
        // A token that does not open, say: waiting does not help.
        Err(error) => Called::Impossible(Failure {
            details: Some(error.to_string()),
            ..Failure::new(190, "The access token cannot be read")
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
    let asked_of_number = asked
        .filter(|(_, whole_number)| *whole_number)
        .map(|(wait, _)| wait);
    if let Some(wait) = asked_of_number.max(stops_the_number(&called)) {
        engine.outbound.hold(job.channel_id, now.plus(wait).millis());
    }
    let age = now.since(Timestamp::from_millis(message.at));
    let verdict = verdict(called, job.attempts, age, asked.map(|(wait, _)| wait));
    Ok((verdict, learnt))
}

async fn call(
    engine: &Engine,
    job: &outbox::Model,
    message: &message::Model,
    turn: &mut Place,
) -> Result<Called> {
    let db = engine.db.read();
    let impossible = |code: i64, title: &str| Called::Impossible(Failure::new(code, title));
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
    let unreadable = || impossible(100, "The stored message cannot be read");
    let mut outgoing = match content::outgoing(db, message).await {
        Err(Error::Corrupt(_)) => return Ok(unreadable()),
        outgoing => outgoing?,
    };
    if let Some(file) = job.file_id
        && !attachment::name(engine, job, &mut outgoing.content, FileId::new(file)).await?
    {
        return Ok(impossible(131_053, "The file of the message is gone"));
    }
    let Ok(message_json) = outgoing.to_meta() else {
        return Ok(unreadable());
    };
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
