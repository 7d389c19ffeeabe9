//! Communication channels: what lists and the editor show. Secrets go in and never out.

mod badge;
mod history;
pub(crate) mod reservation;
mod save;
pub(crate) mod traffic;

pub(crate) use crate::directory::destination::Directory;
pub use history::{activity, presence};
pub use save::{
    create, delete, drop_old_app_secret, pause, reserve, resume, rotate_verify_token, save_authentication,
    save_messaging,
};

use crate::{
    Engine, Result,
    credentials::secrets::{self, Known},
    directory::destination,
    entity::{channel, channel_secret},
};
use badge::{Wrong, badge, webhook_seen_at};
use domain::{
    access::{Actor, Permission},
    channel::{ChannelRow, ChannelView, Destinations, TokenState},
    ids::ChannelId,
    phone::PhoneNumber,
    refusal::Refusal,
    time::Timestamp,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

/// Every channel. Each table is read with one statement, however many channels there are.
pub async fn list(e: &Engine, actor: &Actor) -> Result<Vec<ChannelRow>> {
    actor.require(Permission::ChannelRead)?;
    let db = e.db.read();
    let channels = channel::Entity::find()
        .filter(channel::Column::DeletedAt.is_null())
        .order_by_asc(channel::Column::Name)
        .all(db)
        .await?;
    let directory = Directory::of(db, &channels).await?;
    let secrets = secrets::of_all(db).await?;
    let wrong = Wrong::read(db, None).await?;
    let traffic = traffic::of_a_day(db, e.clock().now()).await?;
    let nothing = Known::default();
    let rows = channels.into_iter().map(|channel| {
        let (to, fallback) = (directory.destination(&channel), directory.fallback(&channel));
        let known = secrets.get(&channel.id).unwrap_or(&nothing);
        let (badge, degraded_by) = badge(&channel, to.as_ref(), fallback.as_ref(), known, &wrong);
        let day = traffic.get(&channel.id).copied().unwrap_or_default();
        ChannelRow {
            id: ChannelId::new(channel.id),
            inbound_day: day.inbound,
            outbound_day: day.outbound,
            name: channel.name,
            phone_number: channel.phone_number,
            phone_number_id: channel.phone_number_id,
            destination: to,
            badge,
            degraded_by,
            last_inbound_at: channel.last_inbound_at.map(Timestamp::from_millis),
        }
    });
    Ok(rows.collect())
}

pub async fn get(e: &Engine, actor: &Actor, id: ChannelId) -> Result<ChannelView> {
    actor.require(Permission::ChannelRead)?;
    view(e, id).await
}

/// Every extension and queue that takes new sessions.
pub async fn destinations(e: &Engine, actor: &Actor) -> Result<Destinations> {
    actor.require(Permission::ChannelRead)?;
    destination::enabled_destinations(e).await
}

/// The calling code of numbers that are typed without one: that of the channel's number, or of any other channel's.
///
/// # Errors
/// `Forbidden` for who may not look at channels.
pub async fn calling_code(e: &Engine, actor: &Actor, id: ChannelId) -> Result<Option<String>> {
    actor.require(Permission::ChannelRead)?;
    calling_code_of(e, Some(id)).await
}

async fn calling_code_of(e: &Engine, id: Option<ChannelId>) -> Result<Option<String>> {
    let channels = channel::Entity::find()
        .filter(channel::Column::DeletedAt.is_null())
        .filter(channel::Column::PhoneNumber.is_not_null())
        .order_by_asc(channel::Column::CreatedAt)
        .all(e.db.read())
        .await?;
    let own = channels
        .iter()
        .find(|channel| id.is_some_and(|id| id.uuid() == channel.id));
    let number = own
        .or(channels.first())
        .and_then(|channel| channel.phone_number.as_deref());
    let number = number.and_then(|number| PhoneNumber::parse(number).ok());
    Ok(number.map(|number| number.calling_code().to_owned()))
}

async fn view(e: &Engine, id: ChannelId) -> Result<ChannelView> {
    Ok(find_or_reserved(e, id).await?.ok_or(Refusal::NotFound)?)
}

/// A channel, or one that is being set up and has not been saved yet: its version is 0.
async fn find_or_reserved(e: &Engine, id: ChannelId) -> Result<Option<ChannelView>> {
    if let Some(channel) = find(e, id).await? {
        return Ok(Some(channel));
    }
    let reserved = reservation::find(e.db.read(), id).await?;
    Ok(reserved.map(|reserved| reservation::view(e, reserved)))
}

/// A channel that has not been deleted.
pub(crate) async fn find(e: &Engine, id: ChannelId) -> Result<Option<ChannelView>> {
    let db = e.db.read();
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
    let wrong = Wrong::read(db, Some(channel.id)).await?;
    let (badge, degraded_by) = badge(&channel, to.as_ref(), fallback.as_ref(), &known, &wrong);
    let end = |secret: Option<channel_secret::Model>| secret.map(|secret| secret.last_four);
    Ok(Some(ChannelView {
        id,
        version: channel.version,
        badge,
        degraded_by,
        fallback,
        webhook_url: webhook_url(e, &channel.webhook_id),
        verify_token: channel.verify_token.clone(),
        access_token_end: end(known.access_token),
        app_secret_end: end(known.app_secret),
        next_app_secret_end: end(known.next_app_secret),
        destination: to,
        webhook_seen_at: webhook_seen_at(&channel),
        last_inbound_at: channel.last_inbound_at.map(Timestamp::from_millis),
        token: TokenState::from_stored(&channel.token_state),
        token_checked_at: channel.token_checked_at.map(Timestamp::from_millis),
        token_answer: channel.token_answer,
        name: channel.name,
        phone_number: channel.phone_number,
        phone_number_id: channel.phone_number_id,
        waba_id: channel.waba_id,
    }))
}

/// The address that Meta is told to call.
pub(crate) fn webhook_url(e: &Engine, webhook_id: &str) -> String {
    format!(
        "{}/webhooks/whatsapp/{webhook_id}",
        e.public_url.as_str().trim_end_matches('/')
    )
}
