//! The index: writing entries, and walking through those that match, the latest first.

use crate::{
    Result,
    entity::{message, search_entry},
};
use domain::search::texts::{self, Sought, Term};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, QueryFilter, QueryResult,
    Statement, Value,
    sea_query::{Expr, Query},
};
use std::collections::HashMap;
use uuid::Uuid;

/// Entries in one statement: SQLite has 32,766 parameters for each.
const AT_ONCE: usize = 5000;
/// Maximum number of matching entries in one step of a walk.
pub(crate) const WALKED: usize = 1000;
/// On PostgreSQL, how many entries one step of a walk reads one by one. Its index does not know their order: where many
/// match, it is quicker to look at the latest entries than to sort all that match.
const LATEST: i64 = 20_000;
/// Up to this number of matches among the latest, there are few among all.
const FEW: usize = 5;

pub(super) const REACTION: &str = "reaction";

/// A text to be found.
#[derive(Debug)]
pub(crate) struct Entry<'a> {
    /// The message, or the line of the timeline.
    pub(crate) id: Uuid,
    pub(crate) session: Uuid,
    pub(crate) note: bool,
    pub(crate) text: &'a str,
}

impl<'a> Entry<'a> {
    /// A message with a text. The emoji of a reaction is none.
    pub(crate) fn of_message(message: &'a message::Model) -> Option<Self> {
        let text = message.text.as_deref().filter(|text| !text.is_empty());
        Some(Self {
            id: message.id,
            session: message.session_id,
            note: false,
            text: text.filter(|_| message.kind != REACTION)?,
        })
    }
}

/// Adds texts that are being stored.
pub(crate) async fn add(tx: &DatabaseTransaction, entries: &[Entry<'_>]) -> Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    let first = match tx.get_database_backend() {
        DbBackend::Postgres => None,
        _ => Some(bound(tx, "MAX").await?.max(0) + 1),
    };
    write(tx, entries, first, 1).await
}

/// Adds texts that were stored before there was an index: those given first are the latest.
pub(crate) async fn add_older(tx: &DatabaseTransaction, entries: &[Entry<'_>]) -> Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    let first = bound(tx, "MIN").await?.min(0) - 1;
    write(tx, entries, Some(first), -1).await
}

/// The lowest or the highest number, or 0.
async fn bound(db: &impl ConnectionTrait, of: &str) -> Result<i64> {
    let sql = format!("SELECT COALESCE({of}(number), 0) FROM search_entries");
    let row = db
        .query_one_raw(Statement::from_string(db.get_database_backend(), sql))
        .await?;
    Ok(row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or(0))
}

/// Numbers the entries from `first` on, or as PostgreSQL's sequence does.
async fn write(tx: &DatabaseTransaction, entries: &[Entry<'_>], first: Option<i64>, step: i64) -> Result<()> {
    let mut numbers = first
        .into_iter()
        .flat_map(|first| (0..).map(move |n| first + n * step));
    for entries in entries.chunks(AT_ONCE) {
        let numbers: Vec<i64> = numbers.by_ref().take(entries.len()).collect();
        match tx.get_database_backend() {
            DbBackend::Postgres => write_vectors(tx, entries, &numbers).await?,
            _ => write_words(tx, entries, &numbers).await?,
        }
    }
    Ok(())
}

/// PostgreSQL.
async fn write_vectors(tx: &DatabaseTransaction, entries: &[Entry<'_>], numbers: &[i64]) -> Result<()> {
    let row = |n: usize| {
        let number = numbers.get(n).map_or("DEFAULT".to_owned(), i64::to_string);
        let [id, session, note, words] = [1, 2, 3, 4].map(|parameter| n * 4 + parameter);
        format!("({number}, ${id}, ${session}, ${note}, array_to_tsvector(string_to_array(${words}, ' ')))")
    };
    let rows: Vec<_> = (0..entries.len()).map(row).collect();
    let values = entries.iter().flat_map(|entry| {
        let words = words(entry.text);
        [
            entry.id.into(),
            entry.session.into(),
            entry.note.into(),
            words.into(),
        ]
    });
    let rows = rows.join(", ");
    let sql = format!("INSERT INTO search_entries (number, entry_id, session_id, note, words) VALUES {rows}");
    run(tx, sql, values.collect()).await
}

/// SQLite: the words are in a table of their own, under the same numbers.
async fn write_words(tx: &DatabaseTransaction, entries: &[Entry<'_>], numbers: &[i64]) -> Result<()> {
    let numbered = || entries.iter().zip(numbers);
    let row = |(entry, number): (&Entry<'_>, &i64)| search_entry::ActiveModel {
        number: Set(*number),
        entry_id: Set(entry.id),
        session_id: Set(entry.session),
        note: Set(entry.note),
    };
    search_entry::Entity::insert_many(numbered().map(row))
        .exec_without_returning(tx)
        .await?;
    let values = numbered().flat_map(|(entry, number)| [(*number).into(), words(entry.text).into()]);
    let rows = vec!["(?, ?)"; entries.len()].join(", ");
    let sql = format!("INSERT INTO search_words (rowid, words) VALUES {rows}");
    run(tx, sql, values.collect()).await
}

fn words(text: &str) -> String {
    let words: Vec<_> = texts::words(text).into_iter().collect();
    words.join(" ")
}

async fn run(tx: &DatabaseTransaction, sql: String, values: Vec<Value>) -> Result<()> {
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    tx.execute_raw(statement).await?;
    Ok(())
}

/// Removes texts by the ids of their messages or lines: the same texts as were added, because the index holds none.
pub(crate) async fn remove(tx: &DatabaseTransaction, texts: Vec<(Uuid, String)>) -> Result<()> {
    for texts in texts.chunks(AT_ONCE) {
        let these = search_entry::Column::EntryId.is_in(texts.iter().map(|(id, _)| *id));
        if tx.get_database_backend() != DbBackend::Postgres {
            let known = search_entry::Entity::find().filter(these.clone()).all(tx).await?;
            remove_words(tx, texts, &known).await?;
        }
        search_entry::Entity::delete_many().filter(these).exec(tx).await?;
    }
    Ok(())
}

/// SQLite: <https://www.sqlite.org/fts5.html#the_delete_command>.
async fn remove_words(
    tx: &DatabaseTransaction,
    texts: &[(Uuid, String)],
    known: &[search_entry::Model],
) -> Result<()> {
    let numbers: HashMap<Uuid, i64> = known.iter().map(|row| (row.entry_id, row.number)).collect();
    let indexed = texts
        .iter()
        .filter_map(|(id, text)| Some((*numbers.get(id)?, words(text))));
    let values: Vec<Value> = indexed
        .flat_map(|(number, words)| [number.into(), words.into()])
        .collect();
    if values.is_empty() {
        return Ok(());
    }
    let rows = vec!["('delete', ?, ?)"; values.len() / 2].join(", ");
    let sql = format!("INSERT INTO search_words (search_words, rowid, words) VALUES {rows}");
    run(tx, sql, values).await
}

/// Messages have moved into this session.
pub(crate) async fn moved_into(tx: &DatabaseTransaction, session: Uuid) -> Result<()> {
    let theirs = Query::select()
        .column(message::Column::Id)
        .from(message::Entity)
        .and_where(message::Column::SessionId.eq(session))
        .to_owned();
    search_entry::Entity::update_many()
        .col_expr(search_entry::Column::SessionId, Expr::value(session))
        .filter(search_entry::Column::EntryId.in_subquery(theirs))
        .filter(search_entry::Column::SessionId.ne(session))
        .exec(tx)
        .await?;
    Ok(())
}

/// The numbers of some matching entries, the latest first.
#[derive(Debug, Default)]
pub(crate) struct Step {
    pub(crate) numbers: Vec<i64>,
    /// The next step goes on below this number; `None` at the end.
    pub(crate) next: Option<i64>,
}

/// The latest matching entries below a number.
pub(crate) async fn step(db: &impl ConnectionTrait, sought: &Sought, below: i64) -> Result<Step> {
    if db.get_database_backend() != DbBackend::Postgres {
        let numbers = numbers(db, in_order(sought, below)).await?;
        return Ok(Step::of(numbers, None));
    }
    let below = below.min(bound(db, "MAX").await?.saturating_add(1));
    let from = below.saturating_sub(LATEST);
    let mut found = numbers(db, latest(sought, from, below)).await?;
    if found.len() >= WALKED {
        return Ok(Step::of(found, None));
    }
    if found.len() > FEW {
        return Ok(Step {
            numbers: found,
            next: Some(from),
        });
    }
    let older = numbers(db, sorted(sought, from)).await?;
    let next = Step::of(older, None);
    found.extend(next.numbers);
    Ok(Step {
        numbers: found,
        next: next.next,
    })
}

impl Step {
    /// A step that found fewer than it could has come to the end.
    fn of(numbers: Vec<i64>, end: Option<i64>) -> Self {
        let next = if numbers.len() < WALKED {
            end
        } else {
            numbers.last().copied()
        };
        Self { numbers, next }
    }
}

async fn numbers(db: &impl ConnectionTrait, query: Statement) -> Result<Vec<i64>> {
    let rows = db.query_all_raw(query).await?;
    let number = |row: QueryResult| Ok(row.try_get_by_index(0)?);
    rows.into_iter().map(number).collect()
}

/// SQLite: its index has the entries in their order.
pub(crate) fn in_order(sought: &Sought, below: i64) -> Statement {
    let sql =
        "SELECT rowid FROM search_words WHERE search_words MATCH ? AND rowid < ? ORDER BY rowid DESC LIMIT ?";
    let values = [matching(sought).into(), below.into(), (WALKED as u64).into()];
    Statement::from_sql_and_values(DbBackend::Sqlite, sql, values)
}

/// PostgreSQL: those among the latest entries, which are looked at one by one. The subquery keeps it from looking up all
/// that match.
pub(crate) fn latest(sought: &Sought, from: i64, below: i64) -> Statement {
    let query = tsquery(sought);
    let sql = format!(
        "WITH latest AS MATERIALIZED \
         (SELECT number, words FROM search_entries WHERE number >= {from} AND number < {below}) \
         SELECT number FROM latest WHERE words @@ {query} ORDER BY number DESC LIMIT {WALKED}"
    );
    Statement::from_string(DbBackend::Postgres, sql)
}

/// PostgreSQL: all that match, sorted. The sum keeps it from reading entries in their order until enough match.
pub(crate) fn sorted(sought: &Sought, below: i64) -> Statement {
    let query = tsquery(sought);
    let sql = format!(
        "SELECT number FROM search_entries WHERE words @@ {query} AND number < {below} \
         ORDER BY number + 0 DESC LIMIT {WALKED}"
    );
    Statement::from_string(DbBackend::Postgres, sql)
}

/// A query for FTS5. <https://www.sqlite.org/fts5.html#full_text_query_syntax>
fn matching(sought: &Sought) -> String {
    let term = |term: &Term| {
        let word = term.word.replace('"', "\"\"");
        format!("\"{word}\"{}", if term.prefix { " *" } else { "" })
    };
    spelled(sought, term, " AND ", " OR ")
}

/// A query for PostgreSQL, as a literal: it plans a query well only if it knows the words.
/// <https://www.postgresql.org/docs/current/datatype-textsearch.html#DATATYPE-TSQUERY>
fn tsquery(sought: &Sought) -> String {
    let term = |term: &Term| {
        let word = term.word.replace('\\', "\\\\").replace('\'', "''");
        format!("'{word}'{}", if term.prefix { ":*" } else { "" })
    };
    let query = spelled(sought, term, " & ", " | ").replace('\'', "''");
    format!("'{query}'::tsquery")
}

fn spelled(sought: &Sought, term: impl Fn(&Term) -> String, and: &str, or: &str) -> String {
    let join = |all: Vec<String>, by: &str| match all.as_slice() {
        [only] => only.clone(),
        all => format!("({})", all.join(by)),
    };
    let parts = sought.parts().iter().map(|part| {
        let each = part.iter().map(|all| join(all.iter().map(&term).collect(), and));
        join(each.collect(), or)
    });
    join(parts.collect(), and)
}
