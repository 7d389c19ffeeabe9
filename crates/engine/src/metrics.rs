//! The metrics: their names, and the gauges, which are read when somebody asks for them.

pub mod names;

pub use names::*;

use crate::{
    Engine, Result,
    entity::{dead_letter, journal, outbox, session, webhook, webhook_call},
    sessions::access,
};
use domain::{dead_letter::DeadReason, webhook::WhyOff};
use metrics::gauge;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QuerySelect,
};

/// Reads the gauges.
pub async fn observe(engine: &Engine) -> Result<()> {
    let db = engine.db.read();
    set(DELIVERIES_WAITING, waiting(db).await?);
    set(OUTBOX_WAITING, outbox::Entity::find().count(db).await?);
    let faults = dead_letter::Column::Reason.is_in(DeadReason::faults());
    let faults = dead_letter::Entity::find().filter(faults);
    set(DEAD_LETTERS, faults.count(db).await?);
    let waiting = webhook_call::Entity::find().filter(webhook_call::Column::DeadAt.is_null());
    set(WEBHOOK_CALLS_WAITING, waiting.count(db).await?);
    let by_itself = webhook::Column::OffWhy.ne(WhyOff::Administrator.as_str());
    let off = webhook::Entity::find().filter(webhook::Column::OffSince.is_not_null());
    set(WEBHOOKS_OFF, off.filter(by_itself).count(db).await?);
    let open = session::Entity::find().filter(access::is_open());
    set(SESSIONS_OPEN, open.count(db).await?);
    set(COUNTRIES_BLIND, u64::from(engine.countries.is_blind()));
    Ok(())
}

/// Deliveries that are stored but not applied yet.
pub(crate) async fn waiting(db: &impl ConnectionTrait) -> Result<u64> {
    let sum: Option<Option<i64>> = journal::Entity::find()
        .filter(journal::Column::AppliedAt.is_null())
        .select_only()
        .column_as(journal::Column::Deliveries.sum().cast_as("bigint"), "deliveries")
        .into_tuple()
        .one(db)
        .await?;
    Ok(u64::try_from(sum.flatten().unwrap_or(0)).unwrap_or(0))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "gauges are floating point; counts stay far below 2^53"
)]
fn set(name: &'static str, value: u64) {
    gauge!(name).set(value as f64);
}
