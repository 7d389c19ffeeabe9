//! Changes of a channel by administrators and scripts. Each change and its audit row are one transaction.

use crate::{
    Engine, Result,
    channels::{
        calling_code::calling_code_of,
        change::{changed, current, note},
        reservation,
        view::view,
    },
    credentials::{seal::Kind, secrets},
    directory::destination::Directory,
    entity::{channel, channel_reservation, extension, outbox, queue},
    random,
    transaction::Transaction,
    wakes::Worker,
};
use domain::{
    access::{Actor, Permission},
    channel::{
        AuditDetail, Authentication, AuthenticationForm, Changed, ChannelView, Destination, DestinationRef,
        Messaging, MessagingForm, NewValue, ReadReceipts, Sending, TokenState,
    },
    form::{Invalid, Problem},
    ids::ChannelId,
    refusal::Refusal,
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
};
use secrecy::SecretString;
use uuid::Uuid;

/// Reserves a webhook address and verify token, so that they can be pasted into Meta before anything is saved. The
/// channel begins with its first save.
pub async fn reserve(engine: &Engine, actor: &Actor) -> Result<ChannelId> {
    actor.require(Permission::ChannelChange)?;
    let tx = engine.transaction(actor).await?;
    let id = reservation::of(engine, &tx, actor).await?;
    tx.commit().await?;
    Ok(id)
}

/// Creates a whole channel at once, for scripts.
pub async fn create(
    engine: &Engine,
    actor: &Actor,
    authentication: &AuthenticationForm,
    messaging: &MessagingForm,
) -> Result<ChannelView> {
    actor.require(Permission::ChannelChange)?;
    let messaging = with_country(engine, None, messaging).await?;
    let (authentication, messaging) = check_both(authentication, &messaging)?;
    let tx = engine.transaction_alone(actor).await?;
    let id = insert(&tx, &authentication.name, None).await?;
    write_authentication(&tx, id, &authentication).await?;
    write_messaging(&tx, id, &messaging).await?;
    changed(&tx, id);
    tx.commit().await?;
    view(engine, id).await
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

/// Saves the Authentication tab. An empty field leaves its secret as it is.
pub async fn save_authentication(
    engine: &Engine,
    actor: &Actor,
    id: ChannelId,
    version: i64,
    form: &AuthenticationForm,
) -> Result<()> {
    actor.require(Permission::ChannelChange)?;
    let form = form.check()?;
    let tx = engine.transaction(actor).await?;
    begin(&tx, id, version, &form.name).await?;
    write_authentication(&tx, id, &form).await?;
    changed(&tx, id);
    tx.commit().await
}

/// Saves the Messaging Settings tab.
pub async fn save_messaging(
    engine: &Engine,
    actor: &Actor,
    id: ChannelId,
    version: i64,
    form: &MessagingForm,
) -> Result<()> {
    actor.require(Permission::ChannelChange)?;
    let form = with_country(engine, Some(id), form).await?.check()?;
    let tx = engine.transaction_alone(actor).await?;
    begin(&tx, id, version, reservation::NAME).await?;
    write_messaging(&tx, id, &form).await?;
    changed(&tx, id);
    tx.commit().await
}

/// Fills in the country of a number that is written without one: pages name it, scripts do not.
pub(super) async fn with_country(
    engine: &Engine,
    id: Option<ChannelId>,
    form: &MessagingForm,
) -> Result<MessagingForm> {
    let mut form = form.clone();
    if form.country.is_empty() {
        form.country = calling_code_of(engine, id).await?.unwrap_or_default();
    }
    Ok(form)
}

/// Makes sure that nobody saved in the meantime. The first save turns the reservation into the channel.
pub(super) async fn begin(tx: &Transaction, id: ChannelId, version: i64, name: &str) -> Result<()> {
    if let Some(reserved) = reservation::take(tx, id).await? {
        insert(tx, name, Some(reserved)).await?;
        return Ok(());
    }
    if current(tx, id).await?.version == version {
        Ok(())
    } else {
        Err(Refusal::ChangedMeanwhile.into())
    }
}

async fn insert(
    tx: &Transaction,
    name: &str,
    reserved: Option<channel_reservation::Model>,
) -> Result<ChannelId> {
    let (id, handshake_at) = match &reserved {
        Some(reserved) => (reserved.id, reserved.handshake_at),
        None => (tx.engine().clock().new_id(), None),
    };
    let (webhook_id, verify_token) = reserved
        .map(|reserved| (reserved.webhook_id, reserved.verify_token))
        .unwrap_or_else(|| (random::token(), random::token()));
    let id = ChannelId::new(id);
    let sending = Sending::default();
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
        created_at: tx.engine().clock().now().millis(),
        fallback_extension_id: None,
        fallback_queue_id: None,
        paused_at: None,
        deleted_at: None,
        last_status_at: None,
        signature_failures: 0,
        signature_failed_at: None,
        templates_allowed: false,
        doctor_at: None,
        messages_per_second: sending.messages_per_second.into(),
        file_way: sending.file_way.as_str().to_owned(),
        unconfirmed: sending.unconfirmed.as_str().to_owned(),
        payment_refused_at: None,
        read_receipts: ReadReceipts::default().as_str().to_owned(),
    };
    channel::Entity::insert(new.into_active_model())
        .exec_without_returning(tx)
        .await?;
    let name = name.to_owned();
    note(tx, id, "channel.add", Some(AuditDetail::Name { name }))?;
    Ok(id)
}

pub(super) async fn write_authentication(
    tx: &Transaction,
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
            secrets::write(tx.engine(), tx, id, kind, &SecretString::from(value.clone())).await?;
            changed.push(now(kind.as_str(), NewValue::Secret));
        }
    }
    if form.access_token.is_some() {
        forget_token_state(&mut change);
        // What Meta refused with the old one goes out with the new one.
        outbox::due_now(tx, id.uuid()).await?;
        tx.then(move |engine| engine.outbound.release(id.uuid()));
        tx.wake(Worker::Outbound);
    }
    if form.app_secret.is_some() || form.next_app_secret.is_some() {
        change.signature_failures = Set(0);
        change.doctor_at = Set(None);
    }
    channel::Entity::update(change).exec(tx).await?;
    let detail = AuditDetail::Fields { changed };
    note(tx, id, "channel.authentication", Some(detail))
}

pub(super) async fn write_messaging(tx: &Transaction, id: ChannelId, form: &Messaging) -> Result<()> {
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
    note(tx, id, "channel.messaging", Some(detail))
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

/// Nothing is known about another token, or about the token for another number, until Meta is asked.
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
