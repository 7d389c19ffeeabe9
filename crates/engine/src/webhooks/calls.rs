//! What webhooks have answered, and the events that they have not got.

use crate::{
    Engine, Result,
    database::cursor,
    entity::{stored, webhook_attempt, webhook_call, webhook_event},
    webhooks::row::known,
};
use domain::{
    access::{Actor, Permission},
    ids::{SessionId, WebhookCallId, WebhookId},
    page::{Page, PageRequest},
    refusal::Refusal,
    time::Timestamp,
    webhook::{Attempt, Call, CallState},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};
use std::collections::HashMap;
use uuid::Uuid;

/// What a webhook has answered, the latest first; with `call` only when it was sent that event.
pub async fn attempts(
    engine: &Engine,
    actor: &Actor,
    id: WebhookId,
    call: Option<WebhookCallId>,
    page: &PageRequest,
) -> Result<Page<Attempt>> {
    actor.require(Permission::WebhookRead)?;
    let db = engine.db.read();
    known(db, id).await?;
    let event = match call {
        None => None,
        Some(call) => Some(event_of(db, id, call).await?),
    };
    let mut rows = attempts_of(id, event, cursor::id(page)?)
        .limit(u64::from(page.limit()) + 1)
        .all(db)
        .await?;
    let next_cursor = cursor::cut(&mut rows, page.limit(), |row| row.id.to_string());
    let events = events(db, rows.iter().map(|row| row.event_id)).await?;
    let items = rows
        .into_iter()
        .filter_map(|row| {
            let event = events.get(&row.event_id)?;
            Some(attempt(row, event))
        })
        .collect::<Result<_>>()?;
    Ok(Page { items, next_cursor })
}

/// The attempts of a webhook before this one; with `event` only those to send it that.
pub(super) fn attempts_of(
    id: WebhookId,
    event: Option<Uuid>,
    before: Option<Uuid>,
) -> Select<webhook_attempt::Entity> {
    use webhook_attempt::Column;
    let event = event.map(|event| Column::EventId.eq(event));
    let before = before.map(|before| Column::Id.lt(before));
    webhook_attempt::Entity::find()
        .filter(Column::WebhookId.eq(id.uuid()))
        .filter(Condition::all().add_option(event).add_option(before))
        .order_by_desc(Column::Id)
}

/// The first answer of a webhook to this event, if there has been one.
pub(super) async fn first_answer(
    db: &impl ConnectionTrait,
    id: WebhookId,
    event: Uuid,
) -> Result<Option<Attempt>> {
    let Some(row) = answers(id, event).one(db).await? else {
        return Ok(None);
    };
    let events = events(db, [event].into_iter()).await?;
    events.get(&event).map(|event| attempt(row, event)).transpose()
}

/// What a webhook answered to an event, the first first.
pub(super) fn answers(id: WebhookId, event: Uuid) -> Select<webhook_attempt::Entity> {
    use webhook_attempt::Column;
    webhook_attempt::Entity::find()
        .filter(Column::EventId.eq(event))
        .filter(Column::WebhookId.eq(id.uuid()))
        .order_by_asc(Column::Id)
}

/// # Errors
/// The webhook has no such call.
async fn event_of(db: &impl ConnectionTrait, id: WebhookId, call: WebhookCallId) -> Result<Uuid> {
    let found = webhook_call::Entity::find_by_id(call.uuid())
        .filter(webhook_call::Column::WebhookId.eq(id.uuid()))
        .one(db)
        .await?;
    Ok(found.ok_or(Refusal::NotFound)?.event_id)
}

fn attempt(row: webhook_attempt::Model, event: &Named) -> Result<Attempt> {
    Ok(Attempt {
        event: event.name.clone(),
        kind: event.kind.clone(),
        at: Timestamp::from_millis(row.at),
        milliseconds: row.milliseconds.unsigned_abs(),
        status: row.status.and_then(|status| u16::try_from(status).ok()),
        failure: row.failure.as_deref().map(stored).transpose()?,
        excerpt: row.excerpt,
    })
}

/// The events that a webhook has not got, the latest first; with `state` only those that wait, or were given up.
pub async fn calls(
    engine: &Engine,
    actor: &Actor,
    id: WebhookId,
    state: Option<CallState>,
    page: &PageRequest,
) -> Result<Page<Call>> {
    actor.require(Permission::WebhookRead)?;
    let db = engine.db.read();
    known(db, id).await?;
    let mut rows = calls_of(id, state, cursor::id(page)?)
        .limit(u64::from(page.limit()) + 1)
        .all(db)
        .await?;
    let next_cursor = cursor::cut(&mut rows, page.limit(), |row| row.id.to_string());
    let events = events(db, rows.iter().map(|row| row.event_id)).await?;
    let items = rows.into_iter().filter_map(|row| {
        let event = events.get(&row.event_id)?;
        Some(call(&row, event))
    });
    Ok(Page {
        items: items.collect(),
        next_cursor,
    })
}

/// The calls of a webhook before this one.
pub(super) fn calls_of(
    id: WebhookId,
    state: Option<CallState>,
    before: Option<Uuid>,
) -> Select<webhook_call::Entity> {
    use webhook_call::Column;
    let state = state.map(|state| match state {
        CallState::Waiting => Column::DeadAt.is_null(),
        CallState::Dead => Column::DeadAt.is_not_null(),
    });
    let before = before.map(|before| Column::Id.lt(before));
    webhook_call::Entity::find()
        .filter(Column::WebhookId.eq(id.uuid()))
        .filter(Condition::all().add_option(state).add_option(before))
        .order_by_desc(Column::Id)
}

fn call(row: &webhook_call::Model, event: &Named) -> Call {
    // While a request is under way, this is the end of its claim.
    let due_at = row.due_at.filter(|_| row.claimed_by.is_none());
    Call {
        id: WebhookCallId::new(row.id),
        event: event.name.clone(),
        kind: event.kind.clone(),
        session: row.session_id.map(SessionId::new),
        at: Timestamp::from_millis(event.at),
        state: match row.dead_at {
            None => CallState::Waiting,
            Some(_) => CallState::Dead,
        },
        attempts: u32::try_from(row.attempts).unwrap_or(u32::MAX),
        next_attempt_at: due_at.map(Timestamp::from_millis),
        given_up_at: row.dead_at.map(Timestamp::from_millis),
    }
}

/// What lists say of an event.
struct Named {
    name: String,
    kind: String,
    at: i64,
}

/// Without their bodies.
async fn events(db: &impl ConnectionTrait, ids: impl Iterator<Item = Uuid>) -> Result<HashMap<Uuid, Named>> {
    use webhook_event::Column;
    let found: Vec<(Uuid, String, String, i64)> = webhook_event::Entity::find()
        .select_only()
        .columns([Column::Id, Column::Name, Column::Kind, Column::At])
        .filter(Column::Id.is_in(ids))
        .into_tuple()
        .all(db)
        .await?;
    let named = |(id, name, kind, at)| (id, Named { name, kind, at });
    Ok(found.into_iter().map(named).collect())
}
