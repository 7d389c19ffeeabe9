//! The worker that applies what the journal holds. It takes no input: a signal and a timer wake it, it looks for what
//! is not applied, and it may apply the same delivery twice without harm. Of several engines on one database, one at a
//! time applies (`lease`).

use crate::{
    Engine, Result,
    entity::journal,
    inbound::{
        lease::{self, Claim, Lease},
        one_by_one::one_by_one,
        together::{Waiting, oldest, together},
    },
};
use domain::access::Actor;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// How often it looks without being woken.
const PATROL: Duration = Duration::from_secs(5);
/// How often it looks where other engines may store deliveries, or may have died while they applied them.
const PATROL_AMONG_OTHERS: Duration = Duration::from_millis(250);
/// How long it waits when the database does not answer.
const PAUSE: Duration = Duration::from_secs(1);
/// Milliseconds without a burst after which applying goes on.
const CALM: u32 = 2;
/// While Meta is waiting, applying gets one part in this many of the time.
const PATIENCE: u32 = 24;

pub(crate) async fn run(engine: Engine, stop: CancellationToken) {
    let patrol = match engine.db.is_sqlite() {
        true => PATROL,
        false => PATROL_AMONG_OTHERS,
    };
    let mut bursts = 0;
    let mut lease = Lease::new(&engine);
    while !stop.is_cancelled() {
        let started = Instant::now();
        let (wait, may_be_woken) = match pass(&engine, &mut lease).await {
            Ok(Pass::Worked) => {
                give_way(&engine, started.elapsed(), &mut bursts).await;
                continue;
            }
            Ok(Pass::NothingWaits) => (patrol, true),
            Ok(Pass::AnotherWorks) => (patrol, false),
            Err(error) => {
                tracing::error!(%error, "deliveries cannot be processed now; they stay in the journal");
                lease.forget();
                (PAUSE, true)
            }
        };
        tokio::select! {
            () = engine.journal_written.notified(), if may_be_woken => {}
            () = tokio::time::sleep(wait) => {}
            () = stop.cancelled() => {}
        }
    }
    lease.release().await;
}

/// Acknowledging comes first: while bursts wait for it, applying gets only a part of the time, and so applies more at
/// once.
async fn give_way(engine: &Engine, worked: Duration, seen: &mut u64) {
    let until = Instant::now() + worked * PATIENCE;
    let mut calm = 0;
    while engine.intake.bursts() != *seen || calm > 0 {
        calm = if engine.intake.bursts() == *seen {
            calm + 1
        } else {
            1
        };
        *seen = engine.intake.bursts();
        if calm > CALM || Instant::now() >= until {
            return;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// The outcome of a look at the journal.
enum Pass {
    Worked,
    NothingWaits,
    /// Another engine holds the lease.
    AnotherWorks,
}

/// Applies the oldest rows.
async fn pass(engine: &Engine, lease: &mut Lease<'_>) -> Result<Pass> {
    let mut waiting = oldest(engine).await?;
    if !waiting.is_empty() {
        match lease.claim().await? {
            Claim::Held => {}
            Claim::Taken => waiting = oldest(engine).await?,
            Claim::Anothers => return Ok(Pass::AnotherWorks),
        }
    }
    match waiting.is_empty() {
        true => Ok(Pass::NothingWaits),
        false => lease
            .during(apply_oldest(engine, waiting))
            .await
            .map(|()| Pass::Worked),
    }
}

async fn apply_oldest(engine: &Engine, waiting: Vec<Waiting>) -> Result<()> {
    if let Some(first) = waiting.first().filter(|row| row.attempts > 0) {
        return one_by_one(engine, first).await;
    }
    let fresh: Vec<_> = waiting.into_iter().take_while(|row| row.attempts == 0).collect();
    match together(engine, &fresh).await {
        Err(error) if !error.is_passing() => {
            // One of the rows keeps the others from being applied.
            tracing::warn!(%error, rows = fresh.len(), "rows of the journal could not be applied together; their deliveries are tried alone");
            let tx = engine.transaction(&Actor::System).await?;
            lease::confirm(engine, &tx).await?;
            journal::Entity::update_many()
                .col_expr(journal::Column::Attempts, Expr::value(1_i64))
                .filter(journal::Column::Id.is_in(fresh.iter().map(|row| row.id)))
                .exec(&tx)
                .await?;
            tx.commit().await
        }
        done => done,
    }
}
