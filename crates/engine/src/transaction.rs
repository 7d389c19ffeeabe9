//! The only way to change something. Besides the rows, a transaction collects who did what (the audit log), the events
//! for pages, the workers to wake, and changes of what is kept in memory. Audit entries and events are rows of the same
//! transaction; the rest is done after the commit. A dropped transaction does none of this.

use crate::{
    Engine, Result,
    audit::{self, Subject},
    events::{
        Audience, Deed,
        deeds::{About, Deeds},
        log,
    },
    idempotency,
    wakes::Worker,
};
use async_trait::async_trait;
use domain::{
    access::{Actor, AuditOutcome},
    event::Change,
};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, EntityTrait, ExecResult,
    QueryFilter as _, QueryOrder as _, QueryResult, QuerySelect as _, Statement,
};
use std::{
    collections::{BTreeSet, HashSet},
    fmt,
    ops::Deref,
    sync::{Mutex, MutexGuard, PoisonError},
};
use uuid::Uuid;

/// Rows that are locked by one statement: SQLite has 32,766 parameters for each, PostgreSQL twice as many.
const LOCKED_AT_ONCE: usize = 10_000;

pub(crate) struct Transaction {
    engine: Engine,
    actor: Actor,
    rows: DatabaseTransaction,
    pending: Mutex<Pending>,
}

/// A change in memory that follows the commit.
type Step = Box<dyn FnOnce(&Engine) + Send>;

/// What waits for the commit.
#[derive(Default)]
struct Pending {
    audit: Vec<audit::Entry>,
    changes: Vec<(Change, Audience)>,
    deeds: Deeds,
    wake: BTreeSet<Worker>,
    then: Vec<Step>,
}

impl Engine {
    /// Begins a change by this actor.
    pub(crate) async fn transaction(&self, actor: &Actor) -> Result<Transaction> {
        Ok(Transaction::new(self, actor, self.db.write().await?))
    }

    /// Begins a change that depends on rows which it does not itself change, see
    /// [`Database::write_alone`](crate::database::Database::write_alone).
    pub(crate) async fn transaction_alone(&self, actor: &Actor) -> Result<Transaction> {
        Ok(Transaction::new(self, actor, self.db.write_alone().await?))
    }
}

impl Transaction {
    fn new(engine: &Engine, actor: &Actor, rows: DatabaseTransaction) -> Self {
        Self {
            engine: engine.clone(),
            actor: actor.clone(),
            rows,
            pending: Mutex::default(),
        }
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    pub(crate) fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Notes who did what in the audit log. `detail` never holds a secret's value.
    pub(crate) fn audit(&self, action: &str, subject: Subject, detail: Option<String>) {
        self.audit_outcome(action, AuditOutcome::Done, subject, detail);
    }

    /// Notes who tried what and was refused.
    pub(crate) fn audit_refused(&self, action: &str, subject: Subject, detail: Option<String>) {
        self.audit_outcome(action, AuditOutcome::Refused, subject, detail);
    }

    fn audit_outcome(&self, action: &str, outcome: AuditOutcome, subject: Subject, detail: Option<String>) {
        let entry = audit::Entry {
            action: action.to_owned(),
            outcome,
            subject,
            detail,
        };
        self.pending().audit.push(entry);
    }

    /// Tells those who may see it that something changed. Equal changes become one event.
    pub(crate) fn changed(&self, change: Change, audience: Audience) {
        self.pending().changes.push((change, audience));
    }

    /// Notes what was done, for the event that tells of it.
    pub(crate) fn did(&self, about: About, deed: Deed) {
        self.pending().deeds.add(about, deed);
    }

    /// Wakes a worker after the commit.
    pub(crate) fn wake(&self, worker: Worker) {
        self.pending().wake.insert(worker);
    }

    /// Runs `step` after the commit and before anybody hears of it, to bring up to date what is kept in memory.
    pub(crate) fn then(&self, step: impl FnOnce(&Engine) + Send + 'static) {
        self.pending().then.push(Box::new(step));
    }

    /// Reads these rows and locks them until the transaction ends. Whoever locks several rows of a table names all of
    /// them in one call, or keeps to [`in_order`]: then nobody waits for another in a circle.
    pub(crate) async fn lock<E: EntityTrait>(
        &self,
        id: E::Column,
        ids: impl IntoIterator<Item = Uuid>,
    ) -> Result<Vec<E::Model>> {
        let mut found = Vec::new();
        for ids in in_order(ids).chunks(LOCKED_AT_ONCE) {
            let these = E::find().filter(id.is_in(ids.iter().copied()));
            found.extend(these.order_by_asc(id).lock_exclusive().all(self).await?);
        }
        Ok(found)
    }

    pub(crate) async fn commit(self) -> Result<()> {
        let Self {
            engine,
            actor,
            rows,
            pending,
        } = self;
        let Pending {
            audit,
            mut changes,
            mut deeds,
            wake,
            then,
        } = pending.into_inner().unwrap_or_else(PoisonError::into_inner);
        idempotency::had_effect(&engine, &rows).await?;
        // The chain's end is locked from here on, so nothing long may follow.
        let audited = audit::write(&engine, &rows, &actor, audit).await?;
        let mut told = HashSet::new();
        changes.retain(|change| told.insert(change.clone()));
        let tells = !changes.is_empty();
        if tells {
            log::write(&rows, engine.clock().now().millis(), changes, &mut deeds).await?;
        }
        debug_assert!(deeds.is_empty(), "no event tells {deeds:?}");
        rows.commit().await?;
        audit::log(&audited);
        for step in then {
            step(&engine);
        }
        if tells {
            engine.events().committed();
        }
        for worker in wake {
            engine.wakes.wake(worker);
        }
        Ok(())
    }

    fn pending(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Each id once, in the order in which rows are locked.
pub(crate) fn in_order(ids: impl IntoIterator<Item = Uuid>) -> Vec<Uuid> {
    let mut ids: Vec<Uuid> = ids.into_iter().collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

impl Deref for Transaction {
    type Target = DatabaseTransaction;

    fn deref(&self) -> &DatabaseTransaction {
        &self.rows
    }
}

impl fmt::Debug for Transaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transaction").finish_non_exhaustive()
    }
}

#[async_trait]
impl ConnectionTrait for Transaction {
    fn get_database_backend(&self) -> DbBackend {
        self.rows.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> std::result::Result<ExecResult, DbErr> {
        self.rows.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> std::result::Result<ExecResult, DbErr> {
        self.rows.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> std::result::Result<Option<QueryResult>, DbErr> {
        self.rows.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> std::result::Result<Vec<QueryResult>, DbErr> {
        self.rows.query_all_raw(statement).await
    }
}
