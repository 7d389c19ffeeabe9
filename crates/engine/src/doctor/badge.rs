//! Records every change of a badge, with its reason. The worker listens to the events that pages listen to: whatever
//! can change a badge tells the pages, so no other code needs to think of it, and a message that changes no badge costs
//! nothing. It looks at every channel when it starts and periodically, so that a change whose event was lost is
//! recorded all the same.

use crate::{
    Engine, Result,
    audit::{Subject, detail},
    channels,
    entity::{audit as rows, channel},
    events::{Audience, Deed, Told, deeds::About},
};
use domain::{
    access::Actor,
    channel::{AuditDetail, BadgeChange},
    event::Change,
    ids::ChannelId,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::{sync::atomic::Ordering, time::Duration};
use tokio_util::sync::CancellationToken;

/// How often it looks at every channel without an event.
const PATROL: Duration = Duration::from_secs(60);
const ACTION: &str = "channel.badge";

pub(crate) async fn run(engine: Engine, stop: CancellationToken) {
    let mut events = engine.events().subscribe();
    let mut heard = engine.events().last();
    let mut due = Due::Every;
    loop {
        if let Err(error) = look(&engine, due).await {
            tracing::error!(%error, "a change of a badge cannot be recorded now");
        }
        engine.badges_heard.store(heard, Ordering::SeqCst);
        due = tokio::select! {
            event = events.next(&Actor::System) => match event {
                Some(event) => {
                    heard = heard.max(event.number);
                    Due::after(&event)
                }
                None => return,
            },
            () = tokio::time::sleep(PATROL) => Due::Every,
            () = stop.cancelled() => return,
        };
    }
}

/// Whose badge may have changed.
#[derive(Debug, Clone, Copy)]
enum Due {
    Nobody,
    One(ChannelId),
    Every,
}

impl Due {
    fn after(event: &Told) -> Self {
        match event.change {
            Change::Channel { channel } => Self::One(channel),
            // `Directory`: a destination may have been disabled. `Resync`: some events were missed.
            Change::Directory | Change::Resync => Self::Every,
            _ => Self::Nobody,
        }
    }
}

async fn look(engine: &Engine, due: Due) -> Result<()> {
    match due {
        Due::Nobody => {}
        Due::One(id) => note(engine, id).await?,
        Due::Every => {
            let all = channel::Entity::find()
                .select_only()
                .column(channel::Column::Id)
                .filter(channel::Column::DeletedAt.is_null())
                .into_tuple()
                .all(engine.db.read())
                .await?;
            for id in all {
                note(engine, ChannelId::new(id)).await?;
            }
        }
    }
    Ok(())
}

/// Compares the badge with the one that was recorded last.
async fn note(engine: &Engine, id: ChannelId) -> Result<()> {
    let Some(channel) = channels::find(engine, id).await? else {
        return Ok(());
    };
    let last = last(engine, id).await?;
    let Some(change) = BadgeChange::since(last.as_ref(), &channel) else {
        return Ok(());
    };
    let detail = detail::write(&AuditDetail::Badge(change))?;
    let subject = Subject::Channel(id.uuid());
    let tx = engine.transaction(&Actor::System).await?;
    tx.audit(ACTION, subject, Some(detail));
    tx.did(About::Channel(id), Deed::Channel);
    tx.changed(Change::Channel { channel: id }, Audience::Everybody);
    tx.commit().await
}

async fn last(engine: &Engine, id: ChannelId) -> Result<Option<BadgeChange>> {
    let row = rows::Entity::find()
        .filter(rows::Column::SubjectKind.eq("channel"))
        .filter(rows::Column::SubjectId.eq(id.uuid()))
        .filter(rows::Column::Action.eq(ACTION))
        .order_by_desc(rows::Column::Id)
        .one(engine.db.read())
        .await?;
    let detail = row.and_then(|row| row.detail).map(|text| detail::read(&text));
    Ok(match detail {
        Some(AuditDetail::Badge(change)) => Some(change),
        _ => None,
    })
}
