//! Whom an open page tells what is new.

use crate::{Engine, Result, entity::presence};
use domain::{presence::OFFLINE_AFTER, time::Timestamp};
use sea_orm::EntityTrait;
use std::collections::HashSet;
use uuid::Uuid;

/// The extensions whose operators have a page of the console open, and have touched their computer lately.
pub(crate) async fn attentive(engine: &Engine) -> Result<HashSet<Uuid>> {
    let mut attentive: HashSet<Uuid> = engine.pages.extensions().into_iter().collect();
    let offline = engine.clock().now().minus(OFFLINE_AFTER);
    for row in presence::Entity::find().all(engine.db.read()).await? {
        let seen = row.seen_at.map(Timestamp::from_millis);
        let closed = engine.pages.closed_at(row.extension_id);
        // In another process, unless it was here.
        let elsewhere = seen > Some(offline) && seen > closed;
        if row.idle {
            attentive.remove(&row.extension_id);
        } else if elsewhere {
            attentive.insert(row.extension_id);
        }
    }
    Ok(attentive)
}
