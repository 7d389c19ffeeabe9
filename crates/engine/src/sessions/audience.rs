//! Who hears of a session's changes.

use crate::{
    Result,
    entity::{message, session},
    events::Audience,
    transaction::Transaction,
};
use domain::{
    event::Change,
    ids::{MessageId, SessionId},
};
use sea_orm::EntityTrait;

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

/// Tells that an outbound message was written, or that its tick has moved.
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
