//! Several engines on one PostgreSQL store deliveries, and one of them at a time applies them: the one that holds the
//! lease on the journal. So deliveries of one contact are applied in their order, and no two transactions read the same
//! session and write it back. One lease for the whole journal costs a statement every few seconds; a claim for each
//! batch would cost one per batch, and would not keep two batches of one contact apart.
//!
//! The lease ends by itself, so that another engine goes on after the holder has died. It decides who *works*; who
//! *commits* is decided in the database: each transaction that applies something checks, before it commits, that its
//! engine still holds the lease, and locks that row until it ends ([`held`], [`confirm`]). So a takeover comes either
//! before that check, and nothing is committed, or after the commit, and the next engine sees what was applied. The
//! clocks of the engines are compared in one place, [`take`]: where they differ, a takeover comes earlier or later by
//! the difference, and nothing is applied twice.
//!
//! SQLite has one engine: the lock on its file is the lease.

use crate::{Engine, Error, Result, entity::lease};
use sea_orm::{
    ColumnTrait, Condition, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Select,
    sea_query::Expr,
};
use std::time::Duration;

/// How long the lease is held without being renewed; also how long deliveries wait after an engine has died.
const TERM: Duration = Duration::from_secs(5);
/// The lease is renewed when less than this is left.
const RENEW: Duration = Duration::from_secs(3);

/// What the worker knows of the lease.
#[derive(Debug)]
pub(super) struct Lease<'engine> {
    engine: &'engine Engine,
    /// Milliseconds; 0 when this engine does not hold the lease.
    until: i64,
}

/// Whether this engine may apply what the journal holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Claim {
    /// It could do so before, too.
    Held,
    /// From now on. Another engine may have applied something since this one looked.
    Taken,
    Anothers,
}

impl<'engine> Lease<'engine> {
    pub(super) fn new(engine: &'engine Engine) -> Self {
        Self { engine, until: 0 }
    }

    /// Takes the lease, or keeps it. Asks the database only when this engine does not hold the lease, or when it ends
    /// soon.
    pub(super) async fn claim(&mut self) -> Result<Claim> {
        if self.engine.db.is_sqlite() {
            return Ok(Claim::Held);
        }
        let now = self.engine.clock().now();
        let held = now.millis() < self.until;
        if now.plus(RENEW).millis() > self.until {
            self.until = match take(self.engine).await? {
                true => now.plus(TERM).millis(),
                false => 0,
            };
        }
        Ok(match self.until {
            0 => Claim::Anothers,
            _ if held => Claim::Held,
            _ => Claim::Taken,
        })
    }

    /// Renews the lease while the work goes on.
    pub(super) async fn during<T>(&self, work: impl Future<Output = T>) -> T {
        let renewals = async {
            if self.until == 0 {
                return std::future::pending().await;
            }
            loop {
                tokio::time::sleep(TERM.saturating_sub(RENEW)).await;
                // The lease is checked again before anything is committed.
                if let Err(error) = take(self.engine).await {
                    tracing::warn!(%error, "the lease on the journal cannot be renewed now");
                }
            }
        };
        tokio::select! {
            done = work => done,
            never = renewals => never,
        }
    }

    /// After an error, the lease is asked for again.
    pub(super) fn forget(&mut self) {
        self.until = 0;
    }

    /// Gives the lease back, so that another engine goes on at once.
    pub(super) async fn release(self) {
        if self.until > 0
            && let Err(error) = end(self.engine).await
        {
            tracing::warn!(%error, "the lease on the journal is not given back; it ends by itself");
        }
    }
}

/// Takes the lease or renews it; false while another engine holds it.
async fn take(engine: &Engine) -> Result<bool> {
    let now = engine.clock().now();
    let free = Condition::any()
        .add(lease::Column::HeldBy.eq(engine.id))
        .add(lease::Column::HeldUntil.lte(now.millis()));
    let tx = engine.db.write().await?;
    let taken = lease::Entity::update_many()
        .col_expr(lease::Column::HeldBy, Expr::value(engine.id))
        .col_expr(lease::Column::HeldUntil, Expr::value(now.plus(TERM).millis()))
        .filter(lease::Column::Name.eq(lease::JOURNAL))
        .filter(free)
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(taken.rows_affected == 1)
}

async fn end(engine: &Engine) -> Result<()> {
    let tx = engine.db.write().await?;
    lease::Entity::update_many()
        .col_expr(lease::Column::HeldUntil, Expr::value(0_i64))
        .filter(lease::Column::Name.eq(lease::JOURNAL))
        .filter(lease::Column::HeldBy.eq(engine.id))
        .exec(&tx)
        .await?;
    Ok(tx.commit().await?)
}

/// The lease, if it is this engine's. Nobody takes it until the transaction ends.
fn ours(engine: &Engine) -> Select<lease::Entity> {
    lease::Entity::find()
        .filter(lease::Column::Name.eq(lease::JOURNAL))
        .filter(lease::Column::HeldBy.eq(engine.id))
        .lock_shared()
}

/// The condition of a statement that marks something as applied: the lease is this engine's.
pub(super) fn held(engine: &Engine) -> Condition {
    match engine.db.is_sqlite() {
        true => Condition::all(),
        false => Condition::all().add(Expr::exists(ours(engine).into_query())),
    }
}

/// The same check, for a transaction that marks nothing.
///
/// # Errors
/// As [`lost`].
pub(super) async fn confirm(engine: &Engine, tx: &DatabaseTransaction) -> Result<()> {
    match engine.db.is_sqlite() || ours(engine).one(tx).await?.is_some() {
        true => Ok(()),
        false => Err(lost()),
    }
}

/// Another engine has taken over, and does what this one was about to commit.
pub(super) fn lost() -> Error {
    Error::Unavailable("another engine has taken over the journal")
}
