//! The worker that asks Meta about each channel's access token: after a save, and every few minutes, so that the
//! badge turns red and green again by itself.

use crate::{Engine, Result, channels, entity::channel, seal::Kind, token_state};
use domain::{channel::TokenState, ids::ChannelId, refusal::Refusal};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use whatsapp::errors::RetryClass;

/// How old an answer may be.
const FRESH: Duration = Duration::from_secs(5 * 60);
/// How often it looks without being woken.
const PATROL: Duration = Duration::from_secs(15);

pub(crate) async fn run(e: Engine, stop: CancellationToken) {
    while !stop.is_cancelled() {
        if let Err(error) = pass(&e, &stop).await {
            tracing::error!(%error, "channels cannot be checked now");
        }
        tokio::select! {
            () = e.channel_check.notified() => {}
            () = tokio::time::sleep(PATROL) => {}
            () = stop.cancelled() => {}
        }
    }
}

async fn pass(e: &Engine, stop: &CancellationToken) -> Result<()> {
    for channel in due(e).await? {
        tokio::select! {
            checked = check(e, ChannelId::new(channel.id)) => checked?,
            () = stop.cancelled() => break,
        }
    }
    Ok(())
}

/// Channels that can send and whose token nobody has asked about for a while.
pub(crate) async fn due(e: &Engine) -> Result<Vec<channel::Model>> {
    use channel::Column;
    let stale = e.clock().now().minus(FRESH).millis();
    Ok(channel::Entity::find()
        .filter(Column::PhoneNumberId.is_not_null())
        .filter(
            Condition::any()
                .add(Column::TokenCheckedAt.is_null())
                .add(Column::TokenCheckedAt.lt(stale)),
        )
        .all(e.db.read())
        .await?)
}

/// Asks Meta for the channel's number with its token, and keeps the answer.
pub(crate) async fn check(e: &Engine, id: ChannelId) -> Result<()> {
    let channel = channel::Entity::find_by_id(id.uuid())
        .one(e.db.read())
        .await?
        .ok_or(Refusal::NotFound)?;
    let token = channels::open_secret(e, e.db.read(), id, Kind::AccessToken).await?;
    let (Some(number), Some(token)) = (channel.phone_number_id, token) else {
        return token_state::note(e, id, None, None).await;
    };
    match e.graph.phone_number(&token, &number).await {
        Ok(_) => token_state::note(e, id, Some(TokenState::Accepted), None).await,
        Err(error) if error.class() == RetryClass::Reauth => {
            token_state::note(e, id, Some(TokenState::Refused), Some(error.to_string())).await
        }
        Err(error) => token_state::note(e, id, None, Some(error.to_string())).await,
    }
}
