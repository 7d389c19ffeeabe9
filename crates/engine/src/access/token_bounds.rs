//! The channels and queues to which API tokens are bound.

use crate::{
    Engine, Result,
    entity::{channel, queue},
};
use domain::{
    access::{Actor, Bound, BoundRef, Permission},
    form::Problem,
    ids::{ChannelId, QueueId},
    refusal::Refusal,
};
use sea_orm::{ConnectionTrait, EntityTrait, QueryOrder};
use std::collections::HashMap;

/// What a new token may be bound to: every channel and every queue, by name.
pub async fn choices(engine: &Engine, actor: &Actor) -> Result<Vec<BoundRef>> {
    actor.require(Permission::TokenChange)?;
    let mut choices = all(engine.db.read()).await?;
    choices.retain(|choice| !choice.deleted);
    Ok(choices)
}

/// # Errors
/// There is no such channel or queue.
pub(super) async fn find(db: &impl ConnectionTrait, bound: Bound) -> Result<BoundRef> {
    let all = all(db).await?.into_iter();
    let found = all.filter(|one| !one.deleted).find(|one| one.bound == bound);
    found.ok_or_else(|| Refusal::field("bound", Problem::Unknown).into())
}

/// Every channel, also those that are deleted, and every queue, by name.
pub(super) async fn all(db: &impl ConnectionTrait) -> Result<Vec<BoundRef>> {
    let channels = channel::Entity::find()
        .order_by_asc(channel::Column::Name)
        .order_by_asc(channel::Column::Id)
        .all(db)
        .await?;
    let queues = queue::Entity::find()
        .order_by_asc(queue::Column::Name)
        .all(db)
        .await?;
    let mut alike: HashMap<String, usize> = HashMap::new();
    for channel in &channels {
        *alike.entry(channel.name.clone()).or_default() += 1;
    }
    let channels = channels.into_iter().map(|row| BoundRef {
        bound: Bound::Channel(ChannelId::new(row.id)),
        deleted: row.deleted_at.is_some(),
        name: match alike[&row.name] > 1 {
            true => {
                let which = row.phone_number.unwrap_or_else(|| row.id.to_string());
                format!("{} ({which})", row.name)
            }
            false => row.name,
        },
    });
    let queues = queues.into_iter().map(|row| BoundRef {
        bound: Bound::Queue(QueueId::new(row.id)),
        deleted: false,
        name: row.name,
    });
    Ok(channels.chain(queues).collect())
}
