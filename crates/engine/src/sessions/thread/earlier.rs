//! The earlier sessions of a contact, and of those with which it is merged, that the actor may see.

use crate::{
    Result,
    entity::{channel, extension, message, session},
    sessions::access,
};
use domain::{access::Actor, ids::SessionId, session::EarlierSession, time::Timestamp};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    Select,
    sea_query::{Expr, Query},
};
use std::collections::HashMap;
use uuid::Uuid;

/// Maximum number of earlier sessions in the details.
const MAX_PAST: u64 = 50;

/// The sessions of these contacts before this one that the actor may see, the latest first. Leaves out a session whose
/// messages went into another, because it is empty.
pub(crate) fn earlier(actor: &Actor, contacts: &[Uuid], than: &session::Model) -> Select<session::Entity> {
    use session::Column;
    let has_messages = Query::select()
        .expr(Expr::value(1))
        .from(message::Entity)
        .and_where(
            Expr::col((message::Entity, message::Column::SessionId)).equals((session::Entity, Column::Id)),
        )
        .to_owned();
    let same_time = Condition::all()
        .add(Column::OpenedAt.eq(than.opened_at))
        .add(Column::Id.lt(than.id));
    session::Entity::find()
        .filter(Column::ContactId.is_in(contacts.iter().copied()))
        .filter(
            Condition::any()
                .add(Column::OpenedAt.lt(than.opened_at))
                .add(same_time),
        )
        .filter(access::visible_to(actor))
        .filter(Expr::exists(has_messages))
        .order_by_desc(Column::OpenedAt)
        .order_by_desc(Column::Id)
}

pub(crate) async fn earlier_than(
    db: &impl ConnectionTrait,
    actor: &Actor,
    contacts: &[Uuid],
    than: &session::Model,
) -> Result<Option<session::Model>> {
    Ok(earlier(actor, contacts, than).one(db).await?)
}

pub(crate) async fn past(
    db: &impl ConnectionTrait,
    actor: &Actor,
    contacts: &[Uuid],
    of: &session::Model,
) -> Result<Vec<EarlierSession>> {
    let found = earlier(actor, contacts, of).limit(MAX_PAST).all(db).await?;
    labels(db, found).await
}

/// The labels of sessions, in the order given.
pub(crate) async fn labels(
    db: &impl ConnectionTrait,
    rows: Vec<session::Model>,
) -> Result<Vec<EarlierSession>> {
    let channels = rows.iter().map(|row| row.channel_id);
    let channels = channel::Entity::find()
        .filter(channel::Column::Id.is_in(channels))
        .all(db)
        .await?;
    let channels: HashMap<_, _> = channels.into_iter().map(|row| (row.id, row.name)).collect();
    let owners = rows.iter().filter_map(|row| row.extension_id);
    let owners = extension::Entity::find()
        .filter(extension::Column::Id.is_in(owners))
        .all(db)
        .await?;
    let owners: HashMap<_, _> = owners.into_iter().map(|row| (row.id, row.name)).collect();
    let label = |row: session::Model| EarlierSession {
        id: SessionId::new(row.id),
        channel: channels.get(&row.channel_id).cloned().unwrap_or_default(),
        owner: row.extension_id.and_then(|id| owners.get(&id)).cloned(),
        opened_at: Timestamp::from_millis(row.opened_at),
        closed_at: row.closed_at.map(Timestamp::from_millis),
        group: row.group_id.is_some(),
    };
    Ok(rows.into_iter().map(label).collect())
}
