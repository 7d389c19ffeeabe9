//! The chain of the audit log: each row holds the SHA-256 of itself and of the row before it, so that a changed or missing
//! row shows. Rows are numbered without a gap. One row of `audit_chain` holds both ends; it is locked until the
//! transaction ends, so rows get their numbers one after the other.
//!
//! Whoever may write to the database can compute all hashes anew. What shows even that is a hash that was noted outside
//! of it: each row is also a log line with its number and hash, and `switchboard audit verify --noted` compares.

use crate::{
    Clock, Engine, Error, Result,
    entity::{
        audit,
        audit_chain::{self, ONLY},
    },
};
use domain::time::Timestamp;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use sha2::{Digest, Sha256};

/// Rows that are verified or deleted at once.
const BATCH: u64 = 1000;

/// What a look at the whole chain found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// How many rows are as they were written.
    pub rows: u64,
    /// The number and hash of the newest row; note them elsewhere.
    pub number: i64,
    pub hash: String,
    /// How many rows are older than the chain.
    pub before: u64,
    /// The number of the row before the chain's first: older ones cannot be compared.
    pub from: i64,
    pub broken: Option<Broken>,
}

/// Where the chain breaks first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Broken {
    /// There is no row with this number.
    Missing(i64),
    /// The row with this number is not as it was written, or the one before it is not.
    Changed(i64),
    /// The row with this number is none of the chain: it came in past it.
    Foreign(i64),
    /// The row with this number does not have the hash that was noted.
    NotAsNoted(i64),
}

/// Numbers the rows, chains them and writes them.
pub(super) async fn append(
    tx: &DatabaseTransaction,
    mut rows: Vec<audit::Model>,
) -> Result<Vec<audit::Model>> {
    let end = ends(tx, true).await?;
    let (mut number, mut hash) = (end.number, end.hash);
    for row in &mut rows {
        number += 1;
        row.number = number;
        row.hash = hash_of(&hash, row)?;
        hash.clone_from(&row.hash);
    }
    audit::Entity::insert_many(rows.clone().into_iter().map(IntoActiveModel::into_active_model))
        .exec_without_returning(tx)
        .await?;
    let end = audit_chain::ActiveModel {
        id: Set(ONLY),
        number: Set(number),
        hash: Set(hash),
        ..Default::default()
    };
    audit_chain::Entity::update(end).exec(tx).await?;
    Ok(rows)
}

async fn ends(db: &impl ConnectionTrait, lock: bool) -> Result<audit_chain::Model> {
    let row = audit_chain::Entity::find_by_id(ONLY);
    let row = if lock { row.lock_exclusive() } else { row };
    row.one(db)
        .await?
        .ok_or_else(|| Error::Corrupt("the ends of the audit log are gone".into()))
}

/// In hexadecimal: the SHA-256 of the JSON array of the previous hash and the row's columns.
fn hash_of(previous: &str, row: &audit::Model) -> Result<String> {
    let columns = (
        previous,
        row.number,
        row.id.to_string(),
        row.at,
        &row.actor,
        &row.address,
        &row.action,
        &row.outcome,
        &row.subject_kind,
        row.subject_id.map(|id| id.to_string()),
        &row.detail,
    );
    let json = serde_json::to_vec(&columns).map_err(|error| Error::Corrupt(error.to_string()))?;
    Ok(hex::encode(Sha256::digest(json)))
}

/// Reads all rows, again when old ones were deleted meanwhile. `noted`: the number and hash of a row, from earlier.
pub async fn verify(engine: &Engine, noted: Option<(i64, &str)>) -> Result<Verified> {
    loop {
        let begun = ends(engine.db.read(), false).await?;
        let from = begun.from_number;
        let verified = verify_from(engine, begun, noted).await?;
        let forgotten = ends(engine.db.read(), false).await?.from_number > from;
        if verified.broken.is_none() || !forgotten {
            return Ok(verified);
        }
    }
}

async fn verify_from(
    engine: &Engine,
    ends: audit_chain::Model,
    noted: Option<(i64, &str)>,
) -> Result<Verified> {
    let db = engine.db.read();
    let before = audit::Entity::find().filter(audit::Column::Number.lte(ends.from_number));
    let mut verified = Verified {
        rows: 0,
        number: ends.number,
        hash: ends.hash.clone(),
        before: before.count(db).await?,
        from: ends.from_number,
        broken: match noted {
            Some((number, hash)) if number == ends.from_number && hash != ends.from_hash => {
                Some(Broken::NotAsNoted(number))
            }
            _ => None,
        },
    };
    let mut last = (ends.from_number, ends.from_hash);
    while last.0 < ends.number && verified.broken.is_none() {
        let rows = audit::Entity::find()
            .filter(audit::Column::Number.gt(last.0))
            .order_by_asc(audit::Column::Number)
            .limit(BATCH)
            .all(db)
            .await?;
        if rows.is_empty() {
            verified.broken = Some(Broken::Missing(last.0 + 1));
        }
        for row in rows.into_iter().filter(|row| row.number <= ends.number) {
            if let Some(broken) = breaks(&last, &row, noted)? {
                verified.broken = Some(broken);
                break;
            }
            verified.rows += 1;
            last = (row.number, row.hash);
        }
    }
    if verified.broken.is_none() {
        verified.broken = match noted {
            _ if last.1 != ends.hash => Some(Broken::Changed(ends.number)),
            Some((number, _)) if number > ends.number => Some(Broken::Missing(number)),
            _ => foreign(engine).await?,
        };
    }
    Ok(verified)
}

/// What is wrong with the row that comes after `last`.
fn breaks(last: &(i64, String), row: &audit::Model, noted: Option<(i64, &str)>) -> Result<Option<Broken>> {
    Ok(if row.number != last.0 + 1 {
        Some(Broken::Missing(last.0 + 1))
    } else if hash_of(&last.1, row)? != row.hash {
        Some(Broken::Changed(row.number))
    } else if noted.is_some_and(|(number, hash)| number == row.number && hash != row.hash) {
        Some(Broken::NotAsNoted(row.number))
    } else {
        None
    })
}

/// A row beyond the end. The end is read last, because it grows with each row.
async fn foreign(engine: &Engine) -> Result<Option<Broken>> {
    let newest = audit::Entity::find()
        .order_by_desc(audit::Column::Number)
        .one(engine.db.read())
        .await?;
    let end = ends(engine.db.read(), false).await?.number;
    Ok(newest
        .filter(|row| row.number > end)
        .map(|row| Broken::Foreign(row.number)))
}

/// Deletes the oldest rows up to a time; the chain then begins after them. Returns how many. Ids rise with time.
pub(crate) async fn forget(engine: &Engine, before: Timestamp) -> Result<u64> {
    let old: Vec<audit::Model> = audit::Entity::find()
        .filter(audit::Column::Id.lt(Clock::first_id_at(before.millis())))
        .order_by_asc(audit::Column::Id)
        .limit(BATCH)
        .all(engine.db.read())
        .await?;
    if old.is_empty() {
        return Ok(0);
    }
    let tx = engine.db.write().await?;
    let ends = ends(&tx, true).await?;
    let old = old.into_iter().filter(|row| row.number < ends.number);
    let Some(last) = old.max_by_key(|row| row.number) else {
        return Ok(0);
    };
    let gone = audit::Entity::delete_many()
        .filter(audit::Column::Number.lte(last.number))
        .exec(&tx)
        .await?;
    if last.number > ends.from_number {
        let ends = audit_chain::ActiveModel {
            id: Set(ONLY),
            from_number: Set(last.number),
            from_hash: Set(last.hash.clone()),
            ..Default::default()
        };
        audit_chain::Entity::update(ends).exec(&tx).await?;
    }
    tx.commit().await?;
    Ok(gone.rows_affected)
}
