//! Creating and changing webhooks.

use crate::{
    Engine, Result,
    audit::Subject,
    credentials::seal::MasterKey,
    entity::{
        channel, queue, webhook,
        webhook_progress::{self, ONLY},
    },
    events::{Audience, log},
    transaction::Transaction,
    webhooks::{
        row::{known, to_json, wanted},
        secret::Secret,
        sooner::send_at_once,
    },
};
use domain::{
    access::{Actor, Permission},
    event::Change,
    form::{Invalid, Problem},
    ids::WebhookId,
    refusal::Refusal,
    webhook::{MAX_WEBHOOKS, Wanted, WebhookForm},
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, sea_query::OnConflict,
};
use secrecy::SecretString;
use std::{collections::HashSet, hash::Hash};

/// A new webhook. Its secret cannot be shown again.
#[derive(Debug)]
pub struct Created {
    pub id: WebhookId,
    pub secret: SecretString,
}

/// Creates a webhook, which gets the events that follow.
pub async fn create(engine: &Engine, actor: &Actor, form: &WebhookForm) -> Result<Created> {
    let secret = Secret::create();
    Ok(Created {
        id: store(engine, actor, form, &secret).await?,
        secret: secret.text(),
    })
}

pub(super) async fn store(
    engine: &Engine,
    actor: &Actor,
    form: &WebhookForm,
    secret: &Secret,
) -> Result<WebhookId> {
    actor.require(Permission::WebhookChange)?;
    let form = checked(engine, form)?;
    let tx = engine.transaction_alone(actor).await?;
    name_is_free(&tx, &form.name, None).await?;
    are_there(&tx, &form.wanted, &Wanted::default()).await?;
    let others = webhook::Entity::find().count(&tx).await?;
    if others >= MAX_WEBHOOKS {
        return Err(Invalid::field("name", Problem::Enough).into());
    }
    let newest = i64::try_from(log::newest(&tx).await?).unwrap_or(i64::MAX);
    if others == 0 {
        begin(&tx, newest).await?;
    }
    let id = WebhookId::new(engine.clock().new_id());
    let key = engine.keys.to_seal(&tx).await?;
    let new = webhook::Model {
        id: id.uuid(),
        name: form.name.clone(),
        address: form.address,
        wanted: to_json(&form.wanted)?,
        version: 1,
        key_id: key.id().to_owned(),
        sealed: sealed(&key, id, secret)?,
        former_sealed: None,
        former_until: None,
        after: newest,
        created_at: engine.clock().now().millis(),
        off_since: None,
        off_why: None,
        failing_since: None,
        held_until: None,
        giving_up_to: None,
        replay_asked_at: None,
        replay_since: None,
        replay_after: None,
        replay_to: None,
        replayed: 0,
    };
    webhook::Entity::insert(new.into_active_model())
        .exec_without_returning(&tx)
        .await?;
    note(&tx, "webhook.create", id, Some(form.name));
    tx.commit().await?;
    Ok(id)
}

/// Changes name, address and wishes. Events that wait go to the new address, and at once. If all of that is so already, nothing is
/// done.
///
/// # Errors
/// What is wrong with the form; [`Refusal::ChangedMeanwhile`] if `version` is not the webhook's.
pub async fn change(
    engine: &Engine,
    actor: &Actor,
    id: WebhookId,
    version: i64,
    form: &WebhookForm,
) -> Result<()> {
    actor.require(Permission::WebhookChange)?;
    let form = checked(engine, form)?;
    let tx = engine.transaction_alone(actor).await?;
    let row = unchanged(&tx, id, Some(version)).await?;
    let json = to_json(&form.wanted)?;
    if (&row.name, &row.address, &row.wanted) == (&form.name, &form.address, &json) {
        return Ok(());
    }
    name_is_free(&tx, &form.name, Some(id)).await?;
    are_there(&tx, &form.wanted, &wanted(&row)).await?;
    let moves = row.address != form.address;
    if moves {
        send_at_once(&tx, id, Condition::all()).await?;
    }
    let mut row = row.into_active_model();
    row.version = Set(version + 1);
    row.name = Set(form.name.clone());
    row.address = Set(form.address);
    row.wanted = Set(json);
    if moves {
        row.failing_since = Set(None);
    }
    webhook::Entity::update(row).exec(&tx).await?;
    note(&tx, "webhook.change", id, Some(form.name));
    tx.commit().await
}

/// The row, if it has this version.
pub(super) async fn unchanged(
    db: &impl ConnectionTrait,
    id: WebhookId,
    version: Option<i64>,
) -> Result<webhook::Model> {
    let row = known(db, id).await?;
    match version.is_none_or(|version| version == row.version) {
        true => Ok(row),
        false => Err(Refusal::ChangedMeanwhile.into()),
    }
}

/// Notes the change of a webhook in the audit log, and tells of it: every page asks then which are off.
pub(super) fn note(tx: &Transaction, action: &str, id: WebhookId, detail: Option<String>) {
    note_sent(tx, action, id, detail);
    tx.changed(Change::Webhook { webhook: id }, Audience::Everybody);
}

/// Notes what somebody has it sent, of which no page needs to hear.
pub(super) fn note_sent(tx: &Transaction, action: &str, id: WebhookId, detail: Option<String>) {
    tx.audit(action, Subject::Webhook(id.uuid()), detail);
}

fn checked(engine: &Engine, form: &WebhookForm) -> Result<WebhookForm> {
    let form = form.check()?;
    let address = engine
        .webhooks
        .address(&form.address)
        .map_err(|problem| Invalid::field("address", problem))?;
    Ok(WebhookForm {
        address: address.into(),
        ..form
    })
}

pub(super) fn sealed(key: &MasterKey, id: WebhookId, secret: &Secret) -> Result<Vec<u8>> {
    key.seal_webhook_secret(id, secret.bytes())
}

/// For the first webhook: of what happened before, nobody is told.
async fn begin(tx: &Transaction, newest: i64) -> Result<()> {
    let row = webhook_progress::Model {
        id: ONLY,
        told: newest,
        place: 0,
    };
    let again = OnConflict::column(webhook_progress::Column::Id)
        .update_column(webhook_progress::Column::Told)
        .to_owned();
    webhook_progress::Entity::insert(row.into_active_model())
        .on_conflict(again)
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// Refuses channels and queues that do not exist, unless it names them `already`: nothing would ever be sent. A webhook whose
/// channel was deleted may still be renamed.
async fn are_there(tx: &Transaction, wanted: &Wanted, already: &Wanted) -> Result<()> {
    let new = added(&wanted.channels, &already.channels);
    let channels = channel::Entity::find()
        .filter(channel::Column::Id.is_in(new.iter().map(|id| id.uuid())))
        .filter(channel::Column::DeletedAt.is_null());
    if channels.count(tx).await? != new.len() as u64 {
        return Err(Invalid::field("channels", Problem::Unknown).into());
    }
    let new = added(&wanted.queues, &already.queues);
    let queues = queue::Entity::find().filter(queue::Column::Id.is_in(new.iter().map(|id| id.uuid())));
    if queues.count(tx).await? != new.len() as u64 {
        return Err(Invalid::field("queues", Problem::Unknown).into());
    }
    Ok(())
}

fn added<I: Copy + Eq + Hash>(wanted: &[I], already: &[I]) -> HashSet<I> {
    let new = wanted.iter().filter(|id| !already.contains(id));
    new.copied().collect()
}

async fn name_is_free(tx: &Transaction, name: &str, except: Option<WebhookId>) -> Result<()> {
    let other = webhook::Entity::find()
        .filter(webhook::Column::Name.eq(name))
        .one(tx)
        .await?;
    match other {
        Some(other) if Some(WebhookId::new(other.id)) != except => {
            Err(Invalid::taken("name", &other.name).into())
        }
        _ => Ok(()),
    }
}
