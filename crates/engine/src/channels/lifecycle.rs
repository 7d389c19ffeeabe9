//! Pausing, resuming and deleting a channel.

use crate::{
    Engine, Result,
    channels::change::{change, current, note},
    credentials::{seal::Kind, secrets},
    entity::{channel, outbox, session},
    events::Audience,
    random,
    sessions::{access, lifecycle, status},
    wakes::Worker,
};
use domain::{
    access::{Actor, Permission},
    channel::AuditDetail,
    event::Change,
    ids::{ChannelId, MessageId},
    message::Failure,
    refusal::Refusal,
};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

/// Stops sending and checking. Incoming messages are still stored and shown, so that nothing is lost.
pub async fn pause(engine: &Engine, actor: &Actor, id: ChannelId) -> Result<()> {
    change(engine, actor, id, "channel.pause", |tx, channel| {
        channel.paused_at = Set(Some(tx.engine().clock().now().millis()));
    })
    .await
}

pub async fn resume(engine: &Engine, actor: &Actor, id: ChannelId) -> Result<()> {
    change(engine, actor, id, "channel.resume", |tx, channel| {
        channel.paused_at = Set(None);
        tx.wake(Worker::Outbound);
    })
    .await
}

/// Deletes a channel: its secrets and its webhook address are gone at once, and its sessions are closed and stay
/// readable. Messages that still wait to be sent fail with that reason, or become unconfirmed where Meta may have them.
///
/// # Errors
/// [`Refusal::ChangedMeanwhile`] if there is a `version` and it is not the channel's, [`Refusal::NameDiffers`] unless
/// `name` is.
pub async fn delete(
    engine: &Engine,
    actor: &Actor,
    id: ChannelId,
    version: Option<i64>,
    name: &str,
) -> Result<()> {
    actor.require(Permission::ChannelChange)?;
    let tx = engine.transaction(actor).await?;
    let found = current(&tx, id).await?;
    if version.is_some_and(|version| version != found.version) {
        return Err(Refusal::ChangedMeanwhile.into());
    }
    if found.name.trim() != name.trim() {
        return Err(Refusal::NameDiffers.into());
    }
    let jobs = outbox::Entity::find()
        .filter(outbox::Column::ChannelId.eq(id.uuid()))
        .all(&tx)
        .await?;
    status::lock(&tx, jobs.iter().map(|job| job.message_id)).await?;
    for job in jobs {
        outbox::Entity::delete_by_id(job.message_id).exec(&tx).await?;
        let gone = Failure::new(100, "The channel was deleted before the message was sent");
        let in_doubt = job.calling_since.is_some() || job.doubts > 0;
        let message = MessageId::new(job.message_id);
        status::given_up(&tx, message, gone, None, in_doubt).await?;
    }
    for open in session::Entity::find()
        .filter(session::Column::ChannelId.eq(id.uuid()))
        .filter(access::is_open())
        .all(&tx)
        .await?
    {
        lifecycle::end(&tx, &open, None).await?;
    }
    secrets::remove(&tx, id, Kind::ALL).await?;
    let now = engine.clock().now().millis();
    let found_name = found.name.clone();
    let mut gone = found.into_active_model();
    gone.deleted_at = Set(Some(now));
    // Another channel may have the number now, and nobody may call the old address.
    gone.phone_number_id = Set(None);
    gone.webhook_id = Set(random::token());
    channel::Entity::update(gone).exec(&tx).await?;
    let name = found_name.trim().to_owned();
    note(&tx, id, "channel.delete", Some(AuditDetail::Name { name }))?;
    tx.then(|engine| engine.webhook_cache.forget());
    tx.changed(Change::Channel { channel: id }, Audience::Everybody);
    tx.commit().await
}
