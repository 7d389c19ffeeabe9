//! Deleting what has become old, by the company's rules: sessions, messages and contacts. Files have rules of their own
//! (`files::keep`).

use super::{
    contact::{delete_what_belongs_to, tell_deleted},
    session,
};
use crate::{
    Engine, Error, Result,
    entity::{contact, contact_block, session as sessions},
    sessions::access::is_closed,
};
use domain::{
    access::Actor,
    erasure::{Extent, Retention},
    time::Timestamp,
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, Query},
};
use std::time::Duration;
use uuid::Uuid;

/// Sessions, or contacts, that one pass deletes.
const AT_ONCE: u64 = 1000;

/// Deletes what the engine's rules no longer keep: some of it, the rest the next time, because others have work to do, too.
pub(crate) async fn apply(engine: &Engine) -> Result<()> {
    let (rules, now) = (engine.retention, engine.clock().now());
    let (mut sessions, mut emptied, mut contacts) = (0_u64, 0_u64, 0_u64);
    if let Some(before) = before(now, rules.sessions) {
        let of = closed(before);
        for id in oldest(engine, of.clone()).await? {
            match session::delete(engine, id, &of).await {
                Ok(()) => sessions += 1,
                Err(error) => undeleted(id, &error),
            }
        }
    }
    if let Some(before) = before(now, rules.messages) {
        let of = closed(before);
        for id in oldest(engine, of.clone().add(with_messages())).await? {
            match session::delete_messages(engine, id, &of).await {
                Ok(()) => emptied += 1,
                Err(error) => undeleted(id, &error),
            }
        }
    }
    if let Some(before) = before(now, rules.contacts) {
        contacts = delete_contacts(engine, before).await?;
    }
    if sessions + emptied + contacts > 0 {
        tracing::info!(sessions, emptied, contacts, "what is no longer kept was deleted");
    }
    Ok(())
}

/// The others are deleted all the same.
fn undeleted(session: Uuid, error: &Error) {
    tracing::error!(%error, %session, "what is no longer kept of a session cannot be deleted now");
}

/// What these rules would delete now. A contact whose last session they would delete is not in it.
///
/// # Errors
/// The database does not answer.
pub async fn due(engine: &Engine, rules: Retention) -> Result<Extent> {
    let (db, now) = (engine.db.read(), engine.clock().now());
    let mut due = Extent::default();
    if let Some(before) = before(now, rules.sessions) {
        due = session::stored_in(db, closed(before)).await?;
    }
    if let Some(messages) = before(now, rules.messages) {
        let mut emptied = closed(messages).add(with_messages());
        if let Some(deleted) = before(now, rules.sessions) {
            emptied = emptied.add(sessions::Column::LastMessageAt.gte(deleted));
        }
        let emptied = session::stored_in(db, emptied).await?;
        due.messages += emptied.messages;
        due.files += emptied.files;
    }
    if let Some(before) = before(now, rules.contacts) {
        let contacts = contact::Entity::find().filter(alone(before));
        due.contacts = contacts.count(db).await?;
    }
    Ok(due)
}

fn before(now: Timestamp, kept_for: Option<Duration>) -> Option<i64> {
    Some(now.minus(kept_for?).millis())
}

fn closed(before: i64) -> Condition {
    is_closed().add(sessions::Column::LastMessageAt.lt(before))
}

fn with_messages() -> Expr {
    sessions::Column::LastMessageId.is_not_null()
}

/// Some of these sessions, the oldest first.
async fn oldest(engine: &Engine, of: Condition) -> Result<Vec<Uuid>> {
    let found = sessions::Entity::find()
        .select_only()
        .column(sessions::Column::Id)
        .filter(of)
        .order_by_asc(sessions::Column::LastMessageAt)
        .order_by_asc(sessions::Column::Id)
        .limit(AT_ONCE);
    Ok(found.into_tuple().all(engine.db.read()).await?)
}

/// Contacts that have had no session since then and lend their name to nobody. A block can be taken back only while its
/// contact is there.
fn alone(since_before: i64) -> Condition {
    let is_theirs = |column: Expr| column.eq(Expr::col((contact::Entity, contact::Column::Id)));
    let session = Query::select()
        .expr(Expr::value(1_i64))
        .from(sessions::Entity)
        .and_where(is_theirs(Expr::col((
            sessions::Entity,
            sessions::Column::ContactId,
        ))))
        .to_owned();
    let block = Query::select()
        .expr(Expr::value(1_i64))
        .from(contact_block::Entity)
        .and_where(is_theirs(Expr::col((
            contact_block::Entity,
            contact_block::Column::ContactId,
        ))))
        .to_owned();
    let pointing = Query::select()
        .column(contact::Column::MergedInto)
        .from(contact::Entity)
        .and_where(contact::Column::MergedInto.is_not_null())
        .to_owned();
    Condition::all()
        .add(contact::Column::AloneSince.lt(since_before))
        .add(Expr::exists(session).not())
        .add(Expr::exists(block).not())
        .add(contact::Column::Id.not_in_subquery(pointing))
}

async fn delete_contacts(engine: &Engine, before: i64) -> Result<u64> {
    let those = || {
        contact::Entity::find()
            .select_only()
            .column(contact::Column::Id)
            .filter(alone(before))
    };
    let found: Vec<Uuid> = those().limit(AT_ONCE).into_tuple().all(engine.db.read()).await?;
    let tx = engine.transaction(&Actor::System).await?;
    // Whoever stores a session for one of them has to wait from here on, and then finds no contact.
    tx.lock::<contact::Entity>(contact::Column::Id, found.iter().copied())
        .await?;
    let still = those().filter(contact::Column::Id.is_in(found));
    let still: Vec<Uuid> = still.into_tuple().all(&tx).await?;
    delete_what_belongs_to(&tx, &still).await?;
    tell_deleted(&tx, &still);
    let gone = contact::Entity::delete_many()
        .filter(contact::Column::Id.is_in(still))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(gone.rows_affected)
}
