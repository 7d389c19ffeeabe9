//! Pausing, resuming and deleting a channel.

use crate::{
    Engine, Error, Result,
    channels::change::{change, current_alone, note},
    credentials::{seal::Kind, secrets},
    entity::{channel, outbox, session},
    events::{Audience, Deed, deeds::About},
    random,
    sessions::{access, lifecycle, status},
    transaction::Transaction,
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
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect};
use std::collections::BTreeSet;
use uuid::Uuid;

/// How often a deletion begins, if something comes between each time.
const TRIES: usize = 5;

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
    // Otherwise a wrong name would lock all that belongs to the channel first.
    let found = channel::Entity::find_by_id(id.uuid())
        .filter(channel::Column::DeletedAt.is_null())
        .one(engine.db.read())
        .await?;
    is_meant(&found.ok_or(Refusal::NotFound)?, version, name)?;
    for _ in 0..TRIES {
        let tx = engine.transaction(actor).await?;
        if remove(&tx, id, version, name).await? {
            return tx.commit().await;
        }
    }
    Err(Error::Unavailable(
        "customers write to the channel while it is deleted",
    ))
}

/// `false`: something came between, and nothing may be changed.
async fn remove(tx: &Transaction, id: ChannelId, version: Option<i64>, name: &str) -> Result<bool> {
    // Before the channel, as whoever sends or receives does: nobody waits for another in a circle.
    let known: BTreeSet<Uuid> = jobs(tx, id).await?.iter().map(|job| job.message_id).collect();
    status::lock(tx, known.iter().copied()).await?;
    let open = open_sessions(tx, id).await?;
    let sessions = tx
        .lock::<session::Entity>(session::Column::Id, open.iter().copied())
        .await?;
    let found = current_alone(tx, id).await?;
    is_meant(&found, version, name)?;
    // What came before the channel was locked is not locked itself.
    let (waiting, still_open) = (jobs(tx, id).await?, open_sessions(tx, id).await?);
    let is_locked = waiting.iter().all(|job| known.contains(&job.message_id)) && still_open.is_subset(&open);
    if !is_locked {
        return Ok(false);
    }
    for job in waiting {
        outbox::Entity::delete_by_id(job.message_id).exec(tx).await?;
        let gone = Failure::new(100, "The channel was deleted before the message was sent");
        let in_doubt = job.calling_since.is_some() || job.doubts > 0;
        let message = MessageId::new(job.message_id);
        status::given_up(tx, message, gone, None, in_doubt).await?;
    }
    for session in sessions.iter().filter(|session| still_open.contains(&session.id)) {
        lifecycle::end(tx, session, None).await?;
    }
    secrets::remove(tx, id, Kind::ALL).await?;
    let now = tx.engine().clock().now().millis();
    let found_name = found.name.clone();
    let mut gone = found.into_active_model();
    gone.deleted_at = Set(Some(now));
    // Another channel may have the number now, and nobody may call the old address.
    gone.phone_number_id = Set(None);
    gone.webhook_id = Set(random::token());
    channel::Entity::update(gone).exec(tx).await?;
    let name = found_name.trim().to_owned();
    note(tx, id, "channel.delete", Some(AuditDetail::Name { name }))?;
    tx.then(|engine| engine.webhook_cache.forget());
    tx.did(About::Channel(id), Deed::ChannelDeleted);
    tx.changed(Change::Channel { channel: id }, Audience::Everybody);
    Ok(true)
}

fn is_meant(channel: &channel::Model, version: Option<i64>, name: &str) -> std::result::Result<(), Refusal> {
    if version.is_some_and(|version| version != channel.version) {
        return Err(Refusal::ChangedMeanwhile);
    }
    match channel.name.trim() == name.trim() {
        true => Ok(()),
        false => Err(Refusal::NameDiffers),
    }
}

async fn jobs(tx: &Transaction, id: ChannelId) -> Result<Vec<outbox::Model>> {
    let of_channel = outbox::Entity::find().filter(outbox::Column::ChannelId.eq(id.uuid()));
    Ok(of_channel.all(tx).await?)
}

async fn open_sessions(tx: &Transaction, id: ChannelId) -> Result<BTreeSet<Uuid>> {
    let ids: Vec<Uuid> = session::Entity::find()
        .select_only()
        .column(session::Column::Id)
        .filter(session::Column::ChannelId.eq(id.uuid()))
        .filter(access::is_open())
        .into_tuple()
        .all(tx)
        .await?;
    Ok(ids.into_iter().collect())
}
