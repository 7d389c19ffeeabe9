//! Lets the customer see that somebody types an answer.

use crate::{
    Engine, Result,
    entity::{channel, message},
    receipts::waiting::Receipt,
    sessions::{
        access,
        unread::{customers_messages_after, newest},
    },
    wakes::Worker,
};
use domain::{access::Actor, channel::ReadReceipts, ids::SessionId, message::CALL, refusal::Refusal};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

/// Tells WhatsApp that the actor types, unless the channel tells nothing. WhatsApp shows it for 25 seconds or until the
/// answer comes, and marks the customer's messages as read.
///
/// # Errors
/// The actor may not answer in the session now.
pub async fn typing(engine: &Engine, actor: &Actor, id: SessionId) -> Result<()> {
    let (db, now) = (engine.db.read(), engine.clock().now());
    let found = access::find(db, actor, id, false).await?;
    access::session_access(db, actor.extension(), &found)
        .await?
        .reply(actor)?;
    if !found.window_is_open(now) {
        return Err(Refusal::WindowClosed.into());
    }
    let channel = channel::Entity::find_by_id(found.channel_id).one(db).await?;
    let channel = channel.ok_or(Refusal::NotFound)?;
    if channel.read_receipts()? == ReadReceipts::Never {
        return Ok(());
    }
    let messages = customers_messages_after(found.id, None).filter(message::Column::Kind.ne(CALL));
    let last = newest(messages).one(db).await?;
    let receipt = last.and_then(|message| Receipt::of(channel.id, &message, now));
    if let Some(receipt) = receipt
        && engine.receipts.add_typing(found.id, receipt, now)
    {
        engine.wakes.wake(Worker::Receipts);
    }
    Ok(())
}
