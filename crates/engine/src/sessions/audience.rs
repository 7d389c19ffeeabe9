//! Who hears of a session's changes.

use crate::{
    Result,
    entity::{message, queue_member, session},
    events::{Audience, Changes},
};
use domain::{
    event::Change,
    ids::{MessageId, SessionId},
};

use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter};
use uuid::Uuid;

/// Who hears of a session: its owner, or the members of its queue while nobody owns it.
pub(crate) async fn audience(tx: &impl ConnectionTrait, of: &session::Model) -> Result<Audience> {
    Ok(Audience::Extensions(match (of.extension_id, of.queue_id) {
        (Some(owner), _) => vec![owner],
        (None, Some(queue)) => members(tx, queue).await?,
        (None, None) => Vec::new(),
    }))
}

/// A change of the session itself is heard by the whole queue, so that it leaves the lists of those who no longer
/// see it.
pub(crate) async fn session_changed(tx: &impl ConnectionTrait, of: &session::Model) -> Result<Changes> {
    let mut ids = match of.queue_id {
        Some(queue) => members(tx, queue).await?,
        None => Vec::new(),
    };
    ids.extend(of.extension_id);
    let mut changes = Changes::default();
    changes.add(
        Change::Session {
            session: SessionId::new(of.id),
        },
        Audience::Extensions(ids),
    );
    Ok(changes)
}

pub(crate) async fn members(db: &impl ConnectionTrait, queue: Uuid) -> Result<Vec<Uuid>> {
    let rows = queue_member::Entity::find()
        .filter(queue_member::Column::QueueId.eq(queue))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| row.extension_id).collect())
}

pub(crate) async fn announce(tx: &DatabaseTransaction, message: &message::Model) -> Result<Changes> {
    let mut changes = Changes::default();
    if let Some(session) = session::Entity::find_by_id(message.session_id).one(tx).await? {
        let change = Change::Message {
            session: SessionId::new(session.id),
            message: MessageId::new(message.id),
            inbound: false,
        };
        changes.add(change, audience(tx, &session).await?);
    }
    Ok(changes)
}
