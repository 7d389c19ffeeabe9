//! Closes sessions in which nobody has written for long. This is a setting of the company's and has nothing to do with
//! Meta's service window: a session may be closed while its window is open, and the other way round.

use crate::{
    Engine, Result,
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
        if let Err(error) = pass(&engine).await {
            tracing::error!(%error, "idle sessions cannot be closed now");
        }
        tokio::select! {
            () = tokio::time::sleep(PATROL) => {}
            () = stop.cancelled() => {}
        }
    }
}

/// Closes the sessions that are idle now.
pub(crate) async fn pass(engine: &Engine) -> Result<()> {
    let Some(after) = engine.close_idle_after else {
        return Ok(());
    };
    let before = engine.clock().now().minus(after).millis();
    // A late delivery opens a session with an old message: it stays open as long as any other.
    let idle = || {
        Condition::all()
            .add(is_open())
            .add(session::Column::LastMessageAt.lte(before))
            .add(session::Column::OpenedAt.lte(before))
    };
    loop {
        let found = session::Entity::find()
            .filter(idle())
            .order_by_asc(session::Column::Id)
            .limit(AT_ONCE)
            .all(engine.db.read())
            .await?;
        if found.is_empty() {
            return Ok(());
        }
        let tx = engine.transaction(&Actor::System).await?;
        let now = engine.clock().now().millis();
        for of in &found {
            let closed = session::Entity::update_many()
                .col_expr(session::Column::State, Expr::value(State::Closed.as_str()))
                .col_expr(session::Column::ClosedAt, Expr::value(now))
                .col_expr(session::Column::Unread, Expr::value(0))
                .filter(session::Column::Id.eq(of.id))
                // A message may have arrived since, or another engine was quicker.
                .filter(idle())
                .exec(&tx)
                .await?;
            if closed.rows_affected == 1 {
                let hours = (after.as_secs() / 3600).to_string();
                session_event(&tx, of.id, SessionEventKind::ClosedIdle, Some(hours)).await?;
                session_changed(&tx, of);
            }
        }
        tx.commit().await?;
    }
}
