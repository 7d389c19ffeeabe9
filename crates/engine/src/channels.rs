//! Communication channels: what lists and the editor show. Secrets go in and never out.

mod activity;
pub(crate) mod detail;
mod save;
mod secrets;

pub use activity::{activity, presence};
pub use save::{
    add_draft, create, delete, drop_old_app_secret, pause, resume, rotate_verify_token, save_authentication,
    save_messaging,
};
pub(crate) use secrets::{open_secret, signers};

use crate::{
    Engine, Result,
    entity::{channel, channel_finding, channel_secret, extension, message, queue, session},
};
use domain::{
    channel::{
        Badge, ChannelFacts, ChannelRow, ChannelView, Destination, DestinationRef, Destinations, TokenState,
    },
    doctor::{self, Check, Seen, State},
    ids::{ChannelId, ExtensionId, QueueId},
    message::Direction,
    people::{Actor, Permission},
    refusal::Refusal,
    time::Timestamp,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, JoinType, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use std::time::Duration;
use uuid::Uuid;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

pub async fn list(e: &Engine, actor: &Actor) -> Result<Vec<ChannelRow>> {
    crate::extensions::actor_may_look(actor)?;
    let channels = channel::Entity::find()
        .filter(channel::Column::DeletedAt.is_null())
        .order_by_asc(channel::Column::Name)
        .all(e.db.read())
        .await?;
    let mut rows = Vec::with_capacity(channels.len());
    for channel in channels {
        rows.push(row(e, channel).await?);
    }
    Ok(rows)
}

pub async fn get(e: &Engine, actor: &Actor, id: ChannelId) -> Result<ChannelView> {
    crate::extensions::actor_may_look(actor)?;
    view(e, id).await
}

/// Every extension and queue that takes new sessions.
pub async fn destinations(e: &Engine, actor: &Actor) -> Result<Destinations> {
    crate::extensions::actor_may_look(actor)?;
    let extensions = extension::Entity::find()
        .filter(extension::Column::DisabledAt.is_null())
        .order_by_asc(extension::Column::Number)
        .all(e.db.read())
        .await?;
    let queues = queue::Entity::find()
        .filter(queue::Column::DisabledAt.is_null())
        .order_by_asc(queue::Column::Name)
        .all(e.db.read())
        .await?;
    Ok(Destinations {
        extensions: extensions.into_iter().map(extension_destination).collect(),
        queues: queues.into_iter().map(queue_destination).collect(),
    })
}

/// Asks Meta about the access token now.
pub async fn check(e: &Engine, actor: &Actor, id: ChannelId) -> Result<ChannelView> {
    actor.require(Permission::Administer)?;
    crate::channel_check::check(e, id).await?;
    view(e, id).await
}

fn extension_destination(extension: extension::Model) -> DestinationRef {
    DestinationRef {
        destination: Destination::Extension(ExtensionId::new(extension.id)),
        label: format!("{} {}", extension.number, extension.name),
        disabled: extension.disabled_at.is_some(),
    }
}

fn queue_destination(queue: queue::Model) -> DestinationRef {
    DestinationRef {
        destination: Destination::Queue(QueueId::new(queue.id)),
        label: queue.name,
        disabled: queue.disabled_at.is_some(),
    }
}

async fn destination(
    db: &impl ConnectionTrait,
    extension: Option<Uuid>,
    queue: Option<Uuid>,
) -> Result<Option<DestinationRef>> {
    if let Some(id) = extension {
        return Ok(extension::Entity::find_by_id(id)
            .one(db)
            .await?
            .map(extension_destination));
    }
    match queue {
        Some(id) => Ok(queue::Entity::find_by_id(id)
            .one(db)
            .await?
            .map(queue_destination)),
        None => Ok(None),
    }
}

async fn destination_of(
    db: &impl ConnectionTrait,
    channel: &channel::Model,
) -> Result<Option<DestinationRef>> {
    destination(db, channel.extension_id, channel.queue_id).await
}

async fn fallback_of(db: &impl ConnectionTrait, channel: &channel::Model) -> Result<Option<DestinationRef>> {
    destination(db, channel.fallback_extension_id, channel.fallback_queue_id).await
}

/// The badge and, when the channel is degraded, what degrades it.
async fn badge(
    db: &impl ConnectionTrait,
    channel: &channel::Model,
    to: Option<&DestinationRef>,
    fallback: Option<&DestinationRef>,
    known: &secrets::Known,
) -> Result<(Badge, Vec<Check>)> {
    let mut wrong = Vec::new();
    for found in channel_finding::Entity::find()
        .filter(channel_finding::Column::ChannelId.eq(channel.id))
        .filter(channel_finding::Column::State.eq(State::Bad.as_str()))
        // Meta has called since: what was wrong before may be right now, and the doctor looks again soon.
        .filter(channel_finding::Column::At.gt(channel.handshake_at.unwrap_or(0)))
        .all(db)
        .await?
    {
        if let (Ok(check), Ok(seen)) = (found.name.parse(), serde_json::from_str::<Seen>(&found.seen)) {
            wrong.push((check, seen));
        }
    }
    // These two are facts of ours, fresher than what the doctor found.
    wrong.retain(|(check, _)| !matches!(check, Check::Destination | Check::Signature));
    let mut degraded_by = doctor::degrading(&wrong);
    if to.is_some_and(|to| to.disabled) && fallback.is_none_or(|fallback| fallback.disabled) {
        degraded_by.push(Check::Destination);
    }
    if channel.signature_failures >= doctor::SIGNATURES_WRONG_FROM {
        degraded_by.push(Check::Signature);
    }
    let badge = ChannelFacts {
        has_access_token: known.access_token.is_some(),
        has_app_secret: known.app_secret.is_some(),
        has_number: channel.phone_number_id.is_some(),
        has_destination: to.is_some(),
        webhook_seen: webhook_seen_at(channel).is_some(),
        token: TokenState::from_stored(&channel.token_state),
        paused: channel.paused_at.is_some(),
        degraded: !degraded_by.is_empty(),
    }
    .badge();
    if badge != Badge::Degraded {
        degraded_by.clear();
    }
    Ok((badge, degraded_by))
}

/// A handshake proves the address; a signed delivery for the number proves it as well, also when it came to another
/// channel of the same Meta app.
fn webhook_seen_at(channel: &channel::Model) -> Option<Timestamp> {
    channel
        .handshake_at
        .max(channel.last_inbound_at)
        .map(Timestamp::from_millis)
}

async fn row(e: &Engine, channel: channel::Model) -> Result<ChannelRow> {
    let db = e.db.read();
    let to = destination_of(db, &channel).await?;
    let fallback = fallback_of(db, &channel).await?;
    let known = secrets::known(db, ChannelId::new(channel.id)).await?;
    let (badge, degraded_by) = badge(db, &channel, to.as_ref(), fallback.as_ref(), &known).await?;
    Ok(ChannelRow {
        id: ChannelId::new(channel.id),
        inbound_day: messages_of_a_day(e, channel.id, Direction::Inbound).await?,
        outbound_day: messages_of_a_day(e, channel.id, Direction::Outbound).await?,
        name: channel.name,
        phone_number: channel.phone_number,
        phone_number_id: channel.phone_number_id,
        destination: to,
        badge,
        degraded_by,
        last_inbound_at: channel.last_inbound_at.map(Timestamp::from_millis),
    })
}

async fn messages_of_a_day(e: &Engine, channel: Uuid, direction: Direction) -> Result<u32> {
    let since = e.clock().now().minus(DAY).millis();
    let count = message::Entity::find()
        .join(
            JoinType::InnerJoin,
            message::Entity::belongs_to(session::Entity)
                .from(message::Column::SessionId)
                .to(session::Column::Id)
                .into(),
        )
        .filter(session::Column::ChannelId.eq(channel))
        .filter(session::Column::LastMessageAt.gte(since))
        .filter(message::Column::Direction.eq(direction.as_str()))
        .filter(message::Column::At.gte(since))
        .count(e.db.read())
        .await?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

async fn view(e: &Engine, id: ChannelId) -> Result<ChannelView> {
    Ok(find(e, id).await?.ok_or(Refusal::NotFound)?)
}

/// A channel that has not been deleted.
pub(crate) async fn find(e: &Engine, id: ChannelId) -> Result<Option<ChannelView>> {
    let db = e.db.read();
    let Some(channel) = channel::Entity::find_by_id(id.uuid())
        .filter(channel::Column::DeletedAt.is_null())
        .one(db)
        .await?
    else {
        return Ok(None);
    };
    let to = destination_of(db, &channel).await?;
    let fallback = fallback_of(db, &channel).await?;
    let known = secrets::known(db, id).await?;
    let (badge, degraded_by) = badge(db, &channel, to.as_ref(), fallback.as_ref(), &known).await?;
    let end = |secret: Option<channel_secret::Model>| secret.map(|secret| secret.last_four);
    Ok(Some(ChannelView {
        id,
        version: channel.version,
        badge,
        degraded_by,
        fallback,
        webhook_url: webhook_url(e, &channel.webhook_id),
        verify_token: channel.verify_token.clone(),
        access_token_end: end(known.access_token),
        app_secret_end: end(known.app_secret),
        next_app_secret_end: end(known.next_app_secret),
        destination: to,
        webhook_seen_at: webhook_seen_at(&channel),
        last_inbound_at: channel.last_inbound_at.map(Timestamp::from_millis),
        token: TokenState::from_stored(&channel.token_state),
        token_checked_at: channel.token_checked_at.map(Timestamp::from_millis),
        token_answer: channel.token_answer,
        name: channel.name,
        phone_number: channel.phone_number,
        phone_number_id: channel.phone_number_id,
        waba_id: channel.waba_id,
    }))
}

/// The address that Meta is told to call.
pub(crate) fn webhook_url(e: &Engine, webhook_id: &str) -> String {
    format!(
        "{}/webhooks/whatsapp/{webhook_id}",
        e.public_url.as_str().trim_end_matches('/')
    )
}
