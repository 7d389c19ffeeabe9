//! Asking Meta for all templates of an account. What Meta does not list any more is deleted here, too.

use crate::{
    Engine, Error, Result,
    credentials::{seal::Kind, secrets},
    database::storable,
    entity::{channel, template, template_account},
    events::{Audience, Deed, deeds::About},
    outbound::verdict::failure_of,
    templates::rows::channels_of,
    transaction::Transaction,
};
use domain::{
    access::{Actor, Permission},
    event::Change,
    form::Problem,
    ids::ChannelId,
    message::Failure,
    refusal::Refusal,
    template::Status,
    time::Timestamp,
};
use sea_orm::{
    ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
    sea_query::{Expr, OnConflict},
};
use secrecy::SecretString;
use std::{collections::HashMap, time::Duration};
use whatsapp::{
    errors::RetryClass,
    graph::{GraphError, Template},
};

/// How often Meta is asked. Of an account's 200 calls an hour most are for others.
const EVERY: Duration = Duration::from_secs(60 * 60);
/// The same after an error that passes by itself.
const AFTER_TROUBLE: Duration = Duration::from_secs(10 * 60);
/// How soon Meta may be asked again, by an administrator or after a webhook.
pub(super) const PAUSE: Duration = Duration::from_secs(30);
/// How long an administrator waits for Meta's answer; the page shows what comes later by itself.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long an engine may take to ask. Then another one may ask, too, which does no harm.
pub(super) const CLAIMED_FOR: Duration = Duration::from_secs(2 * 60);
/// More than an account can have: 6,000 templates.
const MAX_PAGES: usize = 200;
/// Rows of one statement: SQLite takes 32,766 parameters.
const AT_ONCE: usize = 1000;

/// Asks Meta now for the templates of a channel's account. Why Meta could not be asked is part of the list.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid` if the channel names no account, `AskedJustNow` shortly after the last time.
pub async fn refresh(engine: &Engine, actor: &Actor, id: ChannelId) -> Result<()> {
    actor.require(Permission::ChannelChange)?;
    let db = engine.db.read();
    let channel = channel::Entity::find_by_id(id.uuid())
        .filter(channel::Column::DeletedAt.is_null())
        .one(db)
        .await?
        .ok_or(Refusal::NotFound)?;
    let waba_id = channel
        .waba_id
        .ok_or_else(|| Refusal::field("waba_id", Problem::Required))?;
    let now = engine.clock().now();
    let account = template_account::Entity::find_by_id(&waba_id).one(db).await?;
    let again = account.as_ref().and_then(|account| account.tried_at);
    let again = again.map(|tried| Timestamp::from_millis(tried).plus(PAUSE));
    if let Some(again) = again.filter(|again| *again > now) {
        let wait = again.since(now).as_secs() + 1;
        let seconds = u32::try_from(wait).unwrap_or(u32::MAX);
        return Err(Refusal::AskedJustNow { seconds }.into());
    }
    let due_at = account.map(|account| account.due_at);
    // Otherwise another engine has just begun.
    if let Some(claimed) = claim(engine, &waba_id, due_at).await? {
        let engine = engine.clone();
        // Goes on when the caller is tired of waiting: an account may have a hundred pages.
        let asking = tokio::spawn(async move { sync(&engine, &claimed).await });
        if let Ok(done) = tokio::time::timeout(PATIENCE, asking).await {
            return done.unwrap_or(Ok(()));
        }
    }
    Ok(())
}

/// Claims an account whose row says this; `None` if it says something else by now.
pub(super) async fn claim(
    engine: &Engine,
    waba_id: &str,
    due_at: Option<i64>,
) -> Result<Option<template_account::Model>> {
    use template_account::Column;
    let now = engine.clock().now();
    let claimed = template_account::Model {
        waba_id: waba_id.to_owned(),
        due_at: now.plus(CLAIMED_FOR).millis(),
        tried_at: Some(now.millis()),
        synced_at: None,
        failure: None,
    };
    let tx = engine.transaction(&Actor::System).await?;
    let changed = match due_at {
        None => {
            let new = template_account::Entity::insert(claimed.clone().into_active_model());
            let new = new.on_conflict(OnConflict::column(Column::WabaId).do_nothing().to_owned());
            new.exec_without_returning(&tx).await?
        }
        Some(due_at) => {
            template_account::Entity::update_many()
                .col_expr(Column::DueAt, Expr::value(claimed.due_at))
                .col_expr(Column::TriedAt, Expr::value(claimed.tried_at))
                .filter(Column::WabaId.eq(waba_id))
                .filter(Column::DueAt.eq(due_at))
                .exec(&tx)
                .await?
                .rows_affected
        }
    };
    tx.commit().await?;
    Ok((changed == 1).then_some(claimed))
}

/// Asks Meta, and stores what it tells.
pub(super) async fn sync(engine: &Engine, claimed: &template_account::Model) -> Result<()> {
    let waba_id = &claimed.waba_id;
    let told = ask(engine, waba_id).await?;
    let now = engine.clock().now();
    let (failure, wait) = match &told {
        Ok(_) => (None, EVERY),
        Err((failure, passes)) => {
            tracing::warn!(%waba_id, why = %failure.title, "Meta did not tell the templates of an account");
            (Some(failure), if *passes { AFTER_TROUBLE } else { EVERY })
        }
    };
    let failure = failure.map(serde_json::to_string).transpose();
    let failure = failure.map_err(|error| Error::Corrupt(error.to_string()))?;
    use template_account::Column;
    let tx = engine.transaction(&Actor::System).await?;
    let account = template_account::Entity::find_by_id(waba_id)
        .lock_exclusive()
        .one(&tx)
        .await?;
    let Some(account) = account else {
        // No channel has the account any more.
        return Ok(());
    };
    let is_known = account.synced_at.is_some();
    let mut update =
        template_account::Entity::update_many().col_expr(Column::Failure, Expr::value(failure.map(storable)));
    if let Ok(templates) = told {
        store(&tx, waba_id, templates, now, is_known).await?;
        update = update.col_expr(Column::SyncedAt, Expr::value(now.millis()));
    }
    update.filter(Column::WabaId.eq(waba_id)).exec(&tx).await?;
    // A webhook that came meanwhile may tell of something newer: then it stays due.
    template_account::Entity::update_many()
        .col_expr(Column::DueAt, Expr::value(now.plus(wait).millis()))
        .filter(Column::WabaId.eq(waba_id))
        .filter(Column::DueAt.eq(claimed.due_at))
        .exec(&tx)
        .await?;
    tx.changed(Change::Templates, Audience::Everybody);
    tx.commit().await
}

/// All templates, or why Meta did not tell them and whether that passes by itself. Another channel's token may do what
/// one channel's may not.
async fn ask(engine: &Engine, waba_id: &str) -> Result<std::result::Result<Vec<Template>, (Failure, bool)>> {
    let db = engine.db.read();
    let mut why = Failure::new(190, "No channel of the account has an access token");
    for channel in channels_of(db, waba_id).await? {
        let token = secrets::open_secret(engine, db, ChannelId::new(channel.id), Kind::AccessToken).await?;
        let Some(token) = token else {
            continue;
        };
        match all_pages(engine, &token, waba_id).await {
            Ok(templates) => return Ok(Ok(templates)),
            Err(error) => {
                why = failure_of(&error);
                if matches!(
                    error.class(),
                    RetryClass::Retry | RetryClass::RetryFew | RetryClass::RetrySlow
                ) {
                    return Ok(Err((why, true)));
                }
            }
        }
    }
    Ok(Err((why, false)))
}

async fn all_pages(
    engine: &Engine,
    token: &SecretString,
    waba_id: &str,
) -> std::result::Result<Vec<Template>, GraphError> {
    let mut all: Vec<Template> = Vec::new();
    let mut after: Option<String> = None;
    for _ in 0..MAX_PAGES {
        let page = engine.graph.templates(token, waba_id, after.as_deref()).await?;
        all.extend(page.templates);
        // A cursor that leads nowhere would be followed for ever.
        if page.after.is_none() || page.after == after {
            break;
        }
        after = page.after;
    }
    Ok(all)
}

/// Stores what Meta told, and tells scripts what is new; of an account that was never asked before, nothing.
async fn store(
    tx: &Transaction,
    waba_id: &str,
    templates: Vec<Template>,
    now: Timestamp,
    is_known: bool,
) -> Result<()> {
    let of_account = || template::Column::WabaId.eq(waba_id);
    let known = template::Entity::find().filter(of_account()).all(tx).await?;
    let known: HashMap<_, _> = known
        .into_iter()
        .map(|row| (row.template_id.clone(), row))
        .collect();
    let mut rows: HashMap<String, template::Model> = HashMap::new();
    for template in templates {
        let row = row(waba_id, template, &known, now);
        rows.insert(row.template_id.clone(), row);
    }
    for row in rows.values() {
        let before = known.get(&row.template_id);
        if is_known && before.is_none_or(|before| !before.is_told_like(row)) {
            let (waba_id, id) = (waba_id.to_owned(), row.template_id.clone());
            tx.did(About::Templates, Deed::Template { waba_id, id });
        }
    }
    template::Entity::delete_many()
        .filter(of_account())
        .exec(tx)
        .await?;
    let rows: Vec<_> = rows
        .into_values()
        .map(IntoActiveModel::into_active_model)
        .collect();
    for rows in rows.chunks(AT_ONCE) {
        template::Entity::insert_many(rows.iter().cloned())
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

/// What only webhooks tell is kept as long as it is true.
fn row(
    waba_id: &str,
    told: Template,
    known: &HashMap<String, template::Model>,
    now: Timestamp,
) -> template::Model {
    let known = known.get(&told.id);
    let status = told.status.unwrap_or_default();
    let same = known.filter(|known| known.status == status && status != Status::Approved.as_str());
    let coming = told
        .correct_category
        .filter(|coming| Some(coming) != told.category.as_ref());
    let announced = known.filter(|known| coming.is_some() && known.coming_category == coming);
    template::Model {
        waba_id: waba_id.to_owned(),
        template_id: told.id,
        name: told.name.unwrap_or_default(),
        language: told.language.unwrap_or_default(),
        category: told.category,
        category_changes_at: announced.and_then(|known| known.category_changes_at),
        coming_category: coming,
        status,
        quality: told.quality,
        rejected_reason: told
            .rejected_reason
            .or_else(|| same.and_then(|known| known.rejected_reason.clone())),
        explanation: same.and_then(|known| known.explanation.clone()),
        recommendation: same.and_then(|known| known.recommendation.clone()),
        parameter_format: told.parameter_format,
        components: told.components.unwrap_or_else(|| "[]".to_owned()),
        synced_at: now.millis(),
    }
}
