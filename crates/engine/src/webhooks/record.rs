//! Writing down what came of requests, those of many webhooks in one transaction: a commit costs more than all that it
//! writes.

use crate::{
    Result,
    database::put::put,
    entity::{
        webhook, webhook_attempt,
        webhook_call::{Column, Entity, Model},
    },
    events::Audience,
    metrics::WEBHOOK_CALLS,
    transaction::Transaction,
    webhooks::{
        call::Outcome,
        lanes::{go_on, take_turn},
        schedule::{held, is_over, wait},
        switch::switch_off,
    },
};
use domain::{event::Change, ids::WebhookId, time::Timestamp, webhook::WhyOff};
use metrics::counter;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, sea_query::Expr};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// What a webhook has answered, taken together.
#[derive(Debug, Default)]
struct Standing {
    got_through: bool,
    /// The highest number of attempts that an event has had in vain.
    attempts: usize,
    is_gone: bool,
    held_until: Option<i64>,
    /// The sessions whose first event is through, or is given up.
    over: Vec<Uuid>,
}

/// Outcomes of calls that are gone meanwhile, with their event or their webhook, are left out.
pub(super) async fn record(tx: &Transaction, outcomes: &[Outcome]) -> Result<()> {
    take_turn(tx, 0).await?;
    let ids = outcomes.iter().map(|outcome| outcome.call.id);
    let there = tx.lock::<Entity>(Column::Id, ids).await?;
    // Two sessions may have become one meanwhile.
    let there: HashMap<Uuid, Option<Uuid>> =
        there.into_iter().map(|call| (call.id, call.session_id)).collect();
    let outcomes: Vec<&Outcome> = outcomes
        .iter()
        .filter(|outcome| there.contains_key(&outcome.call.id))
        .collect();
    let attempts: Vec<_> = outcomes.iter().map(|outcome| attempt(tx, outcome)).collect();
    put(tx, attempts, None).await?;
    let through = outcomes.iter().filter(|outcome| outcome.is_success());
    let through: Vec<Uuid> = through.map(|outcome| outcome.call.id).collect();
    let count = through.len() as u64;
    tx.then(move |_| counter!(WEBHOOK_CALLS, "outcome" => "through").increment(count));
    Entity::delete_many()
        .filter(Column::Id.is_in(through))
        .exec(tx)
        .await?;
    // In the same order in every engine, so that none waits for another in a circle.
    let mut standings: BTreeMap<Uuid, Standing> = BTreeMap::new();
    for outcome in outcomes {
        let standing = standings.entry(outcome.call.webhook_id).or_default();
        let session = there.get(&outcome.call.id).copied().flatten();
        if outcome.is_success() {
            standing.got_through = true;
            standing.over.extend(session);
        } else {
            failed(tx, outcome, session, standing).await?;
        }
    }
    let now = tx.engine().clock().now();
    for (webhook, standing) in standings {
        go_on(tx, webhook, standing.over.iter().copied()).await?;
        conclude(tx, webhook, &standing, now).await?;
    }
    Ok(())
}

fn attempt(tx: &Transaction, outcome: &Outcome) -> webhook_attempt::Model {
    let answer = outcome.answer.as_ref();
    webhook_attempt::Model {
        id: tx.engine().clock().new_id(),
        webhook_id: outcome.call.webhook_id,
        event_id: outcome.call.event_id,
        at: outcome.at.millis(),
        milliseconds: i64::try_from(outcome.took.as_millis()).unwrap_or(i64::MAX),
        status: answer.ok().map(|answer| i64::from(answer.status.as_u16())),
        failure: answer.err().map(|failure| failure.as_str().to_owned()),
        excerpt: answer.map_or_else(|_| String::new(), |answer| answer.excerpt.clone()),
    }
}

/// Plans the next attempt, or gives the event up.
async fn failed(
    tx: &Transaction,
    outcome: &Outcome,
    session: Option<Uuid>,
    standing: &mut Standing,
) -> Result<()> {
    let now = tx.engine().clock().now();
    let attempts = outcome.call.attempts + 1;
    let made = usize::try_from(attempts).unwrap_or(usize::MAX);
    let asked = outcome.asked().map(held);
    let next = wait(made).map(|planned| now.plus(planned.max(asked.unwrap_or_default())).millis());
    let changed = Entity::update_many()
        .col_expr(Column::Attempts, Expr::value(attempts))
        .col_expr(Column::DueAt, Expr::value(next))
        .col_expr(Column::ClaimedBy, Expr::value(None::<Uuid>))
        .col_expr(
            Column::DeadAt,
            Expr::value(next.is_none().then_some(now.millis())),
        )
        .filter(is_ours(&outcome.call))
        .exec(tx)
        .await?;
    standing.attempts = standing.attempts.max(made);
    standing.is_gone |= outcome.is_gone();
    standing.held_until = standing
        .held_until
        .max(asked.map(|asked| now.plus(asked).millis()));
    if next.is_none() && changed.rows_affected > 0 {
        standing.over.extend(session);
    }
    let outcome = if next.is_some() { "again" } else { "given_up" };
    tx.then(move |_| counter!(WEBHOOK_CALLS, "outcome" => outcome).increment(1));
    Ok(())
}

/// Whether the claim has not ended meanwhile, nor the event been given up.
fn is_ours(call: &Model) -> Condition {
    Condition::all()
        .add(Column::Id.eq(call.id))
        .add(Column::ClaimedBy.eq(call.claimed_by))
        .add(Column::DueAt.eq(call.due_at))
}

async fn conclude(tx: &Transaction, id: Uuid, standing: &Standing, now: Timestamp) -> Result<()> {
    use webhook::Column;
    note_failing(tx, id, standing, now).await?;
    if let Some(until) = standing.held_until {
        let is_shorter = Condition::any()
            .add(Column::HeldUntil.is_null())
            .add(Column::HeldUntil.lt(until));
        webhook::Entity::update_many()
            .col_expr(Column::HeldUntil, Expr::value(until))
            .filter(Column::Id.eq(id))
            .filter(is_shorter)
            .exec(tx)
            .await?;
    }
    if standing.is_gone {
        return switch_off(tx, id, WhyOff::Gone).await;
    }
    let failing = match standing.got_through {
        true => None,
        false => webhook::Entity::find_by_id(id).one(tx).await?,
    };
    let since = failing
        .and_then(|row| row.failing_since)
        .map(Timestamp::from_millis);
    match since.is_some_and(|since| is_over(now.since(since), standing.attempts)) {
        true => switch_off(tx, id, WhyOff::Failing).await,
        false => Ok(()),
    }
}

/// Notes since when nothing gets through, and tells when that begins and when it ends. An event's first attempt that fails
/// is no news: a webhook that refuses now and then would keep every page busy.
async fn note_failing(tx: &Transaction, id: Uuid, standing: &Standing, now: Timestamp) -> Result<()> {
    use webhook::Column;
    let (since, is_new) = match (standing.got_through, standing.attempts) {
        (true, _) => (None, Column::FailingSince.is_not_null()),
        (false, ..=1) => return Ok(()),
        (false, _) => (Some(now.millis()), Column::FailingSince.is_null()),
    };
    let changed = webhook::Entity::update_many()
        .col_expr(Column::FailingSince, Expr::value(since))
        .filter(Column::Id.eq(id))
        .filter(is_new)
        .exec(tx)
        .await?;
    if changed.rows_affected > 0 {
        let webhook = WebhookId::new(id);
        tx.changed(Change::Webhook { webhook }, Audience::Everybody);
    }
    Ok(())
}
