//! A channel as its editor shows it. Secrets go in and never out.

use crate::{
    Engine, Result,
    channels::{
        address::webhook_url,
        badge::{Wrong, badge, webhook_seen_at},
        reservation,
    },
    credentials::secrets,
    directory::destination::Directory,
    entity::{channel, channel_secret, stored},
};
use domain::{channel::ChannelView, ids::ChannelId, refusal::Refusal, time::Timestamp};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

pub(super) async fn view(engine: &Engine, id: ChannelId) -> Result<ChannelView> {
    Ok(find_or_reserved(engine, id).await?.ok_or(Refusal::NotFound)?)
}

/// A channel, or one that is being set up and has not been saved yet: its version is 0.
pub(super) async fn find_or_reserved(engine: &Engine, id: ChannelId) -> Result<Option<ChannelView>> {
    if let Some(channel) = find(engine, id).await? {
        return Ok(Some(channel));
    }
    let reserved = reservation::find(engine.db.read(), id).await?;
    Ok(reserved.map(|reserved| reservation::view(engine, reserved)))
}

/// A channel that has not been deleted.
pub(crate) async fn find(engine: &Engine, id: ChannelId) -> Result<Option<ChannelView>> {
    let db = engine.db.read();
    let Some(channel) = channel::Entity::find_by_id(id.uuid())
        .filter(channel::Column::DeletedAt.is_null())
        .one(db)
        .await?
    else {
        return Ok(None);
    };
    let directory = Directory::of(db, std::slice::from_ref(&channel)).await?;
    let (to, fallback) = (directory.destination(&channel), directory.fallback(&channel));
    let known = secrets::known(db, id).await?;
    let wrong = Wrong::read(db, [channel.id]).await?;
    let (badge, degraded_by) = badge(&channel, to.as_ref(), fallback.as_ref(), &known, &wrong)?;
    let end = |secret: Option<channel_secret::Model>| secret.map(|secret| secret.last_four);
    Ok(Some(ChannelView {
        id,
        version: channel.version,
        badge,
        degraded_by,
        fallback,
        sending: channel.sending()?,
        paused: channel.paused_at.is_some(),
        webhook_url: webhook_url(engine, &channel.webhook_id),
        verify_token: channel.verify_token.clone(),
        access_token_end: end(known.access_token),
        app_secret_end: end(known.app_secret),
        next_app_secret_end: end(known.next_app_secret),
        destination: to,
        webhook_seen_at: webhook_seen_at(&channel),
        last_inbound_at: channel.last_inbound_at.map(Timestamp::from_millis),
        token: stored(&channel.token_state)?,
        token_checked_at: channel.token_checked_at.map(Timestamp::from_millis),
        token_answer: channel.token_answer,
        name: channel.name,
        phone_number: channel.phone_number,
        phone_number_id: channel.phone_number_id,
        waba_id: channel.waba_id,
    }))
}
