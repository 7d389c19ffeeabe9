//! The channels and queues to which API tokens are bound.

use crate::{
    Engine, Result,
    entity::{api_token, channel, queue},
};
use domain::{
    access::{Actor, Bound, BoundRef, Permission},
    form::Problem,
    ids::{ChannelId, QueueId},
    refusal::Refusal,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::HashMap;
use uuid::Uuid;

/// What a new token may be bound to: every channel and every queue, by name.
pub async fn choices(engine: &Engine, actor: &Actor) -> Result<Vec<BoundRef>> {
    actor.require(Permission::TokenChange)?;
    let db = engine.db.read();
    let channels = channel::Entity::find()
        .filter(channel::Column::DeletedAt.is_null())
        .order_by_asc(channel::Column::Name)
        .all(db)
        .await?;
    let queues = queue::Entity::find()
        .order_by_asc(queue::Column::Name)
        .all(db)
        .await?;
    let channels = channels.into_iter().map(|row| BoundRef {
        bound: Bound::Channel(ChannelId::new(row.id)),
        name: row.name,
    });
    let queues = queues.into_iter().map(|row| BoundRef {
        bound: Bound::Queue(QueueId::new(row.id)),
        name: row.name,
    });
    Ok(channels.chain(queues).collect())
}

/// # Errors
/// There is no such channel or queue.
pub(super) async fn must_exist(db: &impl ConnectionTrait, bound: Bound) -> Result<()> {
    let exists = match bound {
        Bound::Channel(id) => {
            let found = channel::Entity::find_by_id(id.uuid()).filter(channel::Column::DeletedAt.is_null());
            found.one(db).await?.is_some()
        }
        Bound::Queue(id) => queue::Entity::find_by_id(id.uuid()).one(db).await?.is_some(),
    };
    match exists {
        true => Ok(()),
        false => Err(Refusal::field("bound", Problem::Unknown).into()),
    }
}

/// The names of the channels and queues to which these are bound, also of those that are deleted.
pub(super) async fn names(
    db: &impl ConnectionTrait,
    tokens: &[api_token::Model],
) -> Result<HashMap<Uuid, String>> {
    let channels: Vec<(Uuid, String)> = channel::Entity::find()
        .select_only()
        .columns([channel::Column::Id, channel::Column::Name])
        .filter(channel::Column::Id.is_in(tokens.iter().filter_map(|token| token.channel_id)))
        .into_tuple()
        .all(db)
        .await?;
    let queues: Vec<(Uuid, String)> = queue::Entity::find()
        .select_only()
        .columns([queue::Column::Id, queue::Column::Name])
        .filter(queue::Column::Id.is_in(tokens.iter().filter_map(|token| token.queue_id)))
        .into_tuple()
        .all(db)
        .await?;
    Ok(channels.into_iter().chain(queues).collect())
}
