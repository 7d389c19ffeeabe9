//! Closes sessions in which nobody has written for long. This is a setting of the company's and has nothing to do with
//! Meta's service window: a session may be closed while its window is open, and the other way round.

use crate::{
    Clock, Engine, Result,
    entity::session,
    sessions::{access::is_open, audience::session_changed, timeline::session_event},
};
use domain::{
    access::Actor,
    session::{SessionEventKind, State},
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const PATROL: Duration = Duration::from_secs(60);
/// Sessions closed in one transaction, so that other writers get their turn.
const AT_ONCE: u64 = 200;

pub(crate) async fn run(engine: Engine, stop: CancellationToken) {
    while !stop.is_cancelled() {
        match pass(&engine).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "idle sessions cannot be closed now"),
        }
        tokio::select! {
            () = tokio::time::sleep(PATROL) => {}
            () = stop.cancelled() => {}
        }
    }
}

/// Closes some of the sessions that are idle now; returns whether there may be more.
pub(crate) async fn pass(engine: &Engine) -> Result<bool> {
    let Some(after) = engine.close_idle_after else {
        return Ok(false);
    };
    let before = engine.clock().now().minus(after).millis();
    let found = session::Entity::find()
        .filter(idle(before))
        .order_by_asc(session::Column::Id)
        .limit(AT_ONCE)
        .all(engine.db.read())
        .await?;
    if found.is_empty() {
        return Ok(false);
    }
    let tx = engine.transaction(&Actor::System).await?;
    let now = engine.clock().now().millis();
    for of in &found {
        let closed = session::Entity::update_many()
            .col_expr(session::Column::State, Expr::value(State::Closed.as_str()))
            .col_expr(session::Column::ClosedAt, Expr::value(now))
            .col_expr(session::Column::Unread, Expr::value(0_i64))
            .filter(session::Column::Id.eq(of.id))
            // A message may have arrived since, or another engine was quicker.
            .filter(idle(before))
            .exec(&tx)
            .await?;
        if closed.rows_affected == 1 {
            let hours = (after.as_secs() / 3600).to_string();
            session_event(&tx, of.id, SessionEventKind::ClosedIdle, Some(hours), None).await?;
            session_changed(&tx, of);
        }
    }
    tx.commit().await?;
    Ok(true)
}

/// Open and not put off, and nothing has been written or has arrived since, and no answer waits to be sent. The times of messages are
/// Meta's; a late delivery arrives with an old one, and its id has the time of arrival.
fn idle(before: i64) -> Condition {
    let arrived = session::Column::LastMessageId;
    let long_ago = Condition::any()
        .add(arrived.is_null())
        .add(arrived.lt(Clock::first_id_at(before + 1)));
    Condition::all()
        .add(is_open())
        .add(session::Column::SnoozedUntil.is_null())
        .add(session::Column::LastMessageAt.lte(before))
        .add(session::Column::OpenedAt.lte(before))
        .add(long_ago)
        .add(Expr::cust(
            "NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.session_id = sessions.id)",
        ))
}
