//! A channel's badge before and after something was learnt of it; a change becomes a row of the audit log, with its
//! reason.

use crate::{
    Engine, Result,
    audit::{self, Subject},
    channels,
};
use domain::{
    channel::{Badge, ChannelView},
    ids::ChannelId,
    people::Actor,
};
use tokio::sync::MutexGuard;

/// The badge before a change. While it is held nobody else changes one, so that each change is noted once.
#[derive(Debug)]
pub(crate) struct Before<'e> {
    e: &'e Engine,
    id: ChannelId,
    badge: Badge,
    _alone: MutexGuard<'e, ()>,
}

pub(crate) async fn before(e: &Engine, id: ChannelId) -> Result<Before<'_>> {
    let alone = e.badges.lock().await;
    let badge = channels::get(e, &Actor::System, id).await?.badge;
    Ok(Before {
        e,
        id,
        badge,
        _alone: alone,
    })
}

impl Before<'_> {
    /// Compares with the badge after the change, which has been committed.
    pub(crate) async fn note(self) -> Result<()> {
        let Self { e, id, badge, .. } = &self;
        note_change(e, *id, *badge).await
    }
}

async fn note_change(e: &Engine, id: ChannelId, before: Badge) -> Result<()> {
    let now = channels::get(e, &Actor::System, id).await?;
    if now.badge == before {
        return Ok(());
    }
    let mut detail = format!("{} → {}", name(before), name(now.badge));
    if let Some(why) = why(now) {
        detail = format!("{detail}: {why}");
    }
    let tx = e.db.write().await?;
    let subject = Subject::Channel(id.uuid());
    audit::note(e, &tx, &Actor::System, "channel.badge", subject, Some(detail)).await?;
    tx.commit().await?;
    Ok(())
}

fn why(channel: ChannelView) -> Option<String> {
    match channel.badge {
        Badge::TokenRefused => channel.token_answer,
        Badge::Degraded => {
            let names: Vec<&str> = channel.degraded_by.iter().map(|check| check.as_str()).collect();
            Some(names.join(", "))
        }
        _ => None,
    }
}

fn name(badge: Badge) -> String {
    let name = serde_json::to_value(badge).unwrap_or_default();
    name.as_str().unwrap_or_default().to_owned()
}
