//! Why a message that is written now cannot go out through a channel.

use crate::{
    Result,
    credentials::seal::Kind,
    entity::{channel, channel_secret, stored},
};
use domain::{channel::TokenState, session::Blocked};
use sea_orm::{ConnectionTrait, EntityTrait};
use uuid::Uuid;

/// Why a message that is written now cannot go out through the channel; `None` when it can.
pub(crate) async fn blocked(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Blocked>> {
    let Some(channel) = channel::Entity::find_by_id(id).one(db).await? else {
        return Ok(Some(Blocked::Incomplete));
    };
    let token = channel_secret::Entity::find_by_id((id, Kind::AccessToken.as_str().to_owned()))
        .one(db)
        .await?;
    let complete = channel.deleted_at.is_none() && channel.phone_number_id.is_some() && token.is_some();
    Ok(match stored(&channel.token_state)? {
        _ if !complete => Some(Blocked::Incomplete),
        _ if channel.paused_at.is_some() => Some(Blocked::Paused),
        TokenState::Refused => Some(Blocked::TokenRefused),
        TokenState::Unknown | TokenState::Accepted => None,
    })
}
