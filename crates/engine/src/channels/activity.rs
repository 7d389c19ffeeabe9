//! The Activity tab: who changed what, how the badge changed, and what became of the last deliveries.

use super::detail;
use crate::{
    Engine, Result,
    entity::{audit, channel, dead_letter, delivery},
};
use domain::{
    channel::{Activity, ActivityView, Deed, DeliveryRow, Detail, Presence},
    ids::ChannelId,
    people::{Actor, Permission},
    refusal::Refusal,
    time::Timestamp,
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};

const LINES: u64 = 50;
const DELIVERIES: u64 = 20;

/// The newest lines of a channel's history.
pub async fn activity(e: &Engine, actor: &Actor, id: ChannelId) -> Result<ActivityView> {
    actor.require(Permission::Administer)?;
    let db = e.db.read();
    channel::Entity::find_by_id(id.uuid())
        .one(db)
        .await?
        .ok_or(Refusal::NotFound)?;
    let lines = audit::Entity::find()
        .filter(audit::Column::SubjectKind.eq("channel"))
        .filter(audit::Column::SubjectId.eq(id.uuid()))
        .order_by_desc(audit::Column::Id)
        .limit(LINES)
        .all(db)
        .await?;
    let deliveries = delivery::Entity::find()
        .filter(delivery::Column::ChannelId.eq(id.uuid()))
        .order_by_desc(delivery::Column::Id)
        .limit(DELIVERIES)
        .all(db)
        .await?;
    let mut rows = Vec::with_capacity(deliveries.len());
    for delivery in deliveries {
        let dead = dead_letter::Entity::find()
            .filter(dead_letter::Column::DeliveryId.eq(delivery.id))
            .count(db)
            .await?;
        rows.push(DeliveryRow {
            at: Timestamp::from_millis(delivery.received_at),
            processed_at: delivery.processed_at.map(Timestamp::from_millis),
            dead_letters: u32::try_from(dead).unwrap_or(u32::MAX),
        });
    }
    Ok(ActivityView {
        activity: lines.into_iter().filter_map(line).collect(),
        deliveries: rows,
    })
}

/// A channel for its editor, or who deleted it.
///
/// # Errors
/// `Forbidden` for who may not look at channels, `NotFound` when there never was one.
pub async fn presence(e: &Engine, actor: &Actor, id: ChannelId) -> Result<Presence> {
    crate::extensions::actor_may_look(actor)?;
    if let Some(channel) = super::find(e, id).await? {
        return Ok(Presence::Here(Box::new(channel)));
    }
    let deleted = audit::Entity::find()
        .filter(audit::Column::SubjectKind.eq("channel"))
        .filter(audit::Column::SubjectId.eq(id.uuid()))
        .filter(audit::Column::Action.eq("channel.delete"))
        .one(e.db.read())
        .await?
        .and_then(line)
        .ok_or(Refusal::NotFound)?;
    Ok(Presence::Deleted {
        name: match deleted.detail {
            Some(Detail::Name { name } | Detail::Text { text: name }) => name,
            _ => String::new(),
        },
        by: deleted.who,
        at: deleted.at,
    })
}

fn line(row: audit::Model) -> Option<Activity> {
    let what = match row.action.as_str() {
        "channel.add" => Deed::Added,
        "channel.authentication" => Deed::SavedAuthentication,
        "channel.messaging" => Deed::SavedMessaging,
        "channel.rotate_verify_token" => Deed::RotatedVerifyToken,
        "channel.drop_old_app_secret" => Deed::DroppedOldAppSecret,
        "channel.pause" => Deed::Paused,
        "channel.resume" => Deed::Resumed,
        "channel.delete" => Deed::Deleted,
        "channel.badge" => Deed::BadgeChanged,
        action if action.starts_with("channel.meta") => Deed::AskedMeta,
        _ => return None,
    };
    // `person:ID:LOGIN`, `token:ID:NAME`, `system`.
    let who = row.actor.splitn(3, ':').nth(2).map(str::to_owned);
    Some(Activity {
        at: Timestamp::from_millis(row.at),
        who,
        what,
        detail: row.detail.as_deref().map(detail::read),
    })
}
