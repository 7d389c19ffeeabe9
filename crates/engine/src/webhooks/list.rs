//! Webhooks, what they answered, and what was given up.

use crate::{
    Engine, Result,
    database::cursor,
    entity::{stored, webhook, webhook_attempt, webhook_call, webhook_event},
    webhooks::row::{known, view},
};
use domain::{
    access::{Actor, Permission},
    ids::{SessionId, WebhookCallId, WebhookId},
    page::{Page, PageRequest},
    refusal::Refusal,
    time::Timestamp,
    webhook::{Attempt, DeadCall, Webhook},
};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::HashMap;
use uuid::Uuid;

/// All of them, by name.
pub async fn list(engine: &Engine, actor: &Actor) -> Result<Vec<Webhook>> {
    actor.require(Permission::WebhookRead)?;
    let db = engine.db.read();
    let all = webhook::Entity::find().order_by_asc(webhook::Column::Name);
    views(db, all.all(db).await?).await
}

pub async fn get(engine: &Engine, actor: &Actor, id: WebhookId) -> Result<Webhook> {
    actor.require(Permission::WebhookRead)?;
    let db = engine.db.read();
    let row = known(db, id).await?;
    let view = views(db, vec![row]).await?.pop();
    Ok(view.ok_or(Refusal::NotFound)?)
}

async fn views(db: &impl ConnectionTrait, rows: Vec<webhook::Model>) -> Result<Vec<Webhook>> {
    use webhook_call::Column::DeadAt;
    let waiting = counts(db, Condition::all().add(DeadAt.is_null())).await?;
    let dead = counts(db, Condition::all().add(DeadAt.is_not_null())).await?;
    let of = |counts: &HashMap<Uuid, u64>, id| counts.get(&id).copied().unwrap_or(0);
    rows.into_iter()
        .map(|row| {
            let (waiting, dead) = (of(&waiting, row.id), of(&dead, row.id));
            view(row, waiting, dead)
        })
        .collect()
}

/// How many such calls each webhook has.
async fn counts(db: &impl ConnectionTrait, which: Condition) -> Result<HashMap<Uuid, u64>> {
    use webhook_call::Column;
    let counts: Vec<(Uuid, i64)> = webhook_call::Entity::find()
        .select_only()
        .column(Column::WebhookId)
        .column_as(Column::Id.count(), "calls")
        .filter(which)
        .group_by(Column::WebhookId)
        .into_tuple()
        .all(db)
        .await?;
    Ok(counts
        .into_iter()
        .map(|(id, calls)| (id, calls.unsigned_abs()))
        .collect())
}

/// What a webhook has answered, the latest first.
pub async fn attempts(
    engine: &Engine,
    actor: &Actor,
    id: WebhookId,
    page: &PageRequest,
) -> Result<Page<Attempt>> {
    use webhook_attempt::Column;
    actor.require(Permission::WebhookRead)?;
    let db = engine.db.read();
    known(db, id).await?;
    let before = cursor::id(page)?.map(|before| Column::Id.lt(before));
    let mut rows = webhook_attempt::Entity::find()
        .filter(Column::WebhookId.eq(id.uuid()))
        .filter(Condition::all().add_option(before))
        .order_by_desc(Column::Id)
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

/// The events that were given up for a webhook, the latest first.
pub async fn dead(
    engine: &Engine,
    actor: &Actor,
    id: WebhookId,
    page: &PageRequest,
) -> Result<Page<DeadCall>> {
    use webhook_call::Column;
    actor.require(Permission::WebhookRead)?;
    let db = engine.db.read();
    known(db, id).await?;
    let before = cursor::id(page)?.map(|before| Column::Id.lt(before));
    let mut rows = webhook_call::Entity::find()
        .filter(Column::WebhookId.eq(id.uuid()))
        .filter(Column::DeadAt.is_not_null())
        .filter(Condition::all().add_option(before))
        .order_by_desc(Column::Id)
        .limit(u64::from(page.limit()) + 1)
        .all(db)
        .await?;
    let next_cursor = cursor::cut(&mut rows, page.limit(), |row| row.id.to_string());
    let events = events(db, rows.iter().map(|row| row.event_id)).await?;
    let item = |row: webhook_call::Model| {
        let event = events.get(&row.event_id)?;
        Some(DeadCall {
            id: WebhookCallId::new(row.id),
            event: event.name.clone(),
            kind: event.kind.clone(),
            session: row.session_id.map(SessionId::new),
            at: Timestamp::from_millis(event.at),
            given_up_at: Timestamp::from_millis(row.dead_at?),
        })
    };
    Ok(Page {
        items: rows.into_iter().filter_map(item).collect(),
        next_cursor,
    })
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
