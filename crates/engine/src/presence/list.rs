//! How colleagues see operators.

use crate::{Result, entity::presence};
use domain::{presence::Presence, time::Timestamp};
use sea_orm::{ConnectionTrait, EntityTrait};
use std::collections::HashMap;
use uuid::Uuid;

/// Of each extension; one that is missing is offline.
pub(crate) async fn presences(db: &impl ConnectionTrait, now: Timestamp) -> Result<HashMap<Uuid, Presence>> {
    let rows = presence::Entity::find().all(db).await?;
    let shown = |row: presence::Model| Ok((row.extension_id, row.shown(now)?));
    rows.into_iter().map(shown).collect()
}
