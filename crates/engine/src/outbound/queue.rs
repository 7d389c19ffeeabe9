//! The outbox: which messages are due, and which call is under way.
//!
//! An engine claims a message's row before it calls Meta for it. The claim ends at `due_at`, which is then as far away
//! as a call and the wait for a status can take. Until then no other engine takes the row, and as the oldest of its
//! session it keeps the later ones back. An engine that finds an expired claim treats it like a call that a crash
//! interrupted. An engine that was only slow finds its claim gone and records nothing ([`unchanged`]).

use crate::{
    Engine, Result,
    entity::{channel, file, message, outbox},
    outbound::{
        estimate,
        pace::{Full, ahead},
    },
    sessions::audience::message_changed,
    transaction::Transaction,
};
use domain::{
    access::Actor,
    channel::{Sending, TokenState},
    ids::{MessageId, SessionId},
    message::Waits,
    session::Blocked,
    time::Timestamp,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, Query},
};
use std::collections::HashMap;
use uuid::Uuid;

/// Messages that are due and are not behind another one of their session: customers read answers in the order in which
/// they were written. Of each number the most urgent ones, as many as may wait for their turn; what `full` names has to
/// wait.
pub(crate) async fn due(
    engine: &Engine,
    db: &impl ConnectionTrait,
    now: i64,
    full: &Full,
) -> Result<Vec<(outbox::Model, Sending)>> {
    let held = engine.outbound.held(now);
    let waiting = Query::select()
        .expr(Expr::val(1))
        .from(outbox::Entity)
        .and_where(
            Expr::col((outbox::Entity, outbox::Column::ChannelId))
                .equals((channel::Entity, channel::Column::Id)),
        )
        .to_owned();
    let mut channels = channel::Entity::find()
        .filter(channel::Column::PausedAt.is_null())
        .filter(Expr::exists(waiting))
        .all(db)
        .await?;
    channels.retain(|channel| !held.contains_key(&channel.id));
    // A number whose calls take long leaves room for the others.
    channels.sort_by_cached_key(|channel| engine.outbound.pace().under_way(channel.id));
    let mut due = Vec::new();
    for channel in channels {
        let sending = match channel.sending() {
            Ok(sending) => sending,
            Err(error) => {
                tracing::error!(%error, channel = %channel.id, "a channel cannot send; the others go on");
                continue;
            }
        };
        let mut jobs = due_of(engine, db, channel.id, now, full, sending).await?;
        if channel.token_state == TokenState::Refused.as_str() {
            // One finds out whether Meta still refuses it; the others need not be refused, too.
            jobs.truncate(1);
        }
        due.extend(jobs.into_iter().map(|job| (job, sending)));
    }
    Ok(due)
}

/// Each is looked for by the index: without `OFFSET`, PostgreSQL joins the jobs with each other, and, while it has no figures of a
/// backlog that grows, compares each pair.
fn is_oldest_of_its_session() -> Expr {
    Expr::cust(
        "NOT EXISTS (SELECT 1 FROM outbox AS earlier WHERE earlier.session_id = outbox.session_id \
         AND earlier.message_id < outbox.message_id LIMIT 1 OFFSET 0)",
    )
}

async fn due_of(
    engine: &Engine,
    db: &impl ConnectionTrait,
    channel: Uuid,
    now: i64,
    full: &Full,
    sending: Sending,
) -> Result<Vec<outbox::Model>> {
    let lanes = full.lanes_from(channel);
    if lanes == Some(0) {
        return Ok(Vec::new());
    }
    // Which row is the oldest is as certain as the clocks of the engines that made the ids.
    let in_a_call = Query::select()
        .column(outbox::Column::SessionId)
        .from(outbox::Entity)
        .and_where(outbox::Column::ClaimedBy.is_not_null())
        .and_where(outbox::Column::DueAt.gt(now))
        .to_owned();
    let in_hand: Vec<Uuid> = engine.outbound.in_hand().iter().copied().collect();
    Ok(outbox::Entity::find()
        .filter(outbox::Column::ChannelId.eq(channel))
        .filter(outbox::Column::Lane.lt(lanes.unwrap_or(i64::MAX)))
        .filter(outbox::Column::DueAt.lte(now))
        .filter(outbox::Column::MessageId.is_not_in(in_hand))
        .filter(outbox::Column::SessionId.is_not_in(full.sessions()))
        .filter(is_oldest_of_its_session())
        .filter(outbox::Column::SessionId.not_in_subquery(in_a_call))
        .filter(file_is_at_meta(now))
        .order_by_asc(outbox::Column::Lane)
        .order_by_asc(outbox::Column::MessageId)
        .limit(u64::try_from(ahead(sending.messages_per_second)).unwrap_or(u64::MAX))
        .all(db)
        .await?)
}

/// Whether Meta has the message's file, if it is to be uploaded.
fn file_is_at_meta(now: i64) -> Condition {
    let there = Query::select()
        .column(file::Column::Id)
        .from(file::Entity)
        .and_where(file::Column::MediaUntil.gt(now))
        .to_owned();
    Condition::any()
        .add(outbox::Column::FileId.is_null())
        .add(outbox::Column::ByLink.eq(true))
        .add(outbox::Column::FileId.in_subquery(there))
}

/// The row, if nobody has claimed it since this engine read or claimed it.
pub(super) fn unchanged(job: &outbox::Model) -> Condition {
    let claim = match job.claimed_by {
        Some(engine) => outbox::Column::ClaimedBy.eq(engine),
        None => outbox::Column::ClaimedBy.is_null(),
    };
    Condition::all()
        .add(outbox::Column::MessageId.eq(job.message_id))
        .add(outbox::Column::Attempts.eq(job.attempts))
        .add(claim)
}

/// Deletes the outbox row of a message whose outcome cannot be written to the message: it must neither be sent again
/// nor keep others waiting.
pub(crate) async fn forget(engine: &Engine, job: &outbox::Model) -> Result<()> {
    let tx = engine.transaction(&Actor::System).await?;
    outbox::Entity::delete_many()
        .filter(unchanged(job))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    metrics::counter!(crate::metrics::SENDS, "outcome" => "unrecorded").increment(1);
    tracing::error!(
        message = %job.message_id,
        "the outcome of a message cannot be recorded: it still looks as if it were queued, and is not sent any more"
    );
    Ok(())
}

pub(crate) async fn postpone(
    tx: &Transaction,
    job: &outbox::Model,
    due: Timestamp,
    calling_since: Option<Timestamp>,
    doubts: i64,
) -> Result<()> {
    outbox::Entity::update_many()
        .col_expr(outbox::Column::DueAt, Expr::value(due.millis()))
        .col_expr(
            outbox::Column::CallingSince,
            Expr::value(calling_since.map(Timestamp::millis)),
        )
        .col_expr(outbox::Column::Doubts, Expr::value(doubts))
        .col_expr(outbox::Column::ClaimedBy, Expr::value(None::<Uuid>))
        .filter(unchanged(job))
        .exec(tx)
        .await?;
    // A page that shows the message shows what it waits for.
    match message::Entity::find_by_id(job.message_id).one(tx).await? {
        Some(message) => message_changed(tx, &message).await,
        None => Ok(()),
    }
}

/// What the queued messages of a session wait for, unless their turn is soon.
pub(crate) async fn waiting_for(
    engine: &Engine,
    db: &impl ConnectionTrait,
    session: SessionId,
    blocked: Option<Blocked>,
) -> Result<HashMap<MessageId, Waits>> {
    let jobs = outbox::Entity::find()
        .filter(outbox::Column::SessionId.eq(session.uuid()))
        .all(db)
        .await?;
    let now = engine.clock().now().millis();
    let held = engine.outbound.held(now);
    let in_hand = engine.outbound.in_hand().clone();
    let uploads = |job: &outbox::Model| job.file_id.filter(|_| !job.by_link);
    let files: Vec<Uuid> = jobs.iter().filter_map(uploads).collect();
    let at_meta: Vec<Uuid> = match files.is_empty() {
        true => Vec::new(),
        false => {
            let found = file::Entity::find().select_only().column(file::Column::Id);
            let found = found
                .filter(file::Column::Id.is_in(files))
                .filter(file::Column::MediaUntil.gt(now));
            found.into_tuple().all(db).await?
        }
    };
    let turns = estimate::turns(engine, db, &jobs, now).await?;
    let waits = |job: &outbox::Model| match job {
        job if in_hand.contains(&job.message_id) => None,
        job if job.calling_since.is_some() => Some(Waits::Confirmation),
        _ if blocked == Some(Blocked::Paused) => Some(Waits::Paused),
        _ if blocked == Some(Blocked::TokenRefused) => Some(Waits::Token),
        job if uploads(job).is_some_and(|file| !at_meta.contains(&file)) => Some(Waits::File),
        job if job.attempts > 0 || held.contains_key(&job.channel_id) => Some(Waits::Meta),
        job => turns.get(&job.message_id).map(|&seconds| Waits::Turn { seconds }),
    };
    Ok(jobs
        .iter()
        .filter_map(|job| Some((MessageId::new(job.message_id), waits(job)?)))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::database::{on_postgres, plan};

    #[tokio::test]
    #[ignore = "needs PostgreSQL; cargo xtask test runs them"]
    async fn the_jobs_of_a_backlog_are_not_compared_with_each_other() {
        on_postgres(async |db| {
            let first = outbox::Entity::find().filter(is_oldest_of_its_session());
            let plan = plan(db.read(), &first).await;
            assert!(
                plan.contains("SubPlan") && plan.contains("outbox_session"),
                "{plan}"
            );
        })
        .await;
    }
}
