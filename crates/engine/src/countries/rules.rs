//! The rules as they are stored, and in memory.

use crate::{Clock, Error, Result, database::Database, entity::country_rule};
use domain::{
    countries::{Country, Door, Rule, StoredRule},
    refusal::Refusal,
    time::Timestamp,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, ExprTrait, QueryFilter, sea_query::Expr,
};
use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};
use tokio::sync::Mutex;

/// Maximum age of the rules by which somebody is refused.
const FRESH: Duration = Duration::from_secs(5);

#[derive(Debug, Default)]
pub(super) struct Rules {
    known: RwLock<Known>,
    /// Allows one read at a time, so that the result of the last read stays.
    reading: Mutex<()>,
}

#[derive(Debug, Default)]
struct Known {
    by_door: BTreeMap<Door, Arc<Rule>>,
    read_at: Option<Timestamp>,
}

impl Rules {
    pub(super) fn of(&self, door: Door) -> Arc<Rule> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.by_door.get(&door).cloned().unwrap_or_default()
    }

    pub(super) async fn read(&self, db: &Database, clock: &Clock) -> Result<()> {
        let _turn = self.reading.lock().await;
        let read_at = Some(clock.now());
        let rows = country_rule::Entity::find().all(db.read()).await?;
        let rules = rows
            .into_iter()
            .map(|row| Ok((row.door.parse().map_err(corrupt)?, Arc::new(rule(&row)?))));
        let by_door = rules.collect::<Result<_>>()?;
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Known { by_door, read_at };
        Ok(())
    }

    /// Keeps the rule of a door as it was committed.
    pub(super) fn put(&self, door: Door, rule: Rule) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.by_door.insert(door, Arc::new(rule));
    }

    /// Reads the rules again when they are old. Of many callers at once, one reads.
    pub(super) async fn read_if_old(&self, db: &Database, clock: &Clock) -> Result<()> {
        let now = clock.now();
        {
            let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
            if known.read_at.is_some_and(|read_at| now.since(read_at) < FRESH) {
                return Ok(());
            }
            known.read_at = Some(now);
        }
        self.read(db, clock).await
    }
}

pub(super) async fn stored(db: &impl ConnectionTrait, door: Door) -> Result<StoredRule> {
    let row = country_rule::Entity::find_by_id(door.as_str())
        .one(db)
        .await?
        .ok_or_else(|| Error::Corrupt(format!("no rule for the door {}", door.as_str())))?;
    Ok(StoredRule {
        door,
        rule: rule(&row)?,
        version: row.version,
    })
}

/// # Errors
/// `ChangedMeanwhile` when another version is stored.
pub(super) async fn write(tx: &DatabaseTransaction, door: Door, rule: &Rule, version: i64) -> Result<()> {
    use country_rule::Column;
    let written = country_rule::Entity::update_many()
        .col_expr(Column::Countries, Expr::value(codes(rule)))
        .col_expr(Column::Unknown, Expr::value(rule.unknown))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::Door.eq(door.as_str()))
        .filter(Column::Version.eq(version))
        .exec(tx)
        .await?;
    match written.rows_affected {
        1 => Ok(()),
        _ => Err(Refusal::ChangedMeanwhile.into()),
    }
}

/// For the audit and the command line: `console: CZ SK, unknown addresses too`.
pub(super) fn spelt(door: Door, rule: &Rule) -> String {
    let who = codes(rule).unwrap_or_else(|| "everybody".to_owned());
    let unknown = if rule.unknown {
        ", unknown addresses too"
    } else {
        ""
    };
    format!("{}: {who}{unknown}", door.as_str())
}

fn codes(rule: &Rule) -> Option<String> {
    let only = rule.only.as_ref()?;
    Some(
        only.iter()
            .map(|country| country.code())
            .collect::<Vec<_>>()
            .join(" "),
    )
}

fn rule(row: &country_rule::Model) -> Result<Rule> {
    let read = |codes: &String| codes.split(' ').map(str::parse::<Country>).collect();
    Ok(Rule {
        only: row.countries.as_ref().map(read).transpose().map_err(corrupt)?,
        unknown: row.unknown,
    })
}

fn corrupt(problem: domain::form::Problem) -> Error {
    Error::Corrupt(format!("a country rule: {problem:?}"))
}
