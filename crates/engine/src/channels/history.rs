//! The Activity tab: who changed what, how the badge changed, and what became of the last deliveries.

use crate::{
    Engine, Result,
    audit::detail,
    channels::view::{find_or_reserved, view},
    entity::{audit, channel, dead_letter, delivery},
    reach,
};
use domain::{
    access::{Actor, Permission},
    channel::{Activity, ActivityView, AuditAction, AuditDetail, DeliveryRow, Presence},
    dead_letter::DeadReason,
    ids::ChannelId,
    refusal::Refusal,
    time::Timestamp,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::HashMap;
use uuid::Uuid;

const LINES: u64 = 50;
const DELIVERIES: u64 = 20;

/// The newest lines of a channel's history.
pub async fn activity(engine: &Engine, actor: &Actor, id: ChannelId) -> Result<ActivityView> {
    actor.require(Permission::AuditRead)?;
    let db = engine.db.read();
    if channel::Entity::find_by_id(id.uuid()).one(db).await?.is_none() {
        // Nothing has happened yet to a channel that is being set up.
        view(engine, id).await?;
    }
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
    let dead: Vec<(Uuid, i64)> = dead_letter::Entity::find()
        .select_only()
        .column(dead_letter::Column::DeliveryId)
        .column_as(dead_letter::Column::Id.count(), "count")
        .filter(dead_letter::Column::DeliveryId.is_in(deliveries.iter().map(|delivery| delivery.id)))
        .filter(dead_letter::Column::Reason.is_in(DeadReason::faults()))
        .group_by(dead_letter::Column::DeliveryId)
        .into_tuple()
        .all(db)
        .await?;
    let dead: HashMap<Uuid, i64> = dead.into_iter().collect();
    let deliveries = deliveries.into_iter().map(|delivery| DeliveryRow {
        at: Timestamp::from_millis(delivery.received_at),
        processed_at: delivery.processed_at.map(Timestamp::from_millis),
        dead_letters: dead
            .get(&delivery.id)
            .map_or(0, |count| u32::try_from(*count).unwrap_or(u32::MAX)),
    });
    Ok(ActivityView {
        activity: lines.into_iter().filter_map(line).collect(),
        deliveries: deliveries.collect(),
    })
}

/// A channel for its editor, or who deleted it.
///
/// # Errors
/// `Forbidden` for an actor who may not read channels, `NotFound` when there never was such a channel.
pub async fn presence(engine: &Engine, actor: &Actor, id: ChannelId) -> Result<Presence> {
    actor.require(Permission::ChannelRead)?;
    reach::to_channel(actor, id)?;
    if let Some(channel) = find_or_reserved(engine, id).await? {
        return Ok(Presence::Here(Box::new(channel)));
    }
    let deleted = audit::Entity::find()
        .filter(audit::Column::SubjectKind.eq("channel"))
        .filter(audit::Column::SubjectId.eq(id.uuid()))
        .filter(audit::Column::Action.eq("channel.delete"))
        .one(engine.db.read())
        .await?
        .and_then(line)
        .ok_or(Refusal::NotFound)?;
    Ok(Presence::Deleted {
        name: match deleted.detail {
            Some(AuditDetail::Name { name } | AuditDetail::Text { text: name }) => name,
            _ => String::new(),
        },
        by: deleted.who,
        at: deleted.at,
    })
}

fn line(row: audit::Model) -> Option<Activity> {
    let what = match row.action.as_str() {
        "channel.add" => AuditAction::Added,
        "channel.authentication" => AuditAction::SavedAuthentication,
        "channel.messaging" => AuditAction::SavedMessaging,
        "channel.sending" => AuditAction::SavedSending,
        "channel.rotate_verify_token" => AuditAction::RotatedVerifyToken,
        "channel.drop_old_app_secret" => AuditAction::DroppedOldAppSecret,
        "channel.pause" => AuditAction::Paused,
        "channel.resume" => AuditAction::Resumed,
        "channel.delete" => AuditAction::Deleted,
        "channel.test_arrived" => AuditAction::TestArrived,
        "channel.badge" => AuditAction::BadgeChanged,
        action if action.starts_with("channel.meta") => AuditAction::AskedMeta,
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
