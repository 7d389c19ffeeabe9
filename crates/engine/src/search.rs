//! Contacts by what people look for. `domain::search` says under which words a contact is found, and what must begin
//! one of them; here they are kept beside the contact, and looked up.

use crate::{
    Clock, Result,
    database::Database,
    entity::{contact, contact_word, session},
};
use domain::search;
use sea_orm::{
    ActiveValue, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, ExprTrait,
    IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, Query, SelectStatement, UnionType},
};
use std::time::Duration;
use tokio::time::Instant;
use uuid::Uuid;

/// Up to so many contacts are looked up one by one. When more are sought, even among millions, a page of their sessions
/// is most often among the latest.
const FEW: u64 = 3000;
/// Contacts whose words are made in one transaction.
const AT_ONCE: u64 = 1000;
/// Whoever waits for the program to start learns so often how far it is.
const TELL_EVERY: Duration = Duration::from_secs(5);
/// Parameters in one statement: SQLite's limit is 32,766.
const ROWS_AT_ONCE: usize = 10_000;

/// Keeps the words of contacts that are being written.
pub(crate) async fn keep(tx: &DatabaseTransaction, contacts: &mut [contact::Model], now: i64) -> Result<()> {
    let before = contacts.iter().filter(|contact| contact.words_at.is_some());
    let before: Vec<_> = before.map(|contact| contact.id).collect();
    for ids in before.chunks(ROWS_AT_ONCE) {
        let query = contact_word::Entity::delete_many();
        query
            .filter(contact_word::Column::ContactId.is_in(ids.iter().copied()))
            .exec(tx)
            .await?;
    }
    let mut rows = Vec::new();
    for contact in contacts {
        contact.words_at = Some(now);
        let words = search::words(
            contact.name.as_deref(),
            contact.username.as_deref(),
            contact.wa_id.as_deref(),
        );
        let contact_id = contact.id;
        rows.extend(
            words
                .into_iter()
                .map(|word| contact_word::Model { word, contact_id }),
        );
    }
    for rows in rows.chunks(ROWS_AT_ONCE) {
        let rows = rows.iter().cloned().map(IntoActiveModel::into_active_model);
        contact_word::Entity::insert_many(rows)
            .on_conflict_do_nothing()
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

/// The contact is no more.
pub(crate) async fn forget(tx: &DatabaseTransaction, contact: Uuid) -> Result<()> {
    contact_word::Entity::delete_many()
        .filter(contact_word::Column::ContactId.eq(contact))
        .exec(tx)
        .await?;
    Ok(())
}

/// Makes the words of contacts that were there before there were words.
pub(crate) async fn complete(db: &Database, clock: &Clock) -> Result<()> {
    let without = contact::Entity::find().filter(contact::Column::WordsAt.is_null());
    let all = without.clone().count(db.read()).await?;
    if all == 0 {
        return Ok(());
    }
    tracing::info!(contacts = all, "contacts are being made ready for the search");
    let (mut made, mut told) = (0, Instant::now());
    loop {
        let tx = db.write().await?;
        let mut some = without
            .clone()
            .order_by_asc(contact::Column::Id)
            .limit(AT_ONCE)
            .all(&tx)
            .await?;
        if some.is_empty() {
            break;
        }
        keep(&tx, &mut some, clock.now().millis()).await?;
        contact::Entity::update_many()
            .set(contact::ActiveModel {
                words_at: ActiveValue::Set(Some(clock.now().millis())),
                ..Default::default()
            })
            .filter(contact::Column::Id.is_in(some.iter().map(|contact| contact.id)))
            .exec(&tx)
            .await?;
        tx.commit().await?;
        made += some.len();
        if told.elapsed() >= TELL_EVERY {
            tracing::info!(made, of = all, "contacts are being made ready for the search");
            told = Instant::now();
        }
    }
    tracing::info!(contacts = made, "contacts can be searched by their words");
    Ok(())
}

/// The sessions of those whom somebody looks for, found in two ways.
#[derive(Debug)]
pub(crate) struct Sought {
    /// Goes through the sessions and asks of each whose it is: soon done where many are sought.
    pub(crate) walked: Condition,
    /// Looks up whose sessions are sought: soon done where they are few.
    pub(crate) looked_up: Condition,
    pub(crate) many: bool,
}

/// What a text asks for; `None` when it is blank.
pub(crate) async fn sought(db: &impl ConnectionTrait, text: &str) -> Result<Option<Sought>> {
    let Some(sought) = search::sought(text) else {
        return Ok(None);
    };
    let mut rarest = (0, 0);
    for (n, starts) in sought.iter().enumerate() {
        let found = (at_most(db, starts).await?, n);
        rarest = if n == 0 { found } else { rarest.min(found) };
    }
    let walked = |starts: &Vec<String>| {
        let theirs = Query::select()
            .column((contact_word::Entity, contact_word::Column::ContactId))
            .from(contact_word::Entity)
            .and_where(
                Expr::col((contact_word::Entity, contact_word::Column::ContactId))
                    .equals((session::Entity, session::Column::ContactId)),
            )
            .cond_where(
                starts
                    .iter()
                    .map(|start| begins(start))
                    .fold(Condition::any(), Condition::add),
            )
            .take();
        Expr::exists(theirs)
    };
    let looked_up = |(n, starts): (usize, &Vec<String>)| match n == rarest.1 {
        true => session::Column::ContactId.in_subquery(contacts(starts)),
        false => walked(starts),
    };
    // A text without a word is nobody's.
    let all = |each: Vec<Expr>| match each.is_empty() {
        true => Condition::all().add(Expr::value(false)),
        false => each.into_iter().fold(Condition::all(), Condition::add),
    };
    Ok(Some(Sought {
        walked: all(sought.iter().map(walked).collect()),
        looked_up: all(sought.iter().enumerate().map(looked_up).collect()),
        many: rarest.0 > FEW,
    }))
}

/// How many words begin so, counted as far as that makes a difference.
async fn at_most(db: &impl ConnectionTrait, starts: &[String]) -> Result<u64> {
    let mut many = 0;
    for start in starts {
        let count = Query::select()
            .expr(Expr::cust("COUNT(*)"))
            .from_subquery(stretch(start).limit(FEW + 1).take(), "some")
            .take();
        let row = db.query_one(&count).await?;
        let found: i64 = row.map_or(Ok(0), |row| row.try_get_by_index(0))?;
        many += u64::try_from(found).unwrap_or(0);
    }
    Ok(many)
}

/// Contacts one of whose words begins with one of these.
fn contacts(starts: &[String]) -> SelectStatement {
    let mut stretches = starts.iter().map(|start| stretch(start));
    let first = stretches.next().unwrap_or_default();
    // Not one condition with `OR`, for which PostgreSQL may read through the table.
    stretches.fold(first, |mut all, next| all.union(UnionType::All, next).take())
}

fn stretch(start: &str) -> SelectStatement {
    Query::select()
        .column((contact_word::Entity, contact_word::Column::ContactId))
        .from(contact_word::Entity)
        .cond_where(begins(start))
        .take()
}

/// A word begins so: a stretch of the index.
fn begins(start: &str) -> Condition {
    Condition::all()
        .add(contact_word::Column::Word.gte(start))
        .add(contact_word::Column::Word.lt(format!("{start}\u{10ffff}")))
}
