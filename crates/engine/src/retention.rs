//! The worker that deletes what is no longer needed, after the times below. They are also in the retention table of
//! `docs/OPERATING.md`.

use crate::{
    Clock, Engine, Result,
    audit::chain,
    channels::{reservation, traffic},
    entity::{
        dead_letter, delivery, journal, message, message_status, password_link, setup_link, web_session,
    },
    erasure,
    events::log,
    files::keep,
    idempotency, templates, webhooks,
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, Query},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Processed deliveries and their bodies. Meta repeats a delivery for up to 7 days.
const DELIVERIES_LIVE: Duration = Duration::from_secs(14 * 24 * 60 * 60);
/// Dead letters, and the deliveries in which they came.
const DEAD_LETTERS_LIVE: Duration = Duration::from_secs(90 * 24 * 60 * 60);
/// Statuses of messages that are not here: somebody else has sent them, or they are deleted.
const STRAY_STATUSES_LIVE: Duration = Duration::from_secs(90 * 24 * 60 * 60);
/// Events, for streams that come back.
const EVENTS_LIVE: Duration = Duration::from_secs(24 * 60 * 60);
/// Events as webhooks got them, what they answered, and what was given up.
const WEBHOOK_EVENTS_LIVE: Duration = Duration::from_secs(14 * 24 * 60 * 60);
/// Rows of the audit log.
const AUDIT_LIVES: Duration = Duration::from_secs(2 * 365 * 24 * 60 * 60);
/// Maximum number of deliveries deleted in one transaction, so that other writers get their turn.
const BATCH: u64 = 500;
const PATROL: Duration = Duration::from_secs(10 * 60);

pub(crate) async fn run(engine: Engine, stop: CancellationToken) {
    while !stop.is_cancelled() {
        if let Err(error) = pass(&engine).await {
            tracing::error!(%error, "old data cannot be deleted now");
        }
        tokio::select! {
            () = tokio::time::sleep(PATROL) => {}
            () = stop.cancelled() => {}
        }
    }
}

pub(crate) async fn pass(engine: &Engine) -> Result<()> {
    let now = engine.clock().now();
    let tx = engine.db.write().await?;
    web_session::Entity::delete_many()
        .filter(web_session::Column::ExpiresAt.lte(now.millis()))
        .exec(&tx)
        .await?;
    setup_link::Entity::delete_many()
        .filter(setup_link::Column::ExpiresAt.lte(now.millis()))
        .exec(&tx)
        .await?;
    password_link::Entity::delete_many()
        .filter(password_link::Column::ExpiresAt.lte(now.millis()))
        .exec(&tx)
        .await?;
    traffic::forget(&tx, now).await?;
    reservation::forget(&tx, now).await?;
    templates::forget(&tx).await?;
    tx.commit().await?;
    let before = now.minus(DEAD_LETTERS_LIVE).millis();
    while forget_letters(engine, before).await? == BATCH {}
    let before = now.minus(DELIVERIES_LIVE).millis();
    while forget_deliveries(engine, before).await? == BATCH {}
    while forget_rows(engine, before).await? == BATCH {}
    let before = now.minus(STRAY_STATUSES_LIVE).millis();
    while forget_statuses(engine, before).await? == BATCH {}
    let before = now.minus(EVENTS_LIVE).millis();
    while forget_events(engine, before).await? == BATCH {}
    while forget_keys(engine).await? == BATCH {}
    let before = now.minus(WEBHOOK_EVENTS_LIVE).millis();
    while webhooks::forget::events(engine, before, BATCH).await? == BATCH {}
    while chain::forget(engine, now.minus(AUDIT_LIVES)).await? > 0 {}
    // Files fill the disk, so they go whatever becomes of the rest.
    let erased = erasure::finish_erasures(engine).await;
    let ruled = erasure::apply(engine).await;
    keep::pass(engine).await?;
    erased.and(ruled)
}

async fn forget_letters(engine: &Engine, before: i64) -> Result<u64> {
    let old: Vec<Uuid> = dead_letter::Entity::find()
        .filter(dead_letter::Column::Id.lt(Clock::first_id_at(before)))
        .order_by_asc(dead_letter::Column::Id)
        .limit(BATCH)
        .select_only()
        .column(dead_letter::Column::Id)
        .into_tuple()
        .all(engine.db.read())
        .await?;
    let tx = engine.db.write().await?;
    let gone = dead_letter::Entity::delete_many()
        .filter(dead_letter::Column::Id.is_in(old))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(gone.rows_affected)
}

/// Deletes whole batches of the journal with their bodies, and the rows of their deliveries; ids rise with time. Keeps
/// what is needed to replay a dead letter.
async fn forget_deliveries(engine: &Engine, before: i64) -> Result<u64> {
    let needed = Query::select()
        .column(dead_letter::Column::JournalId)
        .from(dead_letter::Entity)
        .and_where(dead_letter::Column::JournalId.is_not_null())
        .to_owned();
    let old: Vec<Uuid> = journal::Entity::find()
        .select_only()
        .column(journal::Column::Id)
        .filter(journal::Column::Id.lt(Clock::first_id_at(before)))
        .filter(journal::Column::AppliedAt.is_not_null())
        .filter(journal::Column::Id.not_in_subquery(needed))
        .order_by_asc(journal::Column::Id)
        .limit(BATCH)
        .into_tuple()
        .all(engine.db.read())
        .await?;
    let tx = engine.db.write().await?;
    let gone = journal::Entity::delete_many()
        .filter(journal::Column::Id.is_in(old))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(gone.rows_affected)
}

async fn forget_events(engine: &Engine, before: i64) -> Result<u64> {
    let told = webhooks::fan_out::told(engine).await?;
    let tx = engine.db.write().await?;
    let gone = log::forget(&tx, before, told, BATCH).await?;
    tx.commit().await?;
    Ok(gone)
}

async fn forget_keys(engine: &Engine) -> Result<u64> {
    let tx = engine.db.write().await?;
    let gone = idempotency::forget(&tx, engine.clock().now(), BATCH).await?;
    tx.commit().await?;
    Ok(gone)
}

/// A message may have come after its statuses: these are no strays any more.
async fn forget_statuses(engine: &Engine, before: i64) -> Result<u64> {
    use message_status::Column;
    let old: Vec<(String, String)> = message_status::Entity::find()
        .filter(Column::StraySince.lt(before))
        .order_by_asc(Column::StraySince)
        .limit(BATCH)
        .select_only()
        .columns([Column::PhoneNumberId, Column::Wamid])
        .into_tuple()
        .all(engine.db.read())
        .await?;
    let found = old.len() as u64;
    let mut wamids_of: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (number, wamid) in old {
        wamids_of.entry(number).or_default().insert(wamid);
    }
    let tx = engine.db.write().await?;
    for (number, wamids) in wamids_of {
        let strays = Condition::all()
            .add(Column::PhoneNumberId.eq(&number))
            .add(Column::Wamid.is_in(&wamids))
            .add(Column::StraySince.is_not_null());
        let here = Query::select()
            .column(message::Column::Wamid)
            .from(message::Entity)
            .and_where(message::Column::PhoneNumberId.eq(&number))
            .and_where(message::Column::Wamid.is_in(&wamids))
            .to_owned();
        message_status::Entity::update_many()
            .col_expr(Column::StraySince, Expr::value(None::<i64>))
            .filter(strays.clone().add(Column::Wamid.in_subquery(here)))
            .exec(&tx)
            .await?;
        message_status::Entity::delete_many()
            .filter(strays.add(Column::StraySince.lt(before)))
            .exec(&tx)
            .await?;
    }
    tx.commit().await?;
    Ok(found)
}

async fn forget_rows(engine: &Engine, before: i64) -> Result<u64> {
    let old: Vec<_> = delivery::Entity::find()
        .filter(delivery::Column::Id.lt(Clock::first_id_at(before)))
        .order_by_asc(delivery::Column::Id)
        .limit(BATCH)
        .all(engine.db.read())
        .await?
        .into_iter()
        .map(|row| row.id)
        .collect();
    let tx = engine.db.write().await?;
    let gone = delivery::Entity::delete_many()
        .filter(delivery::Column::Id.is_in(old))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(gone.rows_affected)
}
