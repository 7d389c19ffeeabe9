//! Pages of a filter that may match few of millions of sessions.
//!
//! A page scans a bounded number of sessions. When they do not fill it, its cursor goes on after the last one scanned, so
//! that a filter that matches little gives short pages and not slow ones.

use crate::{
    Result,
    database::cursor,
    entity::session,
    sessions::{order::Order, stretches},
};
use sea_orm::{Condition, ConnectionTrait, QuerySelect, Select};
use uuid::Uuid;

/// How many rows are scanned for a page: of the sessions that the actor sees, or of the contacts.
pub(super) const SCANNED: u64 = 10_000;

const ORDER: Order = Order::LatestMessage;

/// The query for the first `many` that are `narrowed`, among the first [`SCANNED`] of these stretches that are `within`; and
/// where to go on if there are not as many.
pub(super) async fn first(
    db: &impl ConnectionTrait,
    stretches: &[Condition],
    within: Condition,
    narrowed: Condition,
    many: u64,
) -> Result<(Select<session::Entity>, Option<String>)> {
    let last: Option<(i64, Uuid)> = stretches::first(stretches, ORDER, &within, SCANNED)
        .select_only()
        .columns([session::Column::LastMessageAt, session::Column::Id])
        .offset(SCANNED - 1)
        .into_tuple()
        .one(db)
        .await?;
    // Those down to the last one, whatever has come or moved meanwhile.
    let columns = (session::Column::LastMessageAt, session::Column::Id);
    let down_to_last = last.map(|last| cursor::from(columns, last));
    let narrowed = narrowed.add(within).add_option(down_to_last);
    let found = stretches::first(stretches, ORDER, &narrowed, many);
    Ok((found, last.map(|(at, id)| cursor::of_time_and_id(at, id))))
}
