//! What the inbox offers to narrow a list to.

use crate::{
    Engine, Result,
    entity::{channel, extension, label, queue},
    sessions::access::queues_of,
};
use domain::{
    access::{Actor, Permission},
    session::Choices,
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, sea_query::Expr};

/// Labels, channels, and the queues and owners whose sessions the actor may see.
pub async fn choices(engine: &Engine, actor: &Actor) -> Result<Choices> {
    actor.reaches_everything()?;
    let db = engine.db.read();
    let all = actor.may(Permission::SessionReadAll);
    let labels = label::Entity::find().order_by_asc(label::Column::Name);
    let channels = channel::Entity::find()
        .filter(channel::Column::DeletedAt.is_null())
        .order_by_asc(channel::Column::Name);
    let seen = match actor.extension() {
        _ if all => Condition::all(),
        Some(own) => Condition::all().add(queue::Column::Id.in_subquery(queues_of(own))),
        None => Condition::all().add(Expr::value(false)),
    };
    let queues = queue::Entity::find()
        .filter(queue::Column::DisabledAt.is_null())
        .filter(seen)
        .order_by_asc(queue::Column::Name);
    let owners = match all {
        true => {
            let owners = extension::Entity::find()
                .filter(extension::Column::DisabledAt.is_null())
                .order_by_asc(extension::Column::Name);
            owners.all(db).await?
        }
        false => Vec::new(),
    };
    let labels = labels.all(db).await?.into_iter();
    let channels = channels.all(db).await?.into_iter();
    let queues = queues.all(db).await?.into_iter();
    Ok(Choices {
        labels: labels.map(|row| (row.id, row.name)).collect(),
        channels: channels.map(|row| (row.id, row.name)).collect(),
        queues: queues.map(|row| (row.id, row.name)).collect(),
        owners: owners.into_iter().map(|row| (row.id, row.name)).collect(),
    })
}
