//! Items that could not be applied: kept as they came, with the reason, and shown to administrators.

use crate::{
    Engine, Error, Result,
    apply::Dead,
    cursor,
    database::storable,
    entity::{channel, dead_letter},
    journal::Delivery,
    ledger::Ledger,
};
use domain::{
    delivery::{DeadLetter, DeadReason},
    event::Change,
    ids::DeadLetterId,
    page::{Page, PageRequest},
    people::{Actor, Permission},
    time::Timestamp,
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::HashMap;

/// Newest first.
pub async fn list(e: &Engine, actor: &Actor, page: &PageRequest) -> Result<Page<DeadLetter>> {
    actor.require(Permission::Administer)?;
    let limit = page.limit();
    let mut query = dead_letter::Entity::find()
        .order_by_desc(dead_letter::Column::Id)
        .limit(u64::from(limit) + 1);
    if let Some(after) = cursor::id(page)? {
        query = query.filter(dead_letter::Column::Id.lt(after));
    }
    let mut rows = query.all(e.db.read()).await?;
    let next_cursor = cursor::cut(&mut rows, limit, |row| row.id.to_string());
    let channels = channel::Entity::find()
        .filter(channel::Column::Id.is_in(rows.iter().map(|row| row.channel_id)))
        .all(e.db.read())
        .await?;
    let names: HashMap<_, _> = channels
        .into_iter()
        .map(|channel| (channel.id, channel.name))
        .collect();
    let items: Result<Vec<_>> = rows
        .into_iter()
        .map(|row| {
            Ok(DeadLetter {
                id: DeadLetterId::new(row.id),
                at: Timestamp::from_millis(row.at),
                reason: DeadReason::from_stored(&row.reason)
                    .ok_or_else(|| Error::Corrupt(format!("dead letter's reason {}", row.reason)))?,
                detail: row.detail,
                phone_number_id: row.phone_number_id,
                arrived_at: names.get(&row.channel_id).cloned(),
                raw: row.raw,
            })
        })
        .collect();
    Ok(Page {
        items: items?,
        next_cursor,
    })
}

pub async fn count(e: &Engine, actor: &Actor) -> Result<u64> {
    actor.require(Permission::Administer)?;
    Ok(dead_letter::Entity::find().count(e.db.read()).await?)
}

/// Keeps an item; the same item of the same delivery only once.
pub(crate) fn keep(
    ledger: &mut Ledger,
    delivery: &Delivery,
    position: usize,
    phone_number_id: Option<&str>,
    raw: &str,
    (reason, detail): Dead,
) {
    let row = dead_letter::Model {
        id: ledger.clock.new_id(),
        delivery_id: delivery.id,
        position: i64::try_from(position).unwrap_or(i64::MAX),
        at: ledger.now,
        reason: reason.as_str().to_owned(),
        detail: detail.map(storable),
        phone_number_id: phone_number_id.map(|id| storable(id.to_owned())),
        channel_id: delivery.channel,
        journal_id: Some(delivery.journal),
        raw: storable(raw.to_owned()),
    };
    ledger.written().dead(row);
    ledger.tell(Change::DeadLetter);
}
