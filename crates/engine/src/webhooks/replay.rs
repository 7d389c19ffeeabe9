//! Sends events again: one that was given up, all of those, or everything since a time, whether the webhook has had it or
//! not. What waits for a later attempt is sent at once, too. An event keeps its name, by which the receiver knows it again, and
//! all its attempts begin anew.

use crate::{
    Engine, Result,
    clock::Clock,
    database::put::put,
    entity::{
        webhook,
        webhook_call::{Column, Entity, Model},
    },
    transaction::Transaction,
    wakes::Worker,
    webhooks::{
        background::{Passed, Sent, to_the_end},
        kept::{AT_ONCE, Kept, kept, newest, there},
        lanes::{go_on, new_call, take_turn},
        manage::note_sent,
        row::{known, wanted},
        sooner::send_at_once,
    },
};
use domain::{
    access::{Actor, Permission},
    ids::{WebhookCallId, WebhookId},
    refusal::Refusal,
    time::Timestamp,
    webhook::{Replayed, Wanted},
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select, sea_query::Expr,
};
use std::{
    collections::HashSet,
    ops::ControlFlow::{self, Break, Continue},
    slice,
    time::Duration,
};
use uuid::Uuid;

/// Engines' clocks may differ by so much.
const SKEW: Duration = Duration::from_secs(60);

/// Sends one event again that was given up, or at once if it waits for a later attempt. What waits before it in its session goes
/// first.
///
/// # Errors
/// The webhook has it, or it is not kept any more.
pub async fn replay_one(engine: &Engine, actor: &Actor, id: WebhookId, call: WebhookCallId) -> Result<()> {
    actor.require(Permission::WebhookChange)?;
    let tx = engine.transaction(actor).await?;
    ready(&tx, id).await?;
    take_turn(&tx, 0).await?;
    let call = Entity::find_by_id(call.uuid())
        .filter(Column::WebhookId.eq(id.uuid()))
        .one(&tx)
        .await?;
    let call = call.ok_or(Refusal::NothingToReplay)?;
    if call.dead_at.is_some() {
        revive(&tx, id, slice::from_ref(&call)).await?;
    }
    let its_lane = match call.session_id {
        Some(session) => Column::SessionId.eq(session),
        None => Column::Id.eq(call.id),
    };
    send_at_once(&tx, id, Condition::all().add(its_lane)).await?;
    note_sent(&tx, "webhook.replay", id, Some("1 event".to_owned()));
    tx.commit().await
}

/// Sends again all that was given up.
///
/// # Errors
/// [`Refusal::WebhookAtWork`] while this or [`replay_since`] is under way for this webhook.
pub async fn replay_all(engine: &Engine, actor: &Actor, id: WebhookId) -> Result<Replayed> {
    actor.require(Permission::WebhookChange)?;
    let replay = engine.webhooks.replays.begin(id)?;
    let until = engine.clock().now().millis();
    let sent = Sent::default();
    let asked = ask(engine, actor, id, "all that was given up".to_owned(), &sent).await?;
    let sending = all_given_up(engine.clone(), asked, until, sent.clone());
    to_the_end(replay, sent, sending).await
}

async fn all_given_up(engine: Engine, asked: Asked, until: i64, sent: Sent) -> Result<bool> {
    let mut passed = Passed::default();
    loop {
        match some_given_up(&engine, &asked, until, &sent).await {
            Ok(Continue(())) => {}
            Ok(Break(is_all)) => return Ok(is_all),
            Err(error) => passed.rest(error).await?,
        }
    }
}

/// Returns whether it goes on, or whether that was all.
async fn some_given_up(engine: &Engine, asked: &Asked, until: i64, sent: &Sent) -> Result<ControlFlow<bool>> {
    let tx = engine.transaction(&Actor::System).await?;
    // Whoever switches it off has had the turn before, or gives up what is added here.
    take_turn(&tx, 0).await?;
    if asked.is_over(&tx).await? {
        return Ok(Break(false));
    }
    let dead = given_up(asked.id, until).all(&tx).await?;
    revive(&tx, asked.id, &dead).await?;
    tx.commit().await?;
    sent.add(dead.len() as u64);
    match (dead.len() as u64) < AT_ONCE {
        true => Ok(Break(true)),
        false => Ok(Continue(())),
    }
}

/// Some of what was given up until then.
pub(super) fn given_up(id: WebhookId, until: i64) -> Select<Entity> {
    Entity::find()
        .filter(Column::WebhookId.eq(id.uuid()))
        .filter(Column::DeadAt.lte(until))
        .order_by_asc(Column::Id)
        .limit(AT_ONCE)
}

/// Sends again everything that the webhook wants and that has happened between then and now, as far as it is kept; also what it
/// was not sent while it was off.
///
/// # Errors
/// [`Refusal::WebhookAtWork`] while this or [`replay_all`] is under way for this webhook.
pub async fn replay_since(
    engine: &Engine,
    actor: &Actor,
    id: WebhookId,
    since: Timestamp,
) -> Result<Replayed> {
    actor.require(Permission::WebhookChange)?;
    let replay = engine.webhooks.replays.begin(id)?;
    let sent = Sent::default();
    let asked = ask(engine, actor, id, format!("since {}", since.millis()), &sent).await?;
    let sending = all_since(engine.clone(), asked, since, sent.clone());
    to_the_end(replay, sent, sending).await
}

async fn all_since(engine: Engine, asked: Asked, since: Timestamp, sent: Sent) -> Result<bool> {
    // An event is stored after it has happened.
    let mut after = Clock::first_id_at(since.minus(SKEW).millis());
    let mut passed = Passed::default();
    loop {
        match some_since(&engine, &asked, (since, after), &sent).await {
            Ok(Continue(last)) => after = last,
            Ok(Break(is_all)) => return Ok(is_all),
            Err(error) => passed.rest(error).await?,
        }
    }
}

/// Returns the last that it has looked at, or whether that was all.
async fn some_since(
    engine: &Engine,
    asked: &Asked,
    (since, after): (Timestamp, Uuid),
    sent: &Sent,
) -> Result<ControlFlow<bool, Uuid>> {
    let events = kept(engine.db.read(), since, (after, asked.newest)).await?;
    let Some(last) = events.last().map(|event| event.id) else {
        return Ok(Break(true));
    };
    let events: Vec<Kept> = events
        .into_iter()
        .filter(|event| event.is_wanted(&asked.wanted))
        .collect();
    let tx = engine.transaction(&Actor::System).await?;
    take_turn(&tx, 0).await?;
    if asked.is_over(&tx).await? {
        return Ok(Break(false));
    }
    let known = Entity::find()
        .filter(Column::WebhookId.eq(asked.id.uuid()))
        .filter(Column::EventId.is_in(events.iter().map(|event| event.id)))
        .all(&tx)
        .await?;
    let waits: HashSet<Uuid> = known.iter().map(|call| call.event_id).collect();
    let dead: Vec<Model> = known.into_iter().filter(|call| call.dead_at.is_some()).collect();
    revive(&tx, asked.id, &dead).await?;
    let there = there(&tx, &events).await?;
    let new = events.iter().filter(|event| !waits.contains(&event.id));
    let new: Vec<New> = new
        .filter_map(|event| Some((event.id, *there.get(&event.id)?)))
        .collect();
    add(&tx, asked.id, &new).await?;
    tx.commit().await?;
    sent.add((dead.len() + new.len()) as u64);
    Ok(Continue(last))
}

/// A webhook as it is when somebody asks for much to be sent again.
struct Asked {
    id: WebhookId,
    wanted: Wanted,
    off_since: Option<i64>,
    /// The event up to which everything has been handed over. What follows is sent once.
    newest: Uuid,
}

impl Asked {
    /// Whether the webhook was switched off since. One that was off is sent what was asked for.
    async fn is_over(&self, tx: &Transaction) -> Result<bool> {
        let row = known(tx, self.id).await?;
        let is_off = row.off_since.is_some() && row.off_since != self.off_since;
        Ok(is_off || row.giving_up_to.is_some())
    }
}

/// Notes that it is done, before anything is sent again: nobody may be left to say so afterwards. What waits is sent at once.
async fn ask(engine: &Engine, actor: &Actor, id: WebhookId, what: String, sent: &Sent) -> Result<Asked> {
    let tx = engine.transaction(actor).await?;
    let row = ready(&tx, id).await?;
    let waited = send_at_once(&tx, id, Condition::all()).await?;
    let asked = Asked {
        id,
        wanted: wanted(&row),
        off_since: row.off_since,
        newest: newest(&tx).await?.unwrap_or_default(),
    };
    note_sent(&tx, "webhook.replay", id, Some(what));
    tx.commit().await?;
    sent.add(waited);
    Ok(asked)
}

/// # Errors
/// There is no such webhook, or what waited for it is still being given up.
async fn ready(tx: &Transaction, id: WebhookId) -> Result<webhook::Model> {
    let row = known(tx, id).await?;
    match row.giving_up_to {
        None => Ok(row),
        Some(_) => Err(Refusal::WebhookAtWork { seconds: 5 }.into()),
    }
}

/// Brings back calls that were given up. They keep their places, before what has happened since.
async fn revive(tx: &Transaction, webhook: WebhookId, dead: &[Model]) -> Result<()> {
    let now = tx.engine().clock().now().millis();
    for (is_in_a_lane, due_at) in [(true, None), (false, Some(now))] {
        let these = dead
            .iter()
            .filter(|call| call.session_id.is_some() == is_in_a_lane);
        Entity::update_many()
            .col_expr(Column::DeadAt, Expr::value(None::<i64>))
            .col_expr(Column::Attempts, Expr::value(0_i64))
            .col_expr(Column::DueAt, Expr::value(due_at))
            .filter(Column::Id.is_in(these.map(|call| call.id)))
            .exec(tx)
            .await?;
    }
    // Two sessions may have become one before their calls were changed here.
    let sessions: Vec<Option<Uuid>> = Entity::find()
        .select_only()
        .column(Column::SessionId)
        .filter(Column::Id.is_in(dead.iter().map(|call| call.id)))
        .into_tuple()
        .all(tx)
        .await?;
    go_on(tx, webhook.uuid(), sessions.into_iter().flatten()).await?;
    tx.wake(Worker::Webhooks);
    Ok(())
}

/// An event and its session.
type New = (Uuid, Option<Uuid>);

/// Adds calls for events.
async fn add(tx: &Transaction, webhook: WebhookId, events: &[New]) -> Result<()> {
    let clock = tx.engine().clock();
    let places = take_turn(tx, events.len()).await? + 1..;
    let calls = events.iter().zip(places).map(|(&(event, session), place)| {
        let new = new_call(clock, webhook.uuid(), event, session);
        Model {
            place,
            // The first of each session goes on below.
            due_at: new.due_at.filter(|_| session.is_none()),
            ..new
        }
    });
    put(tx, calls.collect(), None).await?;
    let sessions = events.iter().filter_map(|(_, session)| *session);
    go_on(tx, webhook.uuid(), sessions).await?;
    tx.wake(Worker::Webhooks);
    Ok(())
}
