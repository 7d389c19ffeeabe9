//! The worker that applies what the journal holds. It takes no input: a signal and a timer wake it, it looks at what
//! is not applied, and it may do the same delivery twice without harm. Of several engines on one database one at a time
//! applies (`lease`).

use crate::{
    Engine, Error, Result,
    entity::{delivery, journal},
    inbound::{
        apply,
        batch::Ledger,
        journal::{self as batch, Delivery, Entry},
        lease::{self, Claim, Lease},
        reject::keep,
    },
    transaction::Transaction,
};
use bytes::Bytes;
use domain::{access::Actor, dead_letter::DeadReason};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, DerivePartialModel, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Expr,
};
use std::{
    collections::{HashMap, HashSet},
    time::{Duration, Instant},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use whatsapp::webhook::{BodyError, Item};

/// Deliveries applied in one transaction, more or less: whole batches of the journal.
const TOGETHER: i64 = 128;
/// Batches of the journal looked at at once.
const BATCHES: u64 = 64;
/// Tries of a delivery as a whole before each of its items is tried alone.
const TRIES: i64 = 3;
/// How often it looks without being woken.
const PATROL: Duration = Duration::from_secs(5);
/// How often it looks where other engines may store deliveries, or may have died while they applied them.
const PATROL_AMONG_OTHERS: Duration = Duration::from_millis(250);
/// How long it waits when the database does not answer.
const PAUSE: Duration = Duration::from_secs(1);
/// Milliseconds without a crowd after which applying goes on.
const CALM: u32 = 2;
/// While Meta is waiting, applying gets one part of the time in so many.
const PATIENCE: u32 = 24;

pub(crate) async fn run(engine: Engine, stop: CancellationToken) {
    let patrol = match engine.db.is_sqlite() {
        true => PATROL,
        false => PATROL_AMONG_OTHERS,
    };
    let mut crowds = 0;
    let mut lease = Lease::new(&engine);
    while !stop.is_cancelled() {
        let started = Instant::now();
        let (wait, may_be_woken) = match pass(&engine, &mut lease).await {
            Ok(Pass::Worked) => {
                give_way(&engine, started.elapsed(), &mut crowds).await;
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

/// Acknowledging comes first: while crowds wait for it, applying takes only a part of the time, and so more at once.
async fn give_way(engine: &Engine, worked: Duration, seen: &mut u64) {
    let until = Instant::now() + worked * PATIENCE;
    let mut calm = 0;
    while engine.intake.crowds() != *seen || calm > 0 {
        calm = if engine.intake.crowds() == *seen {
            calm + 1
        } else {
            1
        };
        *seen = engine.intake.crowds();
        if calm > CALM || Instant::now() >= until {
            return;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// What came of a look at the journal.
enum Pass {
    Worked,
    NothingWaits,
    /// Another engine holds the lease.
    AnotherWorks,
}

/// Applies the oldest batches.
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
    if let Some(first) = waiting.first().filter(|batch| batch.attempts > 0) {
        return one_by_one(engine, first).await;
    }
    let fresh: Vec<_> = waiting
        .into_iter()
        .take_while(|batch| batch.attempts == 0)
        .collect();
    match together(engine, &fresh).await {
        Err(error) if !error.is_passing() => {
            // One of them is in the way of the others.
            tracing::warn!(%error, batches = fresh.len(), "a batch could not be applied; its deliveries are tried alone");
            let tx = engine.transaction(&Actor::System).await?;
            lease::confirm(engine, &tx).await?;
            journal::Entity::update_many()
                .col_expr(journal::Column::Attempts, Expr::value(1))
                .filter(journal::Column::Id.is_in(fresh.iter().map(|batch| batch.id)))
                .exec(&tx)
                .await?;
            tx.commit().await
        }
        done => done,
    }
}

/// A batch that is not applied, without its body.
#[derive(Debug, DerivePartialModel)]
#[sea_orm(entity = "journal::Entity")]
struct Waiting {
    id: Uuid,
    received_at: i64,
    deliveries: i64,
    attempts: i64,
}

/// The oldest batches that are not applied, about [`TOGETHER`] deliveries.
async fn oldest(engine: &Engine) -> Result<Vec<Waiting>> {
    let found: Vec<Waiting> = journal::Entity::find()
        .filter(journal::Column::AppliedAt.is_null())
        .order_by_asc(journal::Column::Id)
        .limit(BATCHES)
        .into_partial_model()
        .all(engine.db.read())
        .await?;
    let mut deliveries = 0;
    let enough = |batch: &Waiting| {
        let more = deliveries < TOGETHER;
        deliveries += batch.deliveries;
        more
    };
    Ok(found.into_iter().take_while(enough).collect())
}

/// What a delivery says; `Err` when it says nothing that can be read.
type Items = std::result::Result<Vec<Item>, BodyError>;

/// The deliveries of these batches, in the order in which they came.
async fn deliveries(engine: &Engine, batches: &[Waiting]) -> Result<Vec<(Delivery, Items)>> {
    let bodies: Vec<(Uuid, Vec<u8>)> = journal::Entity::find()
        .filter(journal::Column::Id.is_in(batches.iter().map(|batch| batch.id)))
        .select_only()
        .columns([journal::Column::Id, journal::Column::Body])
        .into_tuple()
        .all(engine.db.read())
        .await?;
    let mut bodies: HashMap<_, _> = bodies.into_iter().collect();
    let mut all = Vec::new();
    for of in batches {
        let body = bodies.remove(&of.id).unwrap_or_default();
        for entry in batch::read(body)? {
            let items = whatsapp::webhook::parse(&entry.body);
            let delivery = Delivery {
                journal: of.id,
                received_at: of.received_at,
                attempts: 0,
                entry,
            };
            all.push((delivery, items));
        }
    }
    Ok(all)
}

/// Applies batches in one transaction: all or none.
async fn together(engine: &Engine, batches: &[Waiting]) -> Result<()> {
    let work = deliveries(engine, batches).await?;
    let work: Vec<_> = work.iter().collect();
    let ids: Vec<_> = batches.iter().map(|batch| batch.id).collect();
    apply_all(engine, &work, &ids).await
}

async fn apply_all(engine: &Engine, work: &[&(Delivery, Items)], finished: &[Uuid]) -> Result<()> {
    let items: Vec<_> = work
        .iter()
        .flat_map(|(_, items)| items.iter().flatten())
        .collect();
    let tx = engine.transaction(&Actor::System).await?;
    let mut ledger = Ledger::read(&tx, &items).await?;
    for (delivery, items) in work {
        match items {
            Ok(items) => {
                for (position, item) in items.iter().enumerate() {
                    apply::item(&mut ledger, delivery, position, item);
                }
            }
            Err(error) => {
                let why = (DeadReason::UnreadableBody, Some(error.to_string()));
                let raw = String::from_utf8_lossy(&delivery.body);
                keep(&mut ledger, delivery, 0, None, &raw, why);
            }
        }
        ledger.done(delivery);
    }
    ledger.write(&tx).await?;
    mark_applied(engine, &tx, finished).await?;
    tx.commit().await
}

/// The last statement of a transaction that applies: these batches are done, and this engine was the one to do it.
///
/// # Errors
/// As [`lease::lost`]; nothing may be committed then.
async fn mark_applied(engine: &Engine, tx: &DatabaseTransaction, batches: &[Uuid]) -> Result<()> {
    if batches.is_empty() {
        return lease::confirm(engine, tx).await;
    }
    let marked = journal::Entity::update_many()
        .col_expr(
            journal::Column::AppliedAt,
            Expr::value(engine.clock().now().millis()),
        )
        .filter(journal::Column::Id.is_in(batches.iter().copied()))
        .filter(journal::Column::AppliedAt.is_null())
        .filter(lease::held(engine))
        .exec(tx)
        .await?;
    match usize::try_from(marked.rows_affected) == Ok(batches.len()) {
        true => Ok(()),
        false => Err(lease::lost()),
    }
}

/// A batch that could not be applied at once: each of its deliveries in a transaction of its own.
async fn one_by_one(engine: &Engine, of: &Waiting) -> Result<()> {
    let mut all = match deliveries(engine, std::slice::from_ref(of)).await {
        Err(Error::Corrupt(what)) => return set_aside(engine, of, &what).await,
        all => all?,
    };
    let done = delivery::Entity::find()
        .filter(delivery::Column::Id.is_in(all.iter().map(|(delivery, _)| delivery.id)))
        .all(engine.db.read())
        .await?;
    let done: HashSet<_> = done.into_iter().map(|row| row.id).collect();
    for work in all
        .iter_mut()
        .filter(|(delivery, _)| !done.contains(&delivery.id))
    {
        while let Err(error) = apply_all(engine, &[work], &[]).await {
            if error.is_passing() {
                return Err(error);
            }
            work.0.attempts += 1;
            tracing::warn!(delivery = %work.0.id, attempts = work.0.attempts, %error, "a delivery could not be applied");
            if work.0.attempts >= TRIES {
                item_by_item(engine, work).await?;
                break;
            }
        }
    }
    let tx = engine.transaction(&Actor::System).await?;
    mark_applied(engine, &tx, &[of.id]).await?;
    tx.commit().await?;
    Ok(())
}

/// A batch that the disk gives back in another form than it was given: it stays in the journal, with a dead letter
/// that points to it, and no longer stops those behind it.
async fn set_aside(engine: &Engine, of: &Waiting, what: &str) -> Result<()> {
    tracing::error!(batch = %of.id, deliveries = of.deliveries, what, "a batch of the journal cannot be read");
    let unread = Delivery {
        journal: of.id,
        received_at: of.received_at,
        attempts: of.attempts,
        entry: Entry {
            id: of.id,
            channel: Uuid::nil(),
            signed_by: String::new(),
            body: Bytes::new(),
        },
    };
    let tx = engine.transaction(&Actor::System).await?;
    let mut ledger = Ledger::read(&tx, &[]).await?;
    let detail = format!("{what} with {} deliveries cannot be read", of.deliveries);
    keep(
        &mut ledger,
        &unread,
        0,
        None,
        "",
        (DeadReason::Failed, Some(detail)),
    );
    ledger.write(&tx).await?;
    mark_applied(engine, &tx, &[of.id]).await?;
    tx.commit().await
}

/// The last resort: what can be applied is, and each item that cannot becomes a dead letter, so that a bad one never
/// stops its neighbours.
async fn item_by_item(engine: &Engine, (delivery, items): &(Delivery, Items)) -> Result<()> {
    for (position, item) in items.iter().flatten().enumerate() {
        if let Err(error) = alone(engine, delivery, position, item).await {
            if error.is_passing() {
                return Err(error);
            }
            let tx = engine.transaction(&Actor::System).await?;
            let mut ledger = Ledger::read(&tx, &[]).await?;
            let number = item.phone_number_id.as_deref();
            let why = (DeadReason::Failed, Some(error.to_string()));
            keep(&mut ledger, delivery, position, number, &item.raw, why);
            commit(tx, ledger).await?;
        }
    }
    let tx = engine.transaction(&Actor::System).await?;
    let mut ledger = Ledger::read(&tx, &[]).await?;
    ledger.done(delivery);
    commit(tx, ledger).await
}

async fn alone(engine: &Engine, delivery: &Delivery, position: usize, item: &Item) -> Result<()> {
    let tx = engine.transaction(&Actor::System).await?;
    let mut ledger = Ledger::read(&tx, &[item]).await?;
    apply::item(&mut ledger, delivery, position, item);
    commit(tx, ledger).await
}

async fn commit(tx: Transaction, ledger: Ledger) -> Result<()> {
    ledger.write(&tx).await?;
    mark_applied(tx.engine(), &tx, &[]).await?;
    tx.commit().await
}
