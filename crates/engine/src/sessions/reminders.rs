//! What the time brings: sessions that were put off come back, and a service window that closes soon is told to those who
//! could still answer in it. Each is told once, whichever engine is quicker.

use crate::{
    Engine, Result,
    entity::session::{self, ANSWERED},
    events::Audience,
    sessions::{access::is_open, audience::session_changed, timeline::session_event},
    transaction::Transaction,
};
use domain::{
    access::Actor,
    event::{Change, Reminder},
    ids::SessionId,
    session::SessionEventKind,
    time::{SERVICE_WINDOW, Timestamp, WINDOW_CLOSES_SOON},
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait},
};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const PATROL: Duration = Duration::from_secs(10);
/// Sessions of one transaction, so that other writers get their turn.
const AT_ONCE: u64 = 200;

pub(crate) async fn run(engine: Engine, stop: CancellationToken) {
    while !stop.is_cancelled() {
        match pass(&engine).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "nobody can be reminded of sessions now"),
        }
        tokio::select! {
            () = tokio::time::sleep(PATROL) => {}
            () = stop.cancelled() => {}
        }
    }
}

/// Does some of what is due now; returns whether there may be more.
pub(crate) async fn pass(engine: &Engine) -> Result<bool> {
    let now = engine.clock().now();
    let woken = wake(engine, now).await?;
    Ok(tell_closing(engine, now).await? || woken)
}

async fn wake(engine: &Engine, now: Timestamp) -> Result<bool> {
    let due = || session::Column::SnoozedUntil.lte(now.millis());
    let found = session::Entity::find()
        .filter(due())
        .order_by_asc(session::Column::SnoozedUntil)
        .limit(AT_ONCE)
        .all(engine.db.read())
        .await?;
    if found.is_empty() {
        return Ok(false);
    }
    let tx = engine.transaction(&Actor::System).await?;
    for of in locked(&tx, found).await? {
        // It may have been put off again since.
        if of.snoozed_until.is_none_or(|until| until > now.millis()) {
            continue;
        }
        session::Entity::update_many()
            .col_expr(session::Column::SnoozedUntil, Expr::value(None::<i64>))
            .filter(session::Column::Id.eq(of.id))
            .exec(&tx)
            .await?;
        session_event(&tx, of.id, SessionEventKind::Woken, None, None).await?;
        session_changed(&tx, &of);
        tx.changed(reminder(&of, Reminder::SnoozeOver), Audience::of_session(&of));
    }
    tx.commit().await?;
    Ok(true)
}

async fn tell_closing(engine: &Engine, now: Timestamp) -> Result<bool> {
    let found = session::Entity::find()
        .filter(closing(now))
        .limit(AT_ONCE)
        .all(engine.db.read())
        .await?;
    if found.is_empty() {
        return Ok(false);
    }
    let tx = engine.transaction(&Actor::System).await?;
    let soon = now.plus(WINDOW_CLOSES_SOON);
    for of in locked(&tx, found).await? {
        if of.reminded_of == of.last_inbound_at || of.window_closes_at().is_none_or(|closes| closes > soon) {
            continue;
        }
        session::Entity::update_many()
            .col_expr(session::Column::RemindedOf, Expr::value(of.last_inbound_at))
            .filter(session::Column::Id.eq(of.id))
            .exec(&tx)
            .await?;
        // Of one that is answered, closed or over meanwhile, nobody needs to hear.
        let waits = of.closed_at.is_none() && of.waiting_since < ANSWERED && of.window_is_open(now);
        if waits {
            tx.changed(reminder(&of, Reminder::WindowCloses), Audience::of_session(&of));
        }
    }
    tx.commit().await?;
    Ok(true)
}

async fn locked(tx: &Transaction, found: Vec<session::Model>) -> Result<Vec<session::Model>> {
    let ids = found.into_iter().map(|of| of.id);
    tx.lock::<session::Entity>(session::Column::Id, ids).await
}

fn reminder(of: &session::Model, why: Reminder) -> Change {
    let session = SessionId::new(of.id);
    Change::Reminder { session, why }
}

/// Open sessions whose customer waits, whose window closes soon, and of which nobody was reminded since the customer last
/// wrote.
fn closing(now: Timestamp) -> Condition {
    use session::Column;
    let since = |closes: Timestamp| closes.minus(SERVICE_WINDOW).millis();
    let not_reminded = Expr::col((session::Entity, Column::RemindedOf))
        .ne(Expr::col((session::Entity, Column::LastInboundAt)));
    Condition::all()
        .add(is_open())
        .add(Column::LastInboundAt.gt(since(now)))
        .add(Column::LastInboundAt.lte(since(now.plus(WINDOW_CLOSES_SOON))))
        .add(Column::WaitingSince.lt(ANSWERED))
        .add(
            Condition::any()
                .add(Column::RemindedOf.is_null())
                .add(not_reminded),
        )
}
