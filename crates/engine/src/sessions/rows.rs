//! Sessions as lists show them.

use crate::{
    Error, Result,
    contacts::{self},
    entity::{
        channel, contact, extension, message, queue,
        session::{self, ANSWERED},
        stored,
    },
    sessions::messages,
};
use domain::{
    ids::{ChannelId, MessageId, QueueId, SessionId},
    message::MessageView,
    refs::{ChannelRef, QueueRef},
    session::{Preview, SessionRow},
    time::Timestamp,
};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter};
use std::collections::HashMap;
use uuid::Uuid;

/// Rows as they are shown, in the order given; each table is read once.
pub(crate) async fn rows(db: &impl ConnectionTrait, found: Vec<session::Model>) -> Result<Vec<SessionRow>> {
    let ids =
        |pick: fn(&session::Model) -> Option<Uuid>| -> Vec<Uuid> { found.iter().filter_map(pick).collect() };
    let by_id = contact::Entity::find().filter(contact::Column::Id.is_in(ids(|s| Some(s.contact_id))));
    let contacts: HashMap<_, _> = by_id
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    let by_id = channel::Entity::find().filter(channel::Column::Id.is_in(ids(|s| Some(s.channel_id))));
    let channels: HashMap<_, _> = by_id
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.id, row.name))
        .collect();
    let by_id = queue::Entity::find().filter(queue::Column::Id.is_in(ids(|s| s.queue_id)));
    let queues: HashMap<_, _> = by_id
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    let by_id = extension::Entity::find().filter(extension::Column::Id.is_in(ids(|s| s.extension_id)));
    let owners: HashMap<_, _> = by_id
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    let newest = newest_messages(db, &found).await?;

    let mut rows = Vec::with_capacity(found.len());
    for row in found {
        let missing = |what: &str| Error::Corrupt(format!("session {} has no {what}", row.id));
        let queue = match row.queue_id.and_then(|id| queues.get(&id)) {
            Some(queue) => Some(QueueRef {
                id: QueueId::new(queue.id),
                name: queue.name.clone(),
                pick_up: queue.pick_up_mode()?,
            }),
            None => None,
        };
        let last = row.last_message_id.and_then(|id| newest.get(&MessageId::new(id)));
        rows.push(SessionRow {
            id: SessionId::new(row.id),
            state: stored(&row.state)?,
            contact: contacts::reference(
                contacts
                    .get(&row.contact_id)
                    .cloned()
                    .ok_or_else(|| missing("contact"))?,
            ),
            channel: ChannelRef {
                id: ChannelId::new(row.channel_id),
                name: channels
                    .get(&row.channel_id)
                    .cloned()
                    .ok_or_else(|| missing("channel"))?,
            },
            queue,
            owner: row
                .extension_id
                .and_then(|id| owners.get(&id))
                .cloned()
                .map(Into::into),
            unread: u32::try_from(row.unread).unwrap_or(0),
            last_message: last.map(Preview::of),
            last_message_at: Timestamp::from_millis(row.last_message_at),
            window_closes_at: row.window_closes_at(),
            opened_at: Timestamp::from_millis(row.opened_at),
            closed_at: row.closed_at.map(Timestamp::from_millis),
            waiting_since: (row.closed_at.is_none() && row.waiting_since < ANSWERED)
                .then(|| Timestamp::from_millis(row.waiting_since)),
            group: row.group_id.is_some(),
        });
    }
    Ok(rows)
}

/// The newest message of each session as its thread shows it: as it was edited, or taken back.
async fn newest_messages(
    db: &impl ConnectionTrait,
    found: &[session::Model],
) -> Result<HashMap<MessageId, MessageView>> {
    use message::Column;
    // A message about another one comes after it.
    let about = |of: &session::Model| {
        Condition::all()
            .add(Column::SessionId.eq(of.id))
            .add(Column::At.gte(of.last_message_at))
            .add(Column::TargetWamid.is_not_null())
    };
    let newest = Column::Id.is_in(found.iter().filter_map(|of| of.last_message_id));
    let or_about = found
        .iter()
        .map(about)
        .fold(Condition::any().add(newest), Condition::add);
    let rows = message::Entity::find().filter(or_about).all(db).await?;
    let shown = domain::message::thread::fold(rows.into_iter().map(messages::view).collect::<Result<_>>()?);
    Ok(shown.into_iter().map(|message| (message.id, message)).collect())
}
