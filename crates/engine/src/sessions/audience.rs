//! Who hears of a session's changes.

use crate::{
    Result,
    entity::{message, session},
    events::{Audience, Deed, deeds::About},
    transaction::Transaction,
};
use domain::{
    event::Change,
    ids::{MessageId, SessionId},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

/// The most sessions of contacts whose rows follow a change of these contacts at once.
const FOLLOW: u64 = 50;

/// The whole queue hears of a change of the session itself, so that it leaves the lists of those who no longer see it.
pub(crate) fn session_changed(tx: &Transaction, of: &session::Model) {
    let session = SessionId::new(of.id);
    tx.changed(Change::Session { session }, Audience::around_session(of));
}

/// Whoever hears of a change of the session hears of this, too: what was read leaves the lists of the unread.
pub(crate) fn session_read(tx: &Transaction, of: &session::Model) {
    let session = SessionId::new(of.id);
    tx.changed(Change::Read { session }, Audience::around_session(of));
}

/// Tells of the latest sessions of these contacts, and of this one: their rows and threads follow at once. Lists show the
/// others as they are now when they are read again.
pub(super) async fn contacts_changed(tx: &Transaction, contacts: &[Uuid], of: &session::Model) -> Result<()> {
    let shown = session::Entity::find()
        .filter(session::Column::ContactId.is_in(contacts.iter().copied()))
        .filter(session::Column::Id.ne(of.id))
        .order_by_desc(session::Column::LastMessageAt)
        .order_by_desc(session::Column::Id)
        .limit(FOLLOW);
    for other in shown.all(tx).await? {
        session_changed(tx, &other);
    }
    contact_changed(tx, of);
    Ok(())
}

/// The contact of the session has changed.
pub(super) fn contact_changed(tx: &Transaction, of: &session::Model) {
    tx.did(About::Session(SessionId::new(of.id)), Deed::Contact);
    session_changed(tx, of);
}

/// Tells that an outbound message was written.
pub(crate) async fn message_sent(tx: &Transaction, message: &message::Model) -> Result<()> {
    tx.did(About::Message(MessageId::new(message.id)), Deed::Sent);
    message_changed(tx, message).await
}

/// Tells that an outbound message has changed.
pub(crate) async fn message_changed(tx: &Transaction, message: &message::Model) -> Result<()> {
    if let Some(session) = session::Entity::find_by_id(message.session_id).one(tx).await? {
        let change = Change::Message {
            session: SessionId::new(session.id),
            message: MessageId::new(message.id),
            inbound: false,
        };
        tx.changed(change, Audience::of_session(&session));
    }
    Ok(())
}
