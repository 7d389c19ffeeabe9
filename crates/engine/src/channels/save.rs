//! What an admin or a script changes of a channel. Each change and its audit row are one transaction.

use crate::{
    Engine, Result,
    audit::{self, Subject, detail},
    channels::{reservation, view},
    credentials::{seal::Kind, secrets},
    directory::destination::Directory,
    entity::{channel, channel_reservation, extension, outbox, queue, session},
    events::Changes,
    random,
    sessions::{access, lifecycle, status},
};
use domain::{
    access::{Actor, Permission},
    channel::{
        AuditDetail, Authentication, AuthenticationForm, Changed, ChannelView, Destination, DestinationRef,
        Messaging, MessagingForm, NewValue, TokenState,
    },
    event::Change,
    form::{Invalid, Problem},
    ids::{ChannelId, MessageId},
    message::Failure,
    refusal::Refusal,
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
    QuerySelect,
};
use secrecy::SecretString;
use uuid::Uuid;

/// Reserves a webhook address and verify token, so that they can be pasted into Meta before anything is saved. The
/// channel begins with its first save.
pub async fn reserve(e: &Engine, actor: &Actor) -> Result<ChannelId> {
    actor.require(Permission::ChannelChange)?;
    let tx = e.db.write().await?;
    let id = reservation::of(e, &tx, actor).await?;
    tx.commit().await?;
    Ok(id)
}

/// A whole channel at once, as scripts create one.
pub async fn create(
    e: &Engine,
    actor: &Actor,
    authentication: &AuthenticationForm,
    messaging: &MessagingForm,
) -> Result<ChannelView> {
    actor.require(Permission::ChannelChange)?;
    let messaging = with_country(e, None, messaging).await?;
    let (authentication, messaging) = check_both(authentication, &messaging)?;
    let tx = e.db.write_alone().await?;
    let id = insert(e, &tx, actor, &authentication.name, None).await?;
    write_authentication(e, &tx, actor, id, &authentication).await?;
    write_messaging(e, &tx, actor, id, &messaging).await?;
    tx.commit().await?;
    changed(e, id);
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
                problems.push(Invalid::field(field, Problem::Required));
            }
        }
    }
    let messaging = messaging.check();
    problems.extend(authentication.clone().err());
    problems.extend(messaging.clone().err());
    let fields = problems.into_iter().flat_map(|problem| problem.fields);
    match (fields.collect::<Vec<_>>(), authentication, messaging) {
        (fields, Ok(authentication), Ok(messaging)) if fields.is_empty() => Ok((authentication, messaging)),
        (fields, ..) => Err(Invalid { fields }.into()),
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
    actor.require(Permission::ChannelChange)?;
    let form = form.check()?;
    let tx = e.db.write().await?;
    begin(e, &tx, actor, id, version, &form.name).await?;
    write_authentication(e, &tx, actor, id, &form).await?;
    tx.commit().await?;
    changed(e, id);
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
    actor.require(Permission::ChannelChange)?;
    let form = with_country(e, Some(id), form).await?.check()?;
    let tx = e.db.write_alone().await?;
    begin(e, &tx, actor, id, version, reservation::NAME).await?;
    write_messaging(e, &tx, actor, id, &form).await?;
    tx.commit().await?;
    changed(e, id);
    Ok(())
}

/// Scripts do not name the country of a number that is written without one; pages do.
async fn with_country(e: &Engine, id: Option<ChannelId>, form: &MessagingForm) -> Result<MessagingForm> {
    let mut form = form.clone();
    if form.country.is_empty() {
        form.country = super::calling_code_of(e, id).await?.unwrap_or_default();
    }
    Ok(form)
}

/// Makes a new verify token. Meta asks for it only when the callback is saved: a connection that works goes on.
pub async fn rotate_verify_token(e: &Engine, actor: &Actor, id: ChannelId) -> Result<()> {
    actor.require(Permission::ChannelChange)?;
    let tx = e.db.write().await?;
    let reserved = reservation::rotate(&tx, id).await?;
    tx.commit().await?;
    if reserved {
        e.hooks.forget();
        return Ok(());
    }
    change(e, actor, id, "channel.rotate_verify_token", |_, channel| {
        channel.verify_token = Set(random::token());
        Ok(())
    })
    .await
}

/// Ends the reset of the app secret: the second one becomes the only one.
pub async fn drop_old_app_secret(e: &Engine, actor: &Actor, id: ChannelId) -> Result<()> {
    actor.require(Permission::ChannelChange)?;
    let tx = e.db.write().await?;
    current(&tx, id).await?;
    let next = secrets::open_secret(e, &tx, id, Kind::NextAppSecret).await?;
    let next = next.ok_or(Refusal::field("next_app_secret", Problem::Required))?;
    secrets::write(e, &tx, id, Kind::AppSecret, &next).await?;
    secrets::remove(&tx, id, &[Kind::NextAppSecret]).await?;
    note(e, &tx, actor, id, "channel.drop_old_app_secret", None).await?;
    tx.commit().await?;
    changed(e, id);
    Ok(())
}

/// Stops sending and checking. What comes in is still kept and shown, so that nothing is lost.
pub async fn pause(e: &Engine, actor: &Actor, id: ChannelId) -> Result<()> {
    change(e, actor, id, "channel.pause", |e, channel| {
        channel.paused_at = Set(Some(e.clock().now().millis()));
        Ok(())
    })
    .await
}

pub async fn resume(e: &Engine, actor: &Actor, id: ChannelId) -> Result<()> {
    change(e, actor, id, "channel.resume", |_, channel| {
        channel.paused_at = Set(None);
        Ok(())
    })
    .await?;
    e.outbox_wake.notify_one();
    Ok(())
}

/// Deletes a channel: its secrets and its webhook address are gone at once, its sessions are closed and stay
/// readable, and what still waited to be sent fails with that reason, or is unconfirmed where Meta may have it.
///
/// # Errors
/// [`Refusal::NameDiffers`] unless `name` is the channel's.
pub async fn delete(e: &Engine, actor: &Actor, id: ChannelId, name: &str) -> Result<()> {
    actor.require(Permission::ChannelChange)?;
    let tx = e.db.write().await?;
    let found = current(&tx, id).await?;
    if found.name.trim() != name.trim() {
        return Err(Refusal::NameDiffers.into());
    }
    let mut changes = Changes::of(Change::Channel { channel: id });
    for job in outbox::Entity::find()
        .filter(outbox::Column::ChannelId.eq(id.uuid()))
        .all(&tx)
        .await?
    {
        outbox::Entity::delete_by_id(job.message_id).exec(&tx).await?;
        let gone = Failure {
            code: Some(100),
            title: "The channel was deleted before the message was sent".to_owned(),
            details: None,
        };
        let in_doubt = job.calling_since.is_some() || job.doubts > 0;
        let message = MessageId::new(job.message_id);
        changes.append(status::given_up(&tx, message, gone, in_doubt).await?);
    }
    for open in session::Entity::find()
        .filter(session::Column::ChannelId.eq(id.uuid()))
        .filter(access::is_open())
        .all(&tx)
        .await?
    {
        changes.append(lifecycle::end(e, &tx, actor, &open).await?);
    }
    secrets::remove(&tx, id, &Kind::ALL).await?;
    let now = e.clock().now().millis();
    let found_name = found.name.clone();
    let mut gone = found.into_active_model();
    gone.deleted_at = Set(Some(now));
    // Another channel may have the number now, and nobody may call the old address.
    gone.phone_number_id = Set(None);
    gone.webhook_id = Set(random::token());
    channel::Entity::update(gone).exec(&tx).await?;
    let name = found_name.trim().to_owned();
    note(
        e,
        &tx,
        actor,
        id,
        "channel.delete",
        Some(AuditDetail::Name { name }),
    )
    .await?;
    tx.commit().await?;
    e.hooks.forget();
    e.events().publish(changes);
    Ok(())
}

/// One small change of the row, with its audit row.
async fn change(
    e: &Engine,
    actor: &Actor,
    id: ChannelId,
    action: &str,
    apply: impl FnOnce(&Engine, &mut channel::ActiveModel) -> Result<()>,
) -> Result<()> {
    actor.require(Permission::ChannelChange)?;
    let tx = e.db.write().await?;
    let mut row = current(&tx, id).await?.into_active_model();
    apply(e, &mut row)?;
    channel::Entity::update(row).exec(&tx).await?;
    note(e, &tx, actor, id, action, None).await?;
    tx.commit().await?;
    changed(e, id);
    Ok(())
}

/// After a commit: what is kept in memory is read again, the channel is checked soon, and pages are told.
fn changed(e: &Engine, id: ChannelId) {
    e.hooks.forget();
    e.channel_check.notify_one();
    e.events().publish(Changes::of(Change::Channel { channel: id }));
}

async fn note(
    e: &Engine,
    tx: &DatabaseTransaction,
    actor: &Actor,
    id: ChannelId,
    action: &str,
    detail: Option<AuditDetail>,
) -> Result<()> {
    let detail = detail.map(|detail| detail::write(&detail)).transpose()?;
    audit::note(e, tx, actor, action, Subject::Channel(id.uuid()), detail).await
}

async fn current(tx: &DatabaseTransaction, id: ChannelId) -> Result<channel::Model> {
    let found = channel::Entity::find_by_id(id.uuid())
        .filter(channel::Column::DeletedAt.is_null())
        .lock_exclusive()
        .one(tx)
        .await?;
    Ok(found.ok_or(Refusal::NotFound)?)
}

/// Makes sure that nobody saved in the meantime. The first save makes the channel out of its reservation.
async fn begin(
    e: &Engine,
    tx: &DatabaseTransaction,
    actor: &Actor,
    id: ChannelId,
    version: i64,
    name: &str,
) -> Result<()> {
    if let Some(reserved) = reservation::take(tx, id).await? {
        insert(e, tx, actor, name, Some(reserved)).await?;
        return Ok(());
    }
    if current(tx, id).await?.version == version {
        Ok(())
    } else {
        Err(Refusal::ChangedMeanwhile.into())
    }
}

async fn insert(
    e: &Engine,
    tx: &DatabaseTransaction,
    actor: &Actor,
    name: &str,
    reserved: Option<channel_reservation::Model>,
) -> Result<ChannelId> {
    let (id, handshake_at) = match &reserved {
        Some(reserved) => (reserved.id, reserved.handshake_at),
        None => (e.clock().new_id(), None),
    };
    let (webhook_id, verify_token) = reserved
        .map(|reserved| (reserved.webhook_id, reserved.verify_token))
        .unwrap_or_else(|| (random::token(), random::token()));
    let id = ChannelId::new(id);
    let new = channel::Model {
        id: id.uuid(),
        version: 1,
        name: name.to_owned(),
        webhook_id,
        verify_token,
        phone_number: None,
        phone_number_id: None,
        waba_id: None,
        extension_id: None,
        queue_id: None,
        handshake_at,
        last_inbound_at: None,
        token_state: TokenState::Unknown.as_str().to_owned(),
        token_checked_at: None,
        token_answer: None,
        created_at: e.clock().now().millis(),
        fallback_extension_id: None,
        fallback_queue_id: None,
        paused_at: None,
        deleted_at: None,
        last_status_at: None,
        signature_failures: 0,
        signature_failed_at: None,
        doctor_at: None,
    };
    channel::Entity::insert(new.into_active_model())
        .exec_without_returning(tx)
        .await?;
    let name = name.to_owned();
    note(e, tx, actor, id, "channel.add", Some(AuditDetail::Name { name })).await?;
    Ok(id)
}

async fn write_authentication(
    e: &Engine,
    tx: &DatabaseTransaction,
    actor: &Actor,
    id: ChannelId,
    form: &Authentication,
) -> Result<()> {
    let row = current(tx, id).await?;
    let version = row.version + 1;
    let mut changed = Vec::new();
    if row.name != form.name {
        changed.push(now("name", NewValue::Text(form.name.clone())));
    }
    let mut change = row.into_active_model();
    change.name = Set(form.name.clone());
    change.version = Set(version);
    for (kind, value) in [
        (Kind::AccessToken, &form.access_token),
        (Kind::AppSecret, &form.app_secret),
        (Kind::NextAppSecret, &form.next_app_secret),
    ] {
        if let Some(value) = value {
            secrets::write(e, tx, id, kind, &SecretString::from(value.clone())).await?;
            changed.push(now(kind.as_str(), NewValue::Secret));
        }
    }
    if form.access_token.is_some() {
        forget_token_state(&mut change);
    }
    if form.app_secret.is_some() || form.next_app_secret.is_some() {
        change.signature_failures = Set(0);
        change.doctor_at = Set(None);
    }
    channel::Entity::update(change).exec(tx).await?;
    let detail = AuditDetail::Fields { changed };
    note(e, tx, actor, id, "channel.authentication", Some(detail)).await
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
    if let Some(other) = other {
        return Err(Refusal::taken("phone_number_id", &other.name).into());
    }
    let (extension_id, queue_id) = known_destination(tx, "destination", Some(form.destination)).await?;
    let (fallback_extension_id, fallback_queue_id) = known_destination(tx, "fallback", form.fallback).await?;
    let row = current(tx, id).await?;
    let before = row.clone();
    let version = row.version + 1;
    let another_number = row.phone_number_id.as_deref() != Some(form.phone_number_id.as_str());
    let mut change = row.into_active_model();
    change.version = Set(version);
    change.phone_number = Set(Some(form.phone_number.to_string()));
    change.phone_number_id = Set(Some(form.phone_number_id.clone()));
    change.waba_id = Set(form.waba_id.clone());
    change.extension_id = Set(extension_id);
    change.queue_id = Set(queue_id);
    change.fallback_extension_id = Set(fallback_extension_id);
    change.fallback_queue_id = Set(fallback_queue_id);
    if another_number {
        change.last_inbound_at = Set(None);
        change.last_status_at = Set(None);
        forget_token_state(&mut change);
    }
    change.doctor_at = Set(None);
    let after = channel::Entity::update(change).exec(tx).await?;
    let detail = AuditDetail::Fields {
        changed: messaging_changes(tx, &before, &after).await?,
    };
    note(e, tx, actor, id, "channel.messaging", Some(detail)).await
}

/// What the tab has changed, with the names of the destinations.
async fn messaging_changes(
    tx: &DatabaseTransaction,
    before: &channel::Model,
    after: &channel::Model,
) -> Result<Vec<Changed>> {
    let mut changed = Vec::new();
    let directory = Directory::of(tx, std::slice::from_ref(after)).await?;
    for (field, old, new) in [
        ("waba_id", &before.waba_id, &after.waba_id),
        ("phone_number", &before.phone_number, &after.phone_number),
        ("phone_number_id", &before.phone_number_id, &after.phone_number_id),
    ] {
        if old != new {
            changed.push(now(field, new.clone().map_or(NewValue::Empty, NewValue::Text)));
        }
    }
    if (before.extension_id, before.queue_id) != (after.extension_id, after.queue_id) {
        changed.push(now("destination", named(directory.destination(after))));
    }
    let fallback = |row: &channel::Model| (row.fallback_extension_id, row.fallback_queue_id);
    if fallback(before) != fallback(after) {
        changed.push(now("fallback", named(directory.fallback(after))));
    }
    Ok(changed)
}

fn now(field: &str, now: NewValue) -> Changed {
    Changed {
        field: field.to_owned(),
        now,
    }
}

fn named(to: Option<DestinationRef>) -> NewValue {
    match to {
        None => NewValue::Empty,
        Some(to) => match to.destination {
            Destination::Extension(_) => NewValue::Extension(to.label),
            Destination::Queue(_) => NewValue::Queue(to.label),
        },
    }
}

/// Nothing is known of another token, or of the token for another number, until Meta is asked.
fn forget_token_state(change: &mut channel::ActiveModel) {
    change.token_state = Set(TokenState::Unknown.as_str().to_owned());
    change.token_checked_at = Set(None);
    change.token_answer = Set(None);
    change.doctor_at = Set(None);
}

/// The two columns of a destination: an extension or a queue that exists.
async fn known_destination(
    tx: &DatabaseTransaction,
    field: &str,
    to: Option<Destination>,
) -> Result<(Option<Uuid>, Option<Uuid>)> {
    let (columns, known) = match to {
        None => ((None, None), true),
        Some(Destination::Extension(id)) => (
            (Some(id.uuid()), None),
            extension::Entity::find_by_id(id.uuid()).one(tx).await?.is_some(),
        ),
        Some(Destination::Queue(id)) => (
            (None, Some(id.uuid())),
            queue::Entity::find_by_id(id.uuid()).one(tx).await?.is_some(),
        ),
    };
    if known {
        Ok(columns)
    } else {
        Err(Refusal::field(field, Problem::Unknown).into())
    }
}
