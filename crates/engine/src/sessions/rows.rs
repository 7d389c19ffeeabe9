//! Sessions as lists show them.

use crate::{
    Error, Result,
    contacts::{self, merged},
    entity::{
        channel, extension, message, queue,
        session::{self, ANSWERED},
        stored,
    },
    labels,
    sessions::messages,
};
use domain::{
    ids::{ChannelId, MessageId, QueueId, SessionId},
    message::MessageView,
    refs::{ChannelRef, QueueRef},
    session::{Preview, SessionRow},
    time::Timestamp,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Select, sea_query::Expr};
use std::collections::{BTreeSet, HashMap, HashSet};
use uuid::Uuid;

/// Rows as they are shown, in the order given; each table is read once. A session whose contact was erased since it was
/// read has none.
pub(crate) async fn rows(db: &impl ConnectionTrait, found: Vec<session::Model>) -> Result<Vec<SessionRow>> {
    let newest = newest_messages(db, &found).await?;
    let newest_of = |of: &session::Model| newest.get(&MessageId::new(of.last_message_id?));
    let mut previews: HashMap<Uuid, Preview> = found
        .iter()
        .filter_map(|of| Some((of.id, Preview::of(newest_of(of)?))))
        .collect();
    let mut rows = without_messages(db, found).await?;
    for row in &mut rows {
        row.last_message = previews.remove(&row.id.uuid());
    }
    Ok(rows)
}

/// The same without the newest messages, which are two statements more, for whoever does not show them.
pub(crate) async fn without_messages(
    db: &impl ConnectionTrait,
    found: Vec<session::Model>,
) -> Result<Vec<SessionRow>> {
    let ids = |pick: fn(&session::Model) -> Option<Uuid>| -> BTreeSet<Uuid> {
        found.iter().filter_map(pick).collect()
    };
    let contacts = merged::known(db, ids(|s| Some(s.contact_id))).await?;
    let channels: Vec<(Uuid, String)> = channel::Entity::find()
        .select_only()
        .columns([channel::Column::Id, channel::Column::Name])
        .filter(channel::Column::Id.is_in(ids(|s| Some(s.channel_id))))
        .into_tuple()
        .all(db)
        .await?;
    let channels: HashMap<_, _> = channels.into_iter().collect();
    let queues = by_id::<queue::Entity>(db, queue::Column::Id, ids(|s| s.queue_id)).await?;
    let queues: HashMap<_, _> = queues.into_iter().map(|row| (row.id, row)).collect();
    let owners = by_id::<extension::Entity>(db, extension::Column::Id, ids(|s| s.extension_id)).await?;
    let owners: HashMap<_, _> = owners.into_iter().map(|row| (row.id, row)).collect();
    let mut labels = labels::of_sessions(db, found.iter().map(|row| row.id)).await?;

    let mut rows = Vec::with_capacity(found.len());
    for row in found {
        let Some(contact) = contacts.get(&row.contact_id).cloned() else {
            continue;
        };
        let missing = |what: &str| Error::Corrupt(format!("session {} has no {what}", row.id));
        let queue = match row.queue_id.and_then(|id| queues.get(&id)) {
            Some(queue) => Some(QueueRef {
                id: QueueId::new(queue.id),
                name: queue.name.clone(),
                pick_up: queue.pick_up_mode()?,
            }),
            None => None,
        };
        rows.push(SessionRow {
            id: SessionId::new(row.id),
            state: stored(&row.state)?,
            contact: contacts::reference(contact),
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
            last_message: None,
            last_message_at: Timestamp::from_millis(row.last_message_at),
            window_closes_at: row.window_closes_at(),
            opened_at: Timestamp::from_millis(row.opened_at),
            closed_at: row.closed_at.map(Timestamp::from_millis),
            waiting_since: (row.closed_at.is_none() && row.waiting_since < ANSWERED)
                .then(|| Timestamp::from_millis(row.waiting_since)),
            snoozed_until: row.snoozed_until.map(Timestamp::from_millis),
            group: row.group_id.is_some(),
            labels: labels.remove(&row.id).unwrap_or_default(),
        });
    }
    Ok(rows)
}

/// The rows of these ids. For none there is no statement: often nobody owns any session of a page.
async fn by_id<E: EntityTrait>(
    db: &impl ConnectionTrait,
    id: E::Column,
    ids: BTreeSet<Uuid>,
) -> Result<Vec<E::Model>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(E::find().filter(id.is_in(ids)).all(db).await?)
}

/// The newest message of each session as its thread shows it: as it was edited, or taken back.
async fn newest_messages(
    db: &impl ConnectionTrait,
    found: &[session::Model],
) -> Result<HashMap<MessageId, MessageView>> {
    use message::Column;
    let newest: HashSet<Uuid> = found.iter().filter_map(|of| of.last_message_id).collect();
    let by_id = message::Entity::find().filter(Column::Id.is_in(newest.iter().copied()));
    let mut rows = by_id.all(db).await?;
    let about = about_the_newest(found).all(db).await?;
    rows.extend(about.into_iter().filter(|row| !newest.contains(&row.id)));
    let shown = domain::message::thread::fold(rows.into_iter().map(messages::view).collect::<Result<_>>()?);
    Ok(shown.into_iter().map(|message| (message.id, message)).collect())
}

/// Messages about another one that are no older than the newest of their session: a message about another one comes
/// after it.
fn about_the_newest(found: &[session::Model]) -> Select<message::Entity> {
    use message::Column;
    let newest =
        "messages.at >= (SELECT last_message_at FROM sessions WHERE sessions.id = messages.session_id)";
    message::Entity::find()
        .filter(Column::SessionId.is_in(found.iter().map(|of| of.id)))
        .filter(Column::TargetWamid.is_not_null())
        .filter(Expr::cust(newest))
}
