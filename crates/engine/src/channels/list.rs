//! The channels as lists show them, and the destinations they may have.

use crate::{
    Engine, Result,
    channels::{
        badge::{Wrong, badge},
        traffic,
        view::view,
    },
    credentials::secrets::{self, Known},
    database::cursor,
    directory::destination::{self, Directory},
    entity::channel,
    reach,
};
use domain::{
    access::{Actor, Permission},
    channel::{ChannelRow, ChannelView, Destinations},
    ids::ChannelId,
    page::{Page, PageRequest},
    time::Timestamp,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Select};
use uuid::Uuid;

/// Every channel, by name.
pub async fn list(engine: &Engine, actor: &Actor) -> Result<Vec<ChannelRow>> {
    actor.require(Permission::ChannelRead)?;
    let all = existing(actor).order_by_asc(channel::Column::Name);
    rows(engine, all.all(engine.db.read()).await?).await
}

/// One page of them, by name.
pub async fn page(engine: &Engine, actor: &Actor, page: &PageRequest) -> Result<Page<ChannelRow>> {
    actor.require(Permission::ChannelRead)?;
    // Two may have the same name.
    let columns = (channel::Column::Name, channel::Column::Id);
    let place = |row: &channel::Model| (row.name.clone(), row.id);
    let found = cursor::page_of(engine.db.read(), existing(actor), columns, page, place).await?;
    Ok(Page {
        items: rows(engine, found.items).await?,
        next_cursor: found.next_cursor,
    })
}

fn existing(actor: &Actor) -> Select<channel::Entity> {
    channel::Entity::find()
        .filter(channel::Column::DeletedAt.is_null())
        .filter(reach::channels(actor))
}

/// Each table is read with one statement, however many channels there are.
async fn rows(engine: &Engine, channels: Vec<channel::Model>) -> Result<Vec<ChannelRow>> {
    let db = engine.db.read();
    let directory = Directory::of(db, &channels).await?;
    let ids: Vec<Uuid> = channels.iter().map(|channel| channel.id).collect();
    let secrets = secrets::of_channels(db, ids.iter().copied()).await?;
    let wrong = Wrong::read(db, ids).await?;
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
    reach::to_channel(actor, id)?;
    view(engine, id).await
}

/// Every extension and queue that takes new sessions.
pub async fn destinations(engine: &Engine, actor: &Actor) -> Result<Destinations> {
    actor.require(Permission::ChannelRead)?;
    actor.reaches_everything()?;
    destination::enabled_destinations(engine).await
}
