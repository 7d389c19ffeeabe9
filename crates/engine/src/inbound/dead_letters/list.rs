//! Listing, counting, opening and deleting dead letters.

use crate::{
    Engine, Result,
    audit::Subject,
    database::cursor,
    entity::{channel, dead_letter, journal, stored},
    events::Audience,
    inbound::dead_letters::filter::matching,
    metrics,
};
use domain::{
    access::{Actor, Permission},
    dead_letter::{DeadLetter, DeadReason, Filter, OpenDeadLetter, Waiting},
    event::Change,
    ids::{ChannelId, DeadLetterId},
    page::{Page, PageRequest},
    refs::ChannelRef,
    refusal::Refusal,
    time::Timestamp,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use std::collections::HashMap;

/// Every column but the JSON.
#[derive(Debug, sea_orm::DerivePartialModel)]
#[sea_orm(entity = "dead_letter::Entity")]
struct Envelope {
    id: uuid::Uuid,
    at: i64,
    reason: String,
    detail: Option<String>,
    phone_number_id: Option<String>,
    channel_id: uuid::Uuid,
}

/// Newest first.
pub async fn list(
    engine: &Engine,
    actor: &Actor,
    filter: &Filter,
    page: &PageRequest,
) -> Result<Page<DeadLetter>> {
    actor.require(Permission::DeadLetterRead)?;
    let limit = page.limit();
    let mut query = dead_letter::Entity::find()
        .filter(matching(engine, filter))
        .order_by_desc(dead_letter::Column::Id)
        .limit(u64::from(limit) + 1);
    if let Some(after) = cursor::id(page)? {
        query = query.filter(dead_letter::Column::Id.lt(after));
    }
    let mut rows = query
        .into_partial_model::<Envelope>()
        .all(engine.db.read())
        .await?;
    let next_cursor = cursor::cut(&mut rows, limit, |row| row.id.to_string());
    let names: HashMap<_, _> = channel::Entity::find()
        .filter(channel::Column::Id.is_in(rows.iter().map(|row| row.channel_id)))
        .all(engine.db.read())
        .await?
        .into_iter()
        .map(|channel| (channel.id, channel.name))
        .collect();
    let items: Result<Vec<_>> = rows
        .into_iter()
        .map(|row| {
            let arrived_at = names.get(&row.channel_id).cloned();
            shown(row, arrived_at)
        })
        .collect();
    Ok(Page {
        items: items?,
        next_cursor,
    })
}

/// A dead letter with its JSON.
pub async fn open(engine: &Engine, actor: &Actor, id: DeadLetterId) -> Result<OpenDeadLetter> {
    actor.require(Permission::DeadLetterRead)?;
    let row = find(engine.db.read(), id).await?;
    let arrived_at = channel::Entity::find_by_id(row.channel_id)
        .one(engine.db.read())
        .await?
        .map(|channel| channel.name);
    let envelope = Envelope {
        id: row.id,
        at: row.at,
        reason: row.reason,
        detail: row.detail,
        phone_number_id: row.phone_number_id,
        channel_id: row.channel_id,
    };
    Ok(OpenDeadLetter {
        dead_letter: shown(envelope, arrived_at)?,
        raw: row.raw,
    })
}

pub async fn count(engine: &Engine, actor: &Actor) -> Result<u64> {
    actor.require(Permission::DeadLetterRead)?;
    Ok(dead_letter::Entity::find().count(engine.db.read()).await?)
}

/// How many there are of each reason, whichever reason the filter names.
pub async fn count_by_reason(
    engine: &Engine,
    actor: &Actor,
    filter: &Filter,
) -> Result<Vec<(DeadReason, u64)>> {
    actor.require(Permission::DeadLetterRead)?;
    let of_any = Filter {
        reason: None,
        ..filter.clone()
    };
    let counted: Vec<(String, i64)> = dead_letter::Entity::find()
        .filter(matching(engine, &of_any))
        .select_only()
        .column(dead_letter::Column::Reason)
        .column_as(dead_letter::Column::Id.count(), "letters")
        .group_by(dead_letter::Column::Reason)
        .into_tuple()
        .all(engine.db.read())
        .await?;
    let of = |reason: DeadReason| {
        let (_, count) = counted.iter().find(|(word, _)| word == reason.as_str())?;
        Some((reason, u64::try_from(*count).unwrap_or(0)))
    };
    Ok(DeadReason::ALL.iter().copied().filter_map(of).collect())
}

/// The channels at whose addresses dead letters can arrive.
pub async fn channels(engine: &Engine, actor: &Actor) -> Result<Vec<ChannelRef>> {
    actor.require(Permission::DeadLetterRead)?;
    let found: Vec<(uuid::Uuid, String)> = channel::Entity::find()
        .select_only()
        .columns([channel::Column::Id, channel::Column::Name])
        .order_by_asc(channel::Column::Name)
        .order_by_asc(channel::Column::Id)
        .into_tuple()
        .all(engine.db.read())
        .await?;
    let channel = |(id, name)| ChannelRef {
        id: ChannelId::new(id),
        name,
    };
    Ok(found.into_iter().map(channel).collect())
}

/// What is stored and not applied yet.
pub async fn waiting(engine: &Engine, actor: &Actor) -> Result<Waiting> {
    actor.require(Permission::DeadLetterRead)?;
    let oldest: Option<i64> = journal::Entity::find()
        .filter(journal::Column::AppliedAt.is_null())
        .order_by_asc(journal::Column::Id)
        .select_only()
        .column(journal::Column::ReceivedAt)
        .into_tuple()
        .one(engine.db.read())
        .await?;
    Ok(Waiting {
        deliveries: metrics::waiting(engine.db.read()).await?,
        since: oldest.map(Timestamp::from_millis),
    })
}

/// Deletes a dead letter.
pub async fn delete(engine: &Engine, actor: &Actor, id: DeadLetterId) -> Result<()> {
    actor.require(Permission::DeadLetterChange)?;
    let tx = engine.transaction(actor).await?;
    let row = find(&tx, id).await?;
    let gone = dead_letter::Entity::delete_by_id(row.id).exec(&tx).await?;
    if gone.rows_affected == 0 {
        return Err(Refusal::NotFound.into());
    }
    tx.audit("deleted", Subject::DeadLetter(row.id), Some(row.reason));
    tx.changed(Change::DeadLetter, Audience::Everybody);
    tx.commit().await
}

async fn find(db: &impl ConnectionTrait, id: DeadLetterId) -> Result<dead_letter::Model> {
    let row = dead_letter::Entity::find_by_id(id.uuid()).one(db).await?;
    Ok(row.ok_or(Refusal::NotFound)?)
}

fn shown(row: Envelope, arrived_at: Option<String>) -> Result<DeadLetter> {
    Ok(DeadLetter {
        id: DeadLetterId::new(row.id),
        at: Timestamp::from_millis(row.at),
        reason: stored(&row.reason)?,
        detail: row.detail,
        phone_number_id: row.phone_number_id,
        arrived_at,
    })
}
