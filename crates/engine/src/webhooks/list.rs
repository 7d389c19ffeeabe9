//! Webhooks, with how many events wait for each.

use crate::{
    Engine, Result,
    database::cursor,
    entity::{stored, webhook, webhook_call},
    webhooks::row::{known, view},
};
use domain::{
    access::{Actor, Permission},
    ids::WebhookId,
    page::{Page, PageRequest},
    refusal::Refusal,
    webhook::{OffWebhook, Webhook, WhyOff},
};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::HashMap;
use uuid::Uuid;

/// A page of them, the newest first.
pub async fn list(engine: &Engine, actor: &Actor, page: &PageRequest) -> Result<Page<Webhook>> {
    use webhook::Column;
    actor.require(Permission::WebhookRead)?;
    let db = engine.db.read();
    let before = cursor::id(page)?.map(|before| Column::Id.lt(before));
    let mut rows = webhook::Entity::find()
        .filter(Condition::all().add_option(before))
        .order_by_desc(Column::Id)
        .limit(u64::from(page.limit()) + 1)
        .all(db)
        .await?;
    let next_cursor = cursor::cut(&mut rows, page.limit(), |row| row.id.to_string());
    let items = views(engine, rows).await?;
    Ok(Page { items, next_cursor })
}

/// The names of those of these webhooks that are still there; none for whoever may not see them.
pub async fn names(engine: &Engine, actor: &Actor, ids: &[WebhookId]) -> Result<HashMap<WebhookId, String>> {
    if ids.is_empty() || !actor.may(Permission::WebhookRead) {
        return Ok(HashMap::new());
    }
    let names: Vec<(Uuid, String)> = webhook::Entity::find()
        .select_only()
        .columns([webhook::Column::Id, webhook::Column::Name])
        .filter(webhook::Column::Id.is_in(ids.iter().map(|id| id.uuid())))
        .into_tuple()
        .all(engine.db.read())
        .await?;
    Ok(names
        .into_iter()
        .map(|(id, name)| (WebhookId::new(id), name))
        .collect())
}

pub async fn get(engine: &Engine, actor: &Actor, id: WebhookId) -> Result<Webhook> {
    actor.require(Permission::WebhookRead)?;
    let row = known(engine.db.read(), id).await?;
    let view = views(engine, vec![row]).await?.pop();
    Ok(view.ok_or(Refusal::NotFound)?)
}

/// Those that failures have switched off, by their names; none for whoever may not see them.
pub async fn warnings(engine: &Engine, actor: &Actor) -> Result<Vec<OffWebhook>> {
    use webhook::Column;
    if !actor.may(Permission::WebhookRead) {
        return Ok(Vec::new());
    }
    let off: Vec<(Uuid, String, String)> = webhook::Entity::find()
        .select_only()
        .columns([Column::Id, Column::Name, Column::OffWhy])
        .filter(Column::OffSince.is_not_null())
        .filter(Column::OffWhy.is_not_null())
        .order_by_asc(Column::Name)
        .into_tuple()
        .all(engine.db.read())
        .await?;
    let off = off.into_iter().map(|(id, name, why)| {
        let why: WhyOff = stored(&why)?;
        let id = WebhookId::new(id);
        Ok(OffWebhook { id, name, why })
    });
    let off: Vec<_> = off.collect::<Result<_>>()?;
    Ok(off
        .into_iter()
        .filter(|webhook| webhook.why.is_warning())
        .collect())
}

async fn views(engine: &Engine, rows: Vec<webhook::Model>) -> Result<Vec<Webhook>> {
    use webhook_call::Column::DeadAt;
    let (db, now) = (engine.db.read(), engine.clock().now());
    let of_these = webhook_call::Column::WebhookId.is_in(rows.iter().map(|row| row.id));
    let these = Condition::all().add(of_these);
    let waiting = counts(db, these.clone().add(DeadAt.is_null())).await?;
    let dead = counts(db, these.add(DeadAt.is_not_null())).await?;
    let of = |counts: &HashMap<Uuid, u64>, id| counts.get(&id).copied().unwrap_or(0);
    rows.into_iter()
        .map(|row| {
            let (waiting, dead) = (of(&waiting, row.id), of(&dead, row.id));
            view(row, now, waiting, dead)
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
