//! Webhooks, with how many events wait for each.

use crate::{
    Engine, Result,
    database::cursor,
    entity::{webhook, webhook_call},
    webhooks::row::{known, view},
};
use domain::{
    access::{Actor, Permission},
    ids::WebhookId,
    page::{Page, PageRequest},
    refusal::Refusal,
    webhook::Webhook,
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
    let items = views(db, rows).await?;
    Ok(Page { items, next_cursor })
}

/// Those of these webhooks that are still there; none for whoever may not see them.
pub async fn seen(engine: &Engine, actor: &Actor, ids: &[WebhookId]) -> Result<Vec<Webhook>> {
    if ids.is_empty() || !actor.may(Permission::WebhookRead) {
        return Ok(Vec::new());
    }
    let db = engine.db.read();
    let these = webhook::Column::Id.is_in(ids.iter().map(|id| id.uuid()));
    let rows = webhook::Entity::find().filter(these).all(db).await?;
    views(db, rows).await
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
