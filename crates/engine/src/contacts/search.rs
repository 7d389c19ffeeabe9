//! The search for contacts. `domain::search` says under which words a contact is found, and with what one of them must
//! begin; this module stores the words beside the contact and looks them up.

use crate::{
    Clock, Result,
    contacts::merged::Names,
    database::Database,
    entity::{contact, contact_word, session},
};
use domain::search::contacts as search;
use sea_orm::{
    ActiveValue, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, ExprTrait,
    IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, IntoColumnRef, Query, SelectStatement, UnionType},
};
use std::time::Duration;
use tokio::time::Instant;
use uuid::Uuid;

/// Maximum number of contacts that are looked up one by one. When more match, even among millions, a page of their
/// sessions is most often among the latest.
pub(crate) const FEW: u64 = 12_000;
/// Up to this number words are counted before more than a few are looked up: counting is much quicker.
pub(crate) const COUNTED: u64 = 200_000;
/// Contacts whose words are written in one transaction.
const AT_ONCE: u64 = 1000;
/// How often the log tells the progress, for whoever waits for the process to start.
const TELL_EVERY: Duration = Duration::from_secs(5);
/// Parameters in one statement: SQLite's limit is 32,766.
const ROWS_AT_ONCE: usize = 10_000;
/// The contact of a session.
const OF_SESSION: (session::Entity, session::Column) = (session::Entity, session::Column::ContactId);

/// Stores the words of contacts that are being written. The name of a contact that is merged is that of the main one,
/// as it is stored now.
pub(crate) async fn keep(tx: &DatabaseTransaction, contacts: &mut [contact::Model], now: i64) -> Result<()> {
    let before = contacts.iter().filter(|contact| contact.words_at.is_some());
    let before: Vec<_> = before.map(|contact| contact.id).collect();
    forget(tx, &before).await?;
    let shared = Names::read(tx, contacts.iter()).await?;
    let mut rows = Vec::new();
    for contact in contacts {
        contact.words_at = Some(now);
        let names = search::Names {
            alias: shared.of(contact),
            profile: contact.name.as_deref(),
            username: contact.username.as_deref(),
        };
        let words = search::words(names, contact.wa_id.as_deref());
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

/// Deletes the words of contacts.
pub(crate) async fn forget(tx: &DatabaseTransaction, contacts: &[Uuid]) -> Result<()> {
    for ids in contacts.chunks(ROWS_AT_ONCE) {
        contact_word::Entity::delete_many()
            .filter(contact_word::Column::ContactId.is_in(ids.iter().copied()))
            .exec(tx)
            .await?;
    }
    Ok(())
}

/// Writes the words of contacts that were stored before there were words.
pub(crate) async fn complete(db: &Database, clock: &Clock) -> Result<()> {
    let without = contact::Entity::find().filter(contact::Column::WordsAt.is_null());
    let all = without.clone().count(db.read()).await?;
    if all == 0 {
        return Ok(());
    }
    tracing::info!(contacts = all, "contacts are being indexed for the search");
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
            tracing::info!(made, of = all, "contacts are being indexed for the search");
            told = Instant::now();
        }
    }
    tracing::info!(contacts = made, "contacts can be searched by their words");
    Ok(())
}

/// The contacts that a search means: for each part of the text, with what a word of the contact has to begin.
#[derive(Debug)]
pub(crate) struct Sought(Vec<Vec<String>>);

/// What a text searches for; `None` when it is blank.
pub(crate) fn sought(text: &str) -> Option<Sought> {
    search::sought(text).map(Sought)
}

impl Sought {
    /// Moves the part of the text with which the fewest words begin to the front, and returns their number, or `most`.
    pub(crate) async fn rarest_first(&mut self, db: &impl ConnectionTrait, most: u64) -> Result<u64> {
        let mut rarest = most;
        for part in 0..self.0.len() {
            let found = at_most(db, &self.0[part], rarest).await?;
            if found < rarest {
                rarest = found;
                self.0.swap(0, part);
            }
        }
        Ok(rarest)
    }

    /// The sessions of these contacts. Scans sessions and checks the contact of each: quick where many contacts match.
    pub(crate) fn walked(&self) -> Condition {
        self.sessions(|starts| has_word(OF_SESSION, starts))
    }

    /// The sessions of these contacts. Looks up all contacts that match the first part of the text: quick where these
    /// are few.
    pub(crate) fn looked_up(&self) -> Condition {
        self.sessions(|starts| session::Column::ContactId.in_subquery(contacts(starts)))
    }

    /// The contacts themselves, looked up where those that match the first part are few.
    pub(crate) fn themselves(&self, few: bool) -> Condition {
        let own = (contact::Entity, contact::Column::Id);
        self.every(own, |starts| match few {
            true => contact::Column::Id.in_subquery(contacts(starts)),
            false => has_word(own, starts),
        })
    }

    fn sessions(&self, first: impl Fn(&[String]) -> Expr) -> Condition {
        self.every(OF_SESSION, first)
    }

    /// Every part of the text is looked for in the words of the contact in this column, the first one by `first`.
    fn every<C: IntoColumnRef + Copy>(&self, contact: C, first: impl Fn(&[String]) -> Expr) -> Condition {
        let Some((rarest, others)) = self.0.split_first() else {
            // A text without a word matches no contact.
            return Condition::all().add(Expr::value(false));
        };
        let others = others.iter().map(|starts| has_word(contact, starts));
        others.fold(Condition::all().add(first(rarest)), Condition::add)
    }
}

/// Whether a word of the contact in this column begins with one of these.
fn has_word(contact: impl IntoColumnRef, starts: &[String]) -> Expr {
    let begins = starts.iter().map(|start| begins(start));
    let theirs = Query::select()
        .column((contact_word::Entity, contact_word::Column::ContactId))
        .from(contact_word::Entity)
        .and_where(Expr::col((contact_word::Entity, contact_word::Column::ContactId)).equals(contact))
        .cond_where(begins.fold(Condition::any(), Condition::add))
        .take();
    Expr::exists(theirs)
}

/// How many words begin with one of these; for each, no more than `most` are counted.
async fn at_most(db: &impl ConnectionTrait, starts: &[String], most: u64) -> Result<u64> {
    let mut many = 0;
    for start in starts {
        let count = Query::select()
            .expr(Expr::cust("COUNT(*)"))
            .from_subquery(stretch(start).limit(most).take(), "some")
            .take();
        let row = db.query_one(&count).await?;
        let found: i64 = row.map_or(Ok(0), |row| row.try_get_by_index(0))?;
        many += u64::try_from(found).unwrap_or(0);
    }
    Ok(many)
}

/// Contacts with a word that begins with one of these.
fn contacts(starts: &[String]) -> SelectStatement {
    let mut stretches = starts.iter().map(|start| stretch(start));
    let first = stretches.next().unwrap_or_default();
    // A union, because PostgreSQL may scan the table for one condition with `OR`.
    stretches.fold(first, |mut all, next| all.union(UnionType::All, next).take())
}

fn stretch(start: &str) -> SelectStatement {
    Query::select()
        .column((contact_word::Entity, contact_word::Column::ContactId))
        .from(contact_word::Entity)
        .cond_where(begins(start))
        .take()
}

/// Whether a word begins with this: a range of the index.
fn begins(start: &str) -> Condition {
    Condition::all()
        .add(contact_word::Column::Word.gte(start))
        .add(contact_word::Column::Word.lt(format!("{start}\u{10ffff}")))
}
