//! Requests of the REST API that may be repeated with their key: they have one effect and one answer. A request claims its key
//! before it is served, and the transactions that it commits mark the claim. So whenever a process dies, the database says
//! whether the request had its effect there: one that had none may be made again after a lease, one whose answer is lost may not.
//! What a request does elsewhere before its first commit, such as at Meta, the database does not know.

mod free;

pub(crate) mod room;

use self::free::{LIVES, has_room, is_free};
use crate::{
    Engine, Error, Result,
    entity::idempotency_key::{Column, Entity, Model},
};
use domain::{ids::TokenId, time::Timestamp};
use sea_orm::{
    ColumnTrait, Condition, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
    sea_query::{Expr, OnConflict},
};
use serde::{Deserialize, Serialize};
use std::{convert::Infallible, fmt, time::Duration};
use tokio::time::sleep;
use uuid::Uuid;

/// How long a request may go on before whoever serves it is taken to have died.
const LEASE: Duration = Duration::from_secs(60);
/// How often whoever serves a request renews its lease.
const RENEWED: Duration = Duration::from_secs(20);
/// Before an answer is tried to be kept once more.
const PAUSES: [Duration; 2] = [Duration::from_millis(200), Duration::from_secs(2)];

tokio::task_local! {
    static CLAIM: Claim;
}

/// A request of a token, with its key.
#[derive(Debug, Clone)]
pub struct Request {
    pub token: TokenId,
    pub key: String,
    /// Equal for equal requests.
    pub fingerprint: String,
}

/// The right to serve a request. It is lost to a repetition when the lease ends before the request has had an effect: whoever
/// served it has died, or was kept from renewing it.
#[derive(Debug, Clone)]
pub struct Claim {
    token: Uuid,
    key: String,
    id: Uuid,
}

/// An answer, as it is given again.
#[derive(Serialize, Deserialize)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    fn refuses(&self) -> bool {
        (400..500).contains(&self.status)
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// What becomes of a request.
#[derive(Debug)]
pub enum Begun {
    /// The caller serves it.
    Now(Claim),
    /// It was served, and answered like this.
    Before(Answer),
    /// Somebody is at it.
    InProgress,
    /// It was served, and nobody knows its answer any more.
    OutcomeUnknown,
    /// The key belongs to another request.
    OfAnother,
    /// The token has as many keys as it may have.
    TooMany,
}

/// Claims the key of a request.
pub async fn begin(engine: &Engine, request: &Request) -> Result<Begun> {
    let now = engine.clock().now();
    let known = Entity::find_by_id((request.token.uuid(), request.key.clone()))
        .filter(is_free(now).not())
        .one(engine.db.read())
        .await?;
    if let Some(known) = known {
        return of_known(engine, request, known).await;
    }
    // A key that is free does not count, so it takes room as a new one.
    if !has_room(engine, request.token, now).await? {
        return Ok(Begun::TooMany);
    }
    let row = Model {
        token_id: request.token.uuid(),
        key: request.key.clone(),
        fingerprint: request.fingerprint.clone(),
        claim: engine.clock().new_id(),
        at: now.millis(),
        leased_until: now.plus(LEASE).millis(),
        effect_at: None,
        key_id: None,
        sealed: None,
    };
    let claim = Claim {
        token: row.token_id,
        key: row.key.clone(),
        id: row.claim,
    };
    let tx = engine.db.write().await?;
    Entity::delete_many()
        .filter(Column::TokenId.eq(row.token_id))
        .filter(Column::Key.eq(&row.key))
        .filter(is_free(now))
        .exec(&tx)
        .await?;
    let inserted = Entity::insert(row.into_active_model())
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(&tx)
        .await?;
    tx.commit().await?;
    Ok(match inserted {
        // Somebody was quicker.
        0 => Begun::InProgress,
        _ => Begun::Now(claim),
    })
}

async fn of_known(engine: &Engine, request: &Request, known: Model) -> Result<Begun> {
    if known.fingerprint != request.fingerprint {
        return Ok(Begun::OfAnother);
    }
    let (Some(key_id), Some(sealed)) = (known.key_id, known.sealed) else {
        return Ok(match known.leased_until > engine.clock().now().millis() {
            true => Begun::InProgress,
            false => Begun::OutcomeUnknown,
        });
    };
    let key = engine.keys.that_sealed(engine.db.read(), &key_id).await?;
    let answer = key.open_answer(known.claim, &sealed)?;
    let answer = serde_json::from_slice(&answer).map_err(|error| Error::Corrupt(error.to_string()))?;
    Ok(Begun::Before(answer))
}

/// Serves a request: what it commits marks the claim, which stays the caller's however long it takes.
pub async fn within<T>(engine: &Engine, claim: Claim, request: impl Future<Output = T>) -> T {
    let renewed = keep_up(engine, claim.clone());
    tokio::select! {
        served = CLAIM.scope(claim, request) => served,
        never = renewed => match never {},
    }
}

async fn keep_up(engine: &Engine, claim: Claim) -> Infallible {
    loop {
        sleep(RENEWED).await;
        if let Err(error) = renew(engine, &claim).await {
            tracing::warn!(%error, "the lease of a request with an Idempotency-Key cannot be renewed now");
        }
    }
}

/// Begins the lease of a request anew.
pub async fn renew(engine: &Engine, claim: &Claim) -> Result<()> {
    let tx = engine.db.write().await?;
    Entity::update_many()
        .col_expr(Column::LeasedUntil, leased_from_now(engine))
        .filter(claim.row())
        .exec(&tx)
        .await?;
    Ok(tx.commit().await?)
}

fn leased_from_now(engine: &Engine) -> Expr {
    Expr::value(engine.clock().now().plus(LEASE).millis())
}

/// Marks in a transaction that the request of this task, if it has a claim, has an effect.
///
/// # Errors
/// [`Error::Unavailable`] when the claim is lost: a repetition is served now.
pub(crate) async fn had_effect(engine: &Engine, tx: &DatabaseTransaction) -> Result<()> {
    let Ok(claim) = CLAIM.try_with(Claim::clone) else {
        return Ok(());
    };
    let marked = Entity::update_many()
        .col_expr(Column::EffectAt, Expr::value(engine.clock().now().millis()))
        .col_expr(Column::LeasedUntil, leased_from_now(engine))
        .filter(claim.row())
        .exec(tx)
        .await?;
    match marked.rows_affected {
        0 => Err(Error::Unavailable(
            "this request took so long that it is being served again",
        )),
        _ => Ok(()),
    }
}

/// Keeps the answer to a request. What had no effect, and what was refused without one, may be made again: its key is free. If
/// a request had an effect and no answer that is worth keeping, its answer is lost. A database that cannot take it now is asked
/// again.
pub async fn finish(engine: &Engine, claim: &Claim, answer: Option<&Answer>) -> Result<()> {
    for pause in PAUSES {
        match keep(engine, claim, answer).await {
            Err(error) if error.is_passing() => sleep(pause).await,
            kept => return kept,
        }
    }
    keep(engine, claim, answer).await
}

async fn keep(engine: &Engine, claim: &Claim, answer: Option<&Answer>) -> Result<()> {
    let tx = engine.db.write().await?;
    if answer.is_none_or(Answer::refuses) {
        Entity::delete_many()
            .filter(claim.row())
            .filter(Column::EffectAt.is_null())
            .exec(&tx)
            .await?;
    }
    let ended = Entity::update_many().filter(claim.row());
    let ended = match answer {
        Some(answer) => {
            let answer = serde_json::to_vec(answer).map_err(|error| Error::Corrupt(error.to_string()))?;
            let key = engine.keys.to_seal(&tx).await?;
            ended
                .col_expr(Column::KeyId, Expr::value(key.id()))
                .col_expr(Column::Sealed, Expr::value(key.seal_answer(claim.id, &answer)?))
        }
        None => ended.col_expr(Column::LeasedUntil, Expr::value(engine.clock().now().millis())),
    };
    ended.exec(&tx).await?;
    Ok(tx.commit().await?)
}

impl Claim {
    fn row(&self) -> Condition {
        Condition::all()
            .add(Column::TokenId.eq(self.token))
            .add(Column::Key.eq(&self.key))
            .add(Column::Claim.eq(self.id))
    }
}

/// Deletes `many` of the keys that have had their day, or a few more; returns at most `many`.
pub(crate) async fn forget(tx: &DatabaseTransaction, now: Timestamp, many: u64) -> Result<u64> {
    let oldest: Vec<i64> = Entity::find()
        .select_only()
        .column(Column::At)
        .filter(Column::At.lte(now.minus(LIVES).millis()))
        .order_by_asc(Column::At)
        .limit(many)
        .into_tuple()
        .all(tx)
        .await?;
    if let Some(last) = oldest.last() {
        let up_to = Entity::delete_many().filter(Column::At.lte(*last));
        up_to.exec(tx).await?;
    }
    Ok(oldest.len() as u64)
}
