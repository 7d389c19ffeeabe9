//! The channels as lists show them, and the destinations they may have.

use crate::{
    Engine, Result,
    channels::{
        badge::{Wrong, badge},
        traffic,
        view::view,
    },
    credentials::secrets::{self, Known},
    directory::destination::{self, Directory},
    entity::channel,
};
use domain::{
    access::{Actor, Permission},
    channel::{ChannelRow, ChannelView, Destinations},
    ids::ChannelId,
    time::Timestamp,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

/// Every channel. Each table is read with one statement, however many channels there are.
pub async fn list(engine: &Engine, actor: &Actor) -> Result<Vec<ChannelRow>> {
    actor.require(Permission::ChannelRead)?;
    let db = engine.db.read();
    let channels = channel::Entity::find()
        .filter(channel::Column::DeletedAt.is_null())
        .order_by_asc(channel::Column::Name)
        .all(db)
        .await?;
    let directory = Directory::of(db, &channels).await?;
    let secrets = secrets::of_all(db).await?;
    let wrong = Wrong::read(db, None).await?;
    let traffic = traffic::of_a_day(db, engine.clock().now()).await?;
    let nothing = Known::default();
    let rows = channels.into_iter().map(|channel| {
        let (to, fallback) = (directory.destination(&channel), directory.fallback(&channel));
        let known = secrets.get(&channel.id).unwrap_or(&nothing);
        let (badge, degraded_by) = badge(&channel, to.as_ref(), fallback.as_ref(), known, &wrong)?;
        let day = traffic.get(&channel.id).copied().unwrap_or_default();
        Ok(ChannelRow {
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
        })
    });
    rows.collect()
}

pub async fn get(engine: &Engine, actor: &Actor, id: ChannelId) -> Result<ChannelView> {
    actor.require(Permission::ChannelRead)?;
    view(engine, id).await
}

/// Every extension and queue that takes new sessions.
pub async fn destinations(engine: &Engine, actor: &Actor) -> Result<Destinations> {
    actor.require(Permission::ChannelRead)?;
    destination::enabled_destinations(engine).await
}
