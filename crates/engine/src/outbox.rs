//! The worker that sends. It takes no input: it looks at what is due, calls Meta, and writes down the answer.
//!
//! Meta has no idempotency key. A call whose answer was lost may have been accepted, so the row says that a call is
//! under way before it is made, our message's id travels as `biz_opaque_callback_data`, and a status that brings it
//! back settles the matter. Only when none comes within [`SILENCE`] is the message sent again.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages>

use crate::{
    Engine, Result, channels, contacts,
    entity::{channel, message, outbox, session},
    random,
    seal::Kind,
    statuses, token_state,
};
use domain::{
    channel::TokenState,
    ids::{ChannelId, MessageId},
    message::Failure,
    time::Timestamp,
};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, Query},
};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use whatsapp::{
    errors::RetryClass,
    graph::{Accepted, GraphError, Outbound, OutboundBody},
};

/// Calls under way at once.
pub(crate) const AT_ONCE: usize = 16;
/// How often it looks without being woken; also how late a retry can be.
const PATROL: Duration = Duration::from_millis(250);
/// How long a stop waits for calls under way.
const FAREWELL: Duration = Duration::from_secs(7);
const PAUSE: Duration = Duration::from_secs(1);
/// How long a status may take to tell that a lost call was accepted after all.
const SILENCE: Duration = Duration::from_secs(20);
/// The first wait after a passing fault; it doubles with each attempt.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(120);
/// The wait after an error that passes in minutes.
const SLOW_WAIT: Duration = Duration::from_secs(60);
/// Attempts after an error that rarely passes.
const FEW: i64 = 3;
/// An answer that could not be sent for so long is failed: sent later it would surprise the customer.
const GIVE_UP_AFTER: Duration = Duration::from_secs(6 * 60 * 60);
/// Meta asks to wait 4^X seconds when one customer gets too many messages.
const PAIR_LIMIT: i64 = 131_056;

pub(crate) async fn run(e: Engine, stop: CancellationToken) {
    let mut calls = JoinSet::new();
    while !stop.is_cancelled() {
        while calls.try_join_next().is_some() {}
        let wait = match pass(&e, &mut calls).await {
            Ok(()) => PATROL,
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

/// Starts a call for every message that is due, the oldest of each session first.
async fn pass(e: &Engine, calls: &mut JoinSet<()>) -> Result<()> {
    let now = e.clock().now().millis();
    for job in due(e, now).await? {
        let Ok(place) = e.calls.clone().try_acquire_owned() else {
            break;
        };
        if !claim(e, &job, now).await? {
            continue;
        }
        let e = e.clone();
        calls.spawn(async move {
            if let Err(error) = attempt(&e, &job).await {
                tracing::error!(%error, message = %job.message_id, "an attempt to send could not be recorded");
            }
            drop(place);
            // The next message of the session may go now.
            e.outbox_wake.notify_one();
        });
    }
    Ok(())
}

/// Messages that are due and are not behind another one of their session: a customer reads answers in the order in
/// which they were written.
async fn due(e: &Engine, now: i64) -> Result<Vec<outbox::Model>> {
    let oldest_of_its_session = Expr::cust(
        "NOT EXISTS (SELECT 1 FROM outbox AS earlier \
         WHERE earlier.session_id = outbox.session_id AND earlier.message_id < outbox.message_id)",
    );
    let paused = Query::select()
        .column(channel::Column::Id)
        .from(channel::Entity)
        .and_where(channel::Column::PausedAt.is_not_null())
        .to_owned();
    Ok(outbox::Entity::find()
        .filter(outbox::Column::DueAt.lte(now))
        .filter(outbox::Column::ChannelId.not_in_subquery(paused))
        .filter(oldest_of_its_session)
        .order_by_asc(outbox::Column::MessageId)
        .limit(AT_ONCE as u64)
        .all(e.db.read())
        .await?)
}

/// Notes that a call is about to be made; false when somebody else was quicker.
async fn claim(e: &Engine, job: &outbox::Model, now: i64) -> Result<bool> {
    let silence_ends = Timestamp::from_millis(now)
        .plus(whatsapp::graph::TOTAL_TIMEOUT)
        .plus(SILENCE);
    let tx = e.db.write().await?;
    let claimed = outbox::Entity::update_many()
        .col_expr(outbox::Column::Attempts, Expr::value(job.attempts + 1))
        .col_expr(outbox::Column::CallingSince, Expr::value(now))
        .col_expr(outbox::Column::DueAt, Expr::value(silence_ends.millis()))
        .filter(outbox::Column::MessageId.eq(job.message_id))
        .filter(outbox::Column::DueAt.eq(job.due_at))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(claimed.rows_affected == 1)
}

/// What to do after a call.
#[derive(Debug)]
enum Verdict {
    Sent(Accepted),
    /// Not accepted: again after this wait.
    Again(Duration),
    /// Perhaps accepted: again only if no status comes.
    Unsure,
    Fail(Failure),
}

async fn attempt(e: &Engine, job: &outbox::Model) -> Result<()> {
    let attempts = job.attempts + 1;
    let channel = ChannelId::new(job.channel_id);
    let id = MessageId::new(job.message_id);
    let Some(message) = message::Entity::find_by_id(job.message_id)
        .one(e.db.read())
        .await?
    else {
        return Ok(());
    };
    let answer = call(e, job, &message).await?;
    let token = match &answer {
        Called::Answered(Ok(_)) => Some((TokenState::Accepted, None)),
        Called::Answered(Err(error)) if error.class() == RetryClass::Reauth => {
            Some((TokenState::Refused, Some(error.to_string())))
        }
        _ => None,
    };
    if let Some((state, answer)) = token {
        token_state::learn(e, channel, state, answer).await?;
    }
    let written = Timestamp::from_millis(message.at);
    let verdict = verdict(answer, attempts, e.clock().now().since(written));
    let outcome = match &verdict {
        Verdict::Sent(_) => "sent",
        Verdict::Again(_) => "again",
        Verdict::Unsure => "unsure",
        Verdict::Fail(_) => "failed",
    };
    metrics::counter!(crate::metrics::SENDS, "outcome" => outcome).increment(1);
    tracing::debug!(message = %id, attempts, ?verdict, "sent a message to Meta");

    let tx = e.db.write().await?;
    let changes = match verdict {
        Verdict::Sent(accepted) => {
            outbox::Entity::delete_by_id(job.message_id).exec(&tx).await?;
            statuses::accepted(&tx, id, accepted.wamid.as_str()).await?
        }
        Verdict::Fail(failure) => {
            outbox::Entity::delete_by_id(job.message_id).exec(&tx).await?;
            statuses::failed(&tx, id, failure).await?
        }
        Verdict::Again(wait) => {
            let due = e.clock().now().plus(random::jittered(wait)).millis();
            postpone(&tx, job, due, None).await?;
            crate::events::Changes::default()
        }
        Verdict::Unsure => {
            let now = e.clock().now();
            postpone(&tx, job, now.plus(SILENCE).millis(), Some(now.millis())).await?;
            crate::events::Changes::default()
        }
    };
    tx.commit().await?;
    e.events().publish(changes);
    Ok(())
}

async fn postpone(
    tx: &sea_orm::DatabaseTransaction,
    job: &outbox::Model,
    due: i64,
    calling_since: Option<i64>,
) -> Result<()> {
    outbox::Entity::update_many()
        .col_expr(outbox::Column::DueAt, Expr::value(due))
        .col_expr(outbox::Column::CallingSince, Expr::value(calling_since))
        .filter(outbox::Column::MessageId.eq(job.message_id))
        .exec(tx)
        .await?;
    Ok(())
}

enum Called {
    Answered(std::result::Result<Accepted, GraphError>),
    /// It could not even be tried.
    Impossible(Failure),
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
    let Some(token) = channels::open_secret(e, db, channel, Kind::AccessToken).await? else {
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

fn verdict(called: Called, attempts: i64, age: Duration) -> Verdict {
    let error = match called {
        Called::Answered(Ok(accepted)) => return Verdict::Sent(accepted),
        Called::Impossible(failure) => return Verdict::Fail(failure),
        Called::Answered(Err(error)) => error,
    };
    if age > GIVE_UP_AFTER {
        return Verdict::Fail(failure_of(&error));
    }
    match (&error, error.class()) {
        (GraphError::Unknown(_), _) => Verdict::Unsure,
        (GraphError::Refused(refused), _) if refused.code == PAIR_LIMIT => {
            Verdict::Again(doubled(Duration::from_secs(1), (attempts - 1) * 2))
        }
        (_, RetryClass::Retry) => Verdict::Again(doubled(FIRST_WAIT, attempts - 1)),
        (_, RetryClass::RetryFew) if attempts < FEW => Verdict::Again(doubled(FIRST_WAIT, attempts - 1)),
        (_, RetryClass::RetrySlow) => Verdict::Again(SLOW_WAIT),
        _ => Verdict::Fail(failure_of(&error)),
    }
}

fn doubled(first: Duration, times: i64) -> Duration {
    let factor = 2_u32.saturating_pow(u32::try_from(times).unwrap_or(0).min(16));
    first.saturating_mul(factor).min(LONGEST_WAIT)
}

fn failure_of(error: &GraphError) -> Failure {
    match error {
        GraphError::Refused(refused) => Failure {
            code: Some(refused.code),
            title: refused.message.clone(),
            details: refused.details.clone(),
        },
        other => Failure {
            code: None,
            title: other.to_string(),
            details: None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use whatsapp::graph::ApiError;

    fn refused(code: i64, http_status: u16) -> Called {
        Called::Answered(Err(GraphError::Refused(Box::new(ApiError {
            http_status,
            code,
            subcode: None,
            message: "m".into(),
            details: None,
            is_transient: false,
            fbtrace_id: None,
            user_title: None,
            user_msg: None,
        }))))
    }

    #[test]
    fn what_passes_is_tried_again_and_what_does_not_fails() {
        let young = Duration::from_secs(5);
        let unreadable = || Called::Answered(Err(GraphError::Unreadable { http_status: 502 }));
        assert!(matches!(verdict(unreadable(), 1, young), Verdict::Again(_)));
        assert!(matches!(
            verdict(refused(130_429, 400), 1, young),
            Verdict::Again(_)
        ));
        assert!(matches!(
            verdict(refused(131_047, 400), 1, young),
            Verdict::Fail(_)
        ));
        assert!(matches!(verdict(refused(190, 401), 1, young), Verdict::Fail(_)));
        assert!(matches!(verdict(refused(1, 400), 1, young), Verdict::Again(_)));
        assert!(matches!(verdict(refused(1, 400), FEW, young), Verdict::Fail(_)));
        assert!(matches!(
            verdict(unreadable(), 50, GIVE_UP_AFTER + young),
            Verdict::Fail(_)
        ));
    }

    #[test]
    fn a_lost_answer_is_not_sent_again_at_once() {
        let lost = Called::Answered(Err(GraphError::Unknown("timed out".into())));
        assert!(matches!(verdict(lost, 1, Duration::ZERO), Verdict::Unsure));
    }

    #[test]
    fn waits_grow_and_end_growing() {
        assert_eq!(doubled(FIRST_WAIT, 0), Duration::from_secs(1));
        assert_eq!(doubled(FIRST_WAIT, 3), Duration::from_secs(8));
        assert_eq!(doubled(FIRST_WAIT, 60), LONGEST_WAIT);
        let Verdict::Again(wait) = verdict(refused(PAIR_LIMIT, 400), 3, Duration::ZERO) else {
            panic!("again")
        };
        assert_eq!(wait, Duration::from_secs(16), "4^2");
    }
}
