//! Templates as pages and scripts list them.

use crate::{
    Engine, Error, Result,
    database::cursor,
    entity::{channel, template, template_account},
    reach,
    sessions::access,
};
use domain::{
    access::{Actor, Permission},
    form::Problem,
    ids::{ChannelId, FileId, SessionId},
    message::content::Content,
    page::{Page, PageRequest},
    refs::ChannelRef,
    refusal::Refusal,
    template::{Account, Found, Status, TemplateView, Values},
    time::Timestamp,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Select};
use std::collections::{BTreeSet, HashMap};

/// The templates of every channel's account that mention what is wanted, in the order of the channels' names.
///
/// # Errors
/// `Forbidden`
pub async fn accounts(engine: &Engine, actor: &Actor, wanted: &str) -> Result<Vec<Account>> {
    actor.require(Permission::ChannelRead)?;
    let db = engine.db.read();
    let channels = channel::Entity::find()
        .filter(channel::Column::DeletedAt.is_null())
        .filter(reach::channels(actor))
        .order_by_asc(channel::Column::Name)
        .order_by_asc(channel::Column::Id)
        .all(db)
        .await?;
    let mut accounts = Vec::new();
    for channel in channels {
        let mut account = account(db, channel).await?;
        account.found = account.found.search(wanted);
        accounts.push(account);
    }
    Ok(accounts)
}

/// One page of the templates of a channel's account, by name and language; and whether the channel may send them.
///
/// # Errors
/// `Forbidden`, `NotFound`, `BadCursor`
pub async fn of_channel(
    engine: &Engine,
    actor: &Actor,
    id: ChannelId,
    page: &PageRequest,
) -> Result<(Page<TemplateView>, bool)> {
    use template::Column;
    actor.require(Permission::ChannelRead)?;
    reach::to_channel(actor, id)?;
    let db = engine.db.read();
    let channel = channel::Entity::find_by_id(id.uuid())
        .filter(channel::Column::DeletedAt.is_null())
        .one(db)
        .await?;
    let channel = channel.ok_or(Refusal::NotFound)?;
    // Without an account there are none.
    let all = of_account(channel.waba_id.as_deref().unwrap_or_default());
    let columns = (Column::Name, Column::Language, Column::TemplateId);
    let place = |row: &template::Model| (row.name.clone(), row.language.clone(), row.template_id.clone());
    let found = cursor::page_of(db, all, columns, page, place).await?;
    Ok((found.map(template::Model::view), channel.templates_allowed))
}

/// Templates by their accounts and ids, without those that Meta does not have any more.
///
/// # Errors
/// `Forbidden`
pub async fn those(
    engine: &Engine,
    actor: &Actor,
    wanted: &[(&str, &str)],
) -> Result<HashMap<(String, String), TemplateView>> {
    use template::Column;
    if wanted.is_empty() {
        return Ok(HashMap::new());
    }
    actor.require(Permission::ChannelRead)?;
    // An account may be another channel's.
    actor.reaches_everything()?;
    let (accounts, ids): (BTreeSet<&str>, BTreeSet<&str>) = wanted.iter().copied().unzip();
    let found = template::Entity::find()
        .filter(Column::WabaId.is_in(accounts))
        .filter(Column::TemplateId.is_in(ids))
        .all(engine.db.read())
        .await?;
    let found = found.into_iter();
    Ok(found
        .map(|row| ((row.waba_id.clone(), row.template_id.clone()), row.view()))
        .collect())
}

/// The templates that the actor may choose from in a session: those that Meta sends now and that mention what is wanted.
/// Empty where the channel may send none.
///
/// # Errors
/// The actor may not see the session.
pub async fn choices(engine: &Engine, actor: &Actor, id: SessionId, wanted: &str) -> Result<Found> {
    let db = engine.db.read();
    let session = access::find(db, actor, id, false).await?;
    let channel = channel::Entity::find_by_id(session.channel_id).one(db).await?;
    let channel = channel.filter(|channel| channel.templates_allowed);
    let Some(waba_id) = channel.and_then(|channel| channel.waba_id) else {
        return Ok(Found::default());
    };
    let approved = of_account(&waba_id).filter(template::Column::Status.eq(Status::Approved.as_str()));
    Ok(found(db, approved).await?.search(wanted))
}

/// The message that sends one of these templates with these values.
///
/// # Errors
/// The actor may not see the session; `TemplatesOff`; `NotFound` for a template that Meta does not send now; `Invalid`.
pub async fn filled(
    engine: &Engine,
    actor: &Actor,
    id: SessionId,
    template: &str,
    values: &Values,
    file: Option<FileId>,
) -> Result<Content> {
    let db = engine.db.read();
    let session = access::find(db, actor, id, false).await?;
    let channel = channel::Entity::find_by_id(session.channel_id).one(db).await?;
    let channel = channel
        .filter(|channel| channel.templates_allowed)
        .ok_or(Refusal::TemplatesOff)?;
    let waba_id = channel.waba_id.ok_or(Refusal::NotFound)?;
    let found = template::Entity::find_by_id((waba_id, template.to_owned()))
        .one(db)
        .await?;
    let found = found.ok_or(Refusal::NotFound)?.view();
    if !found.is_approved() {
        return Err(Refusal::TemplateNotApproved { status: found.status }.into());
    }
    let definition = found
        .definition
        .map_err(|_| Refusal::field("template", Problem::Unknown))?;
    let filled = definition.fill(&found.name, &found.language, values, file)?;
    Ok(Content::Template(filled))
}

async fn account(db: &impl ConnectionTrait, channel: channel::Model) -> Result<Account> {
    let (known, found) = match &channel.waba_id {
        None => (None, Found::default()),
        Some(waba_id) => (
            template_account::Entity::find_by_id(waba_id).one(db).await?,
            found(db, of_account(waba_id)).await?,
        ),
    };
    let failure = known.as_ref().and_then(|known| known.failure.as_deref());
    let failure = failure.map(serde_json::from_str).transpose();
    Ok(Account {
        allowed: channel.templates_allowed,
        waba_id: channel.waba_id,
        synced_at: known
            .and_then(|known| known.synced_at)
            .map(Timestamp::from_millis),
        trouble: failure.map_err(|error| Error::Corrupt(format!("the templates of an account: {error}")))?,
        found,
        channel: ChannelRef {
            id: ChannelId::new(channel.id),
            name: channel.name,
        },
    })
}

fn of_account(waba_id: &str) -> Select<template::Entity> {
    template::Entity::find()
        .filter(template::Column::WabaId.eq(waba_id))
        .order_by_asc(template::Column::Name)
        .order_by_asc(template::Column::Language)
        .order_by_asc(template::Column::TemplateId)
}

async fn found(db: &impl ConnectionTrait, of: Select<template::Entity>) -> Result<Found> {
    let rows = of.all(db).await?.into_iter();
    Ok(Found {
        templates: rows.map(template::Model::view).collect(),
        more: 0,
    })
}
