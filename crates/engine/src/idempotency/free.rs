//! Which keys may be claimed, and whether a token may have another one.

use crate::{
    Engine, Result,
    entity::idempotency_key::{Column, Entity},
};
use domain::{ids::TokenId, time::Timestamp};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::time::Duration;

/// How long a key belongs to its request.
pub(super) const LIVES: Duration = Duration::from_secs(24 * 60 * 60);
/// How many keys a token may have within 24 hours: about so many, because they are counted now and then only.
const MOST: u64 = 100_000;

/// Whether a key may be claimed again: it has had its day, or whoever served the request died before it had an effect.
pub(super) fn is_free(now: Timestamp) -> Condition {
    let died = Condition::all()
        .add(Column::EffectAt.is_null())
        .add(Column::Sealed.is_null())
        .add(Column::LeasedUntil.lte(now.millis()));
    Condition::any()
        .add(Column::At.lte(now.minus(LIVES).millis()))
        .add(died)
}

/// Whether the token may have a new key.
pub(super) async fn has_room(engine: &Engine, token: TokenId, now: Timestamp) -> Result<bool> {
    if let Some(has_room) = engine.key_room.take(token, now) {
        return Ok(has_room);
    }
    let last: Option<String> = Entity::find()
        .select_only()
        .column(Column::Key)
        .filter(Column::TokenId.eq(token.uuid()))
        .filter(is_free(now).not())
        .order_by_asc(Column::Key)
        .offset(MOST - 1)
        .limit(1)
        .into_tuple()
        .one(engine.db.read())
        .await?;
    engine.key_room.counted(token, last.is_some(), now);
    Ok(last.is_none())
}
