//! The names of the metrics, and the gauges, which are read when somebody asks for them.

use crate::{
    Engine, Result,
    entity::{dead_letter, journal, outbox, session},
    sessions::access,
};
use domain::dead_letter::DeadReason;
use metrics::gauge;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QuerySelect,
};

/// Webhook requests that were stored and acknowledged.
pub const DELIVERIES_ACCEPTED: &str = "switchboard_deliveries_accepted_total";
/// Webhook requests that were turned away, by `reason`.
pub const DELIVERIES_REFUSED: &str = "switchboard_deliveries_refused_total";
/// Handshakes of webhook addresses that were turned away, by `reason`.
pub const HANDSHAKES_REFUSED: &str = "switchboard_handshakes_refused_total";
/// Items of deliveries, by `outcome`.
pub const ITEMS: &str = "switchboard_delivery_items_total";
/// Calls that send a message, by `outcome`.
pub const SENDS: &str = "switchboard_sends_total";
/// Transactions that record outcomes of calls and claim messages for the next.
pub const OUTBOX_COMMITS: &str = "switchboard_outbox_commits_total";
/// Calls that tell WhatsApp what was read or that somebody types, by `outcome`.
pub const RECEIPTS: &str = "switchboard_read_receipts_total";
/// Log-ins with a wrong name or password.
pub const LOGINS_REFUSED: &str = "switchboard_logins_refused_total";
/// Requests from countries that are not allowed, by `door`.
pub const REFUSED_BY_COUNTRY: &str = "switchboard_refused_by_country_total";
/// 1 while countries are chosen but there is no country database to check addresses against: everybody is let in.
pub const COUNTRIES_BLIND: &str = "switchboard_countries_blind";
/// Deliveries that are stored but not applied yet.
pub const DELIVERIES_WAITING: &str = "switchboard_deliveries_waiting";
/// Messages that still have to reach Meta.
pub const OUTBOX_WAITING: &str = "switchboard_outbox_waiting";
/// Items that could not be applied because of a fault.
pub const DEAD_LETTERS: &str = "switchboard_dead_letters";
/// Sessions that are not closed.
pub const SESSIONS_OPEN: &str = "switchboard_sessions_open";

/// Reads the gauges.
pub async fn observe(engine: &Engine) -> Result<()> {
    let db = engine.db.read();
    set(DELIVERIES_WAITING, waiting(db).await?);
    set(OUTBOX_WAITING, outbox::Entity::find().count(db).await?);
    let faults = dead_letter::Column::Reason.is_in(DeadReason::faults());
    let faults = dead_letter::Entity::find().filter(faults);
    set(DEAD_LETTERS, faults.count(db).await?);
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
