//! The calling code for numbers that are typed without one.

use crate::{Engine, Result, entity::channel};
use domain::{
    access::{Actor, Permission},
    ids::ChannelId,
    phone::PhoneNumber,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

/// The calling code for numbers that are typed without one: that of the channel's number, or of any other channel's.
///
/// # Errors
/// `Forbidden` for an actor who may not read all channels.
pub async fn calling_code(engine: &Engine, actor: &Actor, id: ChannelId) -> Result<Option<String>> {
    actor.require(Permission::ChannelRead)?;
    actor.reaches_everything()?;
    calling_code_of(engine, Some(id)).await
}

pub(super) async fn calling_code_of(engine: &Engine, id: Option<ChannelId>) -> Result<Option<String>> {
    let channels = channel::Entity::find()
        .filter(channel::Column::DeletedAt.is_null())
        .filter(channel::Column::PhoneNumber.is_not_null())
        .order_by_asc(channel::Column::CreatedAt)
        .all(engine.db.read())
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
