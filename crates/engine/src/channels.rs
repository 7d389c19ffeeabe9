//! Communication channels: what an admin saves, and what lists and the editor show. Secrets go in and never out.

use crate::{
    Engine, Result,
    audit::{self, Subject},
    entity::{channel, channel_secret, extension, message, queue, session},
    events::Changes,
    random,
    seal::Kind,
};
use domain::{
    channel::{
        Authentication, AuthenticationForm, Badge, ChannelFacts, ChannelRow, ChannelView, Destination,
        DestinationRef, Destinations, Messaging, MessagingForm, TokenState,
    },
    event::Change,
    ids::{ChannelId, ExtensionId, QueueId},
    message::Direction,
    people::{Actor, Permission},
    refusal::{Problem, Refusal},
    session::Target,
    time::Timestamp,
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel,
    JoinType, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::OnConflict,
};
use secrecy::SecretString;
use std::time::Duration;
use uuid::Uuid;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

pub async fn list(e: &Engine, actor: &Actor) -> Result<Vec<ChannelRow>> {
    crate::extensions::actor_may_look(actor)?;
    let channels = channel::Entity::find()
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

/// An empty channel: its webhook address and verify token exist from here on, so that they can be pasted into Meta
/// before anything is saved.
pub async fn add_draft(e: &Engine, actor: &Actor) -> Result<ChannelId> {
    actor.require(Permission::Administer)?;
    let tx = e.db.write().await?;
    let id = insert(e, &tx, actor, "WhatsApp").await?;
    tx.commit().await?;
    e.events().publish(Changes::of(Change::Channel { channel: id }));
    Ok(id)
}

/// A whole channel at once, as scripts create one.
pub async fn create(
    e: &Engine,
    actor: &Actor,
    authentication: &AuthenticationForm,
    messaging: &MessagingForm,
) -> Result<ChannelView> {
    actor.require(Permission::Administer)?;
    let (authentication, messaging) = check_both(authentication, messaging)?;
    let tx = e.db.write().await?;
    let id = insert(e, &tx, actor, &authentication.name).await?;
    write_authentication(e, &tx, actor, id, &authentication).await?;
    write_messaging(e, &tx, actor, id, &messaging).await?;
    tx.commit().await?;
    saved(e, id);
    view(e, id).await
}

fn check_both(
    authentication: &AuthenticationForm,
    messaging: &MessagingForm,
) -> Result<(Authentication, Messaging)> {
    let mut problems = Vec::new();
    let authentication = authentication.check();
    if let Ok(checked) = &authentication {
        for (field, value) in [
            ("access_token", &checked.access_token),
            ("app_secret", &checked.app_secret),
        ] {
            if value.is_none() {
                problems.push(Refusal::field(field, Problem::Required));
            }
        }
    }
    let messaging = messaging.check();
    problems.extend(authentication.clone().err());
    problems.extend(messaging.clone().err());
    let fields = problems.into_iter().flat_map(|problem| match problem {
        Refusal::Invalid { fields } => fields,
        _ => Vec::new(),
    });
    match (fields.collect::<Vec<_>>(), authentication, messaging) {
        (fields, Ok(authentication), Ok(messaging)) if fields.is_empty() => Ok((authentication, messaging)),
        (fields, ..) => Err(Refusal::Invalid { fields }.into()),
    }
}

/// Saves the Authentication tab. Empty secrets stay as they are.
pub async fn save_authentication(
    e: &Engine,
    actor: &Actor,
    id: ChannelId,
    version: i64,
    form: &AuthenticationForm,
) -> Result<()> {
    actor.require(Permission::Administer)?;
    let form = form.check()?;
    let tx = e.db.write().await?;
    at_version(&tx, id, version).await?;
    write_authentication(e, &tx, actor, id, &form).await?;
    tx.commit().await?;
    saved(e, id);
    Ok(())
}

/// Saves the Messaging Settings tab.
pub async fn save_messaging(
    e: &Engine,
    actor: &Actor,
    id: ChannelId,
    version: i64,
    form: &MessagingForm,
) -> Result<()> {
    actor.require(Permission::Administer)?;
    let form = form.check()?;
    let tx = e.db.write().await?;
    at_version(&tx, id, version).await?;
    write_messaging(e, &tx, actor, id, &form).await?;
    tx.commit().await?;
    saved(e, id);
    Ok(())
}

/// Asks Meta about the access token now.
pub async fn check(e: &Engine, actor: &Actor, id: ChannelId) -> Result<ChannelView> {
    actor.require(Permission::Administer)?;
    crate::channel_check::check(e, id).await?;
    view(e, id).await
}

fn saved(e: &Engine, id: ChannelId) {
    e.hooks.forget();
    e.channel_check.notify_one();
    e.events().publish(Changes::of(Change::Channel { channel: id }));
}

async fn insert(e: &Engine, tx: &DatabaseTransaction, actor: &Actor, name: &str) -> Result<ChannelId> {
    let new = channel::Model {
        id: e.clock().new_id(),
        version: 1,
        name: name.to_owned(),
        webhook_id: random::token(),
        verify_token: random::token(),
        phone_number: None,
        phone_number_id: None,
        waba_id: None,
        extension_id: None,
        queue_id: None,
        handshake_at: None,
        last_inbound_at: None,
        token_state: TokenState::Unknown.as_str().to_owned(),
        token_checked_at: None,
        token_answer: None,
        created_at: e.clock().now().millis(),
    };
    let id = new.id;
    channel::Entity::insert(new.into_active_model())
        .exec_without_returning(tx)
        .await?;
    audit::note(
        e,
        tx,
        actor,
        "channel.add",
        Subject::Channel(id),
        Some(name.to_owned()),
    )
    .await?;
    Ok(ChannelId::new(id))
}

async fn at_version(tx: &DatabaseTransaction, id: ChannelId, version: i64) -> Result<()> {
    let current = channel::Entity::find_by_id(id.uuid())
        .lock_exclusive()
        .one(tx)
        .await?
        .ok_or(Refusal::NotFound)?;
    if current.version == version {
        Ok(())
    } else {
        Err(Refusal::ChangedMeanwhile.into())
    }
}

async fn write_authentication(
    e: &Engine,
    tx: &DatabaseTransaction,
    actor: &Actor,
    id: ChannelId,
    form: &Authentication,
) -> Result<()> {
    let current = channel::Entity::find_by_id(id.uuid())
        .one(tx)
        .await?
        .ok_or(Refusal::NotFound)?;
    let version = current.version + 1;
    let mut change = current.into_active_model();
    change.name = Set(form.name.clone());
    change.version = Set(version);
    let mut replaced = Vec::new();
    for (kind, value) in [
        (Kind::AccessToken, &form.access_token),
        (Kind::AppSecret, &form.app_secret),
    ] {
        if let Some(value) = value {
            write_secret(e, tx, id, kind, value).await?;
            replaced.push(kind.as_str());
        }
    }
    if form.access_token.is_some() {
        // Nothing is known of a new token until Meta is asked.
        change.token_state = Set(TokenState::Unknown.as_str().to_owned());
        change.token_checked_at = Set(None);
        change.token_answer = Set(None);
    }
    channel::Entity::update(change).exec(tx).await?;
    let detail = match replaced.as_slice() {
        [] => form.name.clone(),
        _ => format!("{}; new {}", form.name, replaced.join(", ")),
    };
    audit::note(
        e,
        tx,
        actor,
        "channel.authentication",
        Subject::Channel(id.uuid()),
        Some(detail),
    )
    .await
}

async fn write_secret(
    e: &Engine,
    tx: &DatabaseTransaction,
    id: ChannelId,
    kind: Kind,
    value: &str,
) -> Result<()> {
    use channel_secret::Column;
    let secret = SecretString::from(value.to_owned());
    let last: Vec<char> = value.chars().rev().take(4).collect();
    let row = channel_secret::Model {
        channel_id: id.uuid(),
        kind: kind.as_str().to_owned(),
        key_id: e.key.id().to_owned(),
        sealed: e.key.seal(id, kind, &secret)?,
        // Of a short secret even four characters are too much to show.
        last_four: if value.len() >= 12 {
            last.iter().rev().collect()
        } else {
            String::new()
        },
        fingerprint: e.key.fingerprint(&secret),
        created_at: e.clock().now().millis(),
    };
    let replace = OnConflict::columns([Column::ChannelId, Column::Kind])
        .update_columns([
            Column::KeyId,
            Column::Sealed,
            Column::LastFour,
            Column::Fingerprint,
            Column::CreatedAt,
        ])
        .to_owned();
    channel_secret::Entity::insert(row.into_active_model())
        .on_conflict(replace)
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

async fn write_messaging(
    e: &Engine,
    tx: &DatabaseTransaction,
    actor: &Actor,
    id: ChannelId,
    form: &Messaging,
) -> Result<()> {
    let other = channel::Entity::find()
        .filter(channel::Column::PhoneNumberId.eq(form.phone_number_id.as_str()))
        .filter(channel::Column::Id.ne(id.uuid()))
        .one(tx)
        .await?;
    if other.is_some() {
        return Err(Refusal::field("phone_number_id", Problem::Taken).into());
    }
    let (extension_id, queue_id) = known_destination(tx, form.destination).await?;
    let current = channel::Entity::find_by_id(id.uuid())
        .one(tx)
        .await?
        .ok_or(Refusal::NotFound)?;
    let version = current.version + 1;
    let another_number = current.phone_number_id.as_deref() != Some(form.phone_number_id.as_str());
    let mut change = current.into_active_model();
    change.version = Set(version);
    change.phone_number = Set(Some(form.phone_number.to_string()));
    change.phone_number_id = Set(Some(form.phone_number_id.clone()));
    change.waba_id = Set(form.waba_id.clone());
    change.extension_id = Set(extension_id);
    change.queue_id = Set(queue_id);
    if another_number {
        change.last_inbound_at = Set(None);
        change.token_state = Set(TokenState::Unknown.as_str().to_owned());
        change.token_checked_at = Set(None);
        change.token_answer = Set(None);
    }
    channel::Entity::update(change).exec(tx).await?;
    let detail = format!(
        "{}, id {}, to {}",
        form.phone_number, form.phone_number_id, form.destination
    );
    audit::note(
        e,
        tx,
        actor,
        "channel.messaging",
        Subject::Channel(id.uuid()),
        Some(detail),
    )
    .await
}

async fn known_destination(
    tx: &DatabaseTransaction,
    to: Destination,
) -> Result<(Option<Uuid>, Option<Uuid>)> {
    let (columns, known) = match to {
        Destination::Extension(id) => (
            (Some(id.uuid()), None),
            extension::Entity::find_by_id(id.uuid()).one(tx).await?.is_some(),
        ),
        Destination::Queue(id) => (
            (None, Some(id.uuid())),
            queue::Entity::find_by_id(id.uuid()).one(tx).await?.is_some(),
        ),
    };
    if known {
        Ok(columns)
    } else {
        Err(Refusal::field("destination", Problem::Unknown).into())
    }
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

async fn destination(db: &impl ConnectionTrait, channel: &channel::Model) -> Result<Option<DestinationRef>> {
    if let Some(id) = channel.extension_id {
        return Ok(extension::Entity::find_by_id(id)
            .one(db)
            .await?
            .map(extension_destination));
    }
    match channel.queue_id {
        Some(id) => Ok(queue::Entity::find_by_id(id)
            .one(db)
            .await?
            .map(queue_destination)),
        None => Ok(None),
    }
}

/// What the routing needs of a channel.
pub(crate) async fn target(db: &impl ConnectionTrait, channel: &channel::Model) -> Result<Option<Target>> {
    let found = destination(db, channel).await?;
    Ok(found.map(|found| Target {
        destination: found.destination,
        disabled: found.disabled,
    }))
}

async fn secrets(
    db: &impl ConnectionTrait,
    id: Uuid,
) -> Result<(Option<channel_secret::Model>, Option<channel_secret::Model>)> {
    let rows = channel_secret::Entity::find()
        .filter(channel_secret::Column::ChannelId.eq(id))
        .all(db)
        .await?;
    let (mut token, mut secret) = (None, None);
    for row in rows {
        let place = if row.kind == Kind::AccessToken.as_str() {
            &mut token
        } else {
            &mut secret
        };
        *place = Some(row);
    }
    Ok((token, secret))
}

/// A channel's secret, opened.
pub(crate) async fn open_secret(
    e: &Engine,
    db: &impl ConnectionTrait,
    id: ChannelId,
    kind: Kind,
) -> Result<Option<SecretString>> {
    let found = channel_secret::Entity::find_by_id((id.uuid(), kind.as_str().to_owned()))
        .one(db)
        .await?;
    found.map(|row| e.key.open(id, kind, &row.sealed)).transpose()
}

fn badge(channel: &channel::Model, to: Option<&DestinationRef>, has_token: bool, has_secret: bool) -> Badge {
    ChannelFacts {
        has_access_token: has_token,
        has_app_secret: has_secret,
        has_number: channel.phone_number_id.is_some(),
        has_destination: to.is_some(),
        webhook_seen: webhook_seen_at(channel).is_some(),
        token: TokenState::from_stored(&channel.token_state),
        destination_disabled: to.is_some_and(|to| to.disabled),
    }
    .badge()
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
    let to = destination(db, &channel).await?;
    let (token, secret) = secrets(db, channel.id).await?;
    let badge = badge(&channel, to.as_ref(), token.is_some(), secret.is_some());
    Ok(ChannelRow {
        id: ChannelId::new(channel.id),
        inbound_day: messages_of_a_day(e, channel.id, Direction::Inbound).await?,
        outbound_day: messages_of_a_day(e, channel.id, Direction::Outbound).await?,
        name: channel.name,
        phone_number: channel.phone_number,
        destination: to,
        badge,
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
    let db = e.db.read();
    let channel = channel::Entity::find_by_id(id.uuid())
        .one(db)
        .await?
        .ok_or(Refusal::NotFound)?;
    let to = destination(db, &channel).await?;
    let (token, secret) = secrets(db, channel.id).await?;
    Ok(ChannelView {
        id,
        version: channel.version,
        badge: badge(&channel, to.as_ref(), token.is_some(), secret.is_some()),
        webhook_url: webhook_url(e, &channel.webhook_id),
        verify_token: channel.verify_token.clone(),
        access_token_end: token.map(|secret| secret.last_four),
        app_secret_end: secret.map(|secret| secret.last_four),
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
    })
}

fn webhook_url(e: &Engine, webhook_id: &str) -> String {
    format!(
        "{}/webhooks/whatsapp/{webhook_id}",
        e.public_url.as_str().trim_end_matches('/')
    )
}
