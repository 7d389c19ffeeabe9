//! A channel is paused, resumed and deleted.

use crate::{
    Engine, Result,
    channels::change::{change, current, note},
    credentials::{seal::Kind, secrets},
    entity::{channel, outbox, session},
    events::Changes,
    random,
    sessions::{access, lifecycle, status},
};
use domain::{
    channel::Detail,
    event::Change,
    ids::{ChannelId, MessageId},
    message::Failure,
    people::{Actor, Permission},
    refusal::Refusal,
};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

/// Stops sending and checking. What comes in is still kept and shown, so that nothing is lost.
pub async fn pause(e: &Engine, actor: &Actor, id: ChannelId) -> Result<()> {
    change(e, actor, id, "channel.pause", |e, channel| {
        channel.paused_at = Set(Some(e.clock().now().millis()));
        Ok(())
    })
    .await
}

pub async fn resume(e: &Engine, actor: &Actor, id: ChannelId) -> Result<()> {
    change(e, actor, id, "channel.resume", |_, channel| {
        channel.paused_at = Set(None);
        Ok(())
    })
    .await?;
    e.outbox_wake.notify_one();
    Ok(())
}

/// Deletes a channel: its secrets and its webhook address are gone at once, its sessions are closed and stay
/// readable, and what still waited to be sent fails with that reason, or is unconfirmed where Meta may have it.
///
/// # Errors
/// [`Refusal::NameDiffers`] unless `name` is the channel's.
pub async fn delete(e: &Engine, actor: &Actor, id: ChannelId, name: &str) -> Result<()> {
    actor.require(Permission::Administer)?;
    let tx = e.db.write().await?;
    let found = current(&tx, id).await?;
    if found.name.trim() != name.trim() {
        return Err(Refusal::NameDiffers.into());
    }
    let mut changes = Changes::of(Change::Channel { channel: id });
    for job in outbox::Entity::find()
        .filter(outbox::Column::ChannelId.eq(id.uuid()))
        .all(&tx)
        .await?
    {
        outbox::Entity::delete_by_id(job.message_id).exec(&tx).await?;
        let gone = Failure {
            code: Some(100),
            title: "The channel was deleted before the message was sent".to_owned(),
            details: None,
        };
        let in_doubt = job.calling_since.is_some() || job.doubts > 0;
        let message = MessageId::new(job.message_id);
        changes.append(status::given_up(&tx, message, gone, in_doubt).await?);
    }
    for open in session::Entity::find()
        .filter(session::Column::ChannelId.eq(id.uuid()))
        .filter(access::is_open())
        .all(&tx)
        .await?
    {
        changes.append(lifecycle::end(e, &tx, actor, &open).await?);
    }
    secrets::remove(&tx, id, &Kind::ALL).await?;
    let now = e.clock().now().millis();
    let found_name = found.name.clone();
    let mut gone = found.into_active_model();
    gone.deleted_at = Set(Some(now));
    // Another channel may have the number now, and nobody may call the old address.
    gone.phone_number_id = Set(None);
    gone.webhook_id = Set(random::token());
    channel::Entity::update(gone).exec(&tx).await?;
    let name = found_name.trim().to_owned();
    note(e, &tx, actor, id, "channel.delete", Some(Detail::Name { name })).await?;
    tx.commit().await?;
    e.hooks.forget();
    e.events().publish(changes);
    Ok(())
}
