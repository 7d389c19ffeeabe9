//! The worker that indexes what was stored before there was an index, the latest first.

use crate::{
    Engine, Result,
    entity::{message, search_backfill, search_entry, session_moment},
    search::index::{Entry, REACTION, add_older},
};
use domain::session::SessionEventKind;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, Query},
};
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Entries in one transaction.
const AT_ONCE: u64 = 500;
/// How often the log tells the progress.
const TELL_EVERY: Duration = Duration::from_secs(30);
/// The wait after a failure.
const PATROL: Duration = Duration::from_secs(60);
const MESSAGES: &str = "messages";

pub(crate) async fn run(engine: Engine, stop: CancellationToken) {
    let (mut made, mut told) = (0, Instant::now());
    while !stop.is_cancelled() {
        let began = Instant::now();
        let pause = match pass(&engine).await {
            Ok(None) => break,
            Ok(Some(some)) => {
                made += some;
                // Leaves as much time to others as it takes.
                began.elapsed()
            }
            Err(error) => {
                tracing::error!(%error, "older messages cannot be indexed for the search now");
                PATROL
            }
        };
        if told.elapsed() >= TELL_EVERY {
            tracing::info!(made, "older messages are being indexed for the search");
            told = Instant::now();
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = stop.cancelled() => {}
        }
    }
    if made > 0 {
        tracing::info!(made, "older messages are indexed for the search");
    }
}

/// Indexes some older messages or notes; `None` when none are left.
pub(crate) async fn pass(engine: &Engine) -> Result<Option<usize>> {
    let db = engine.db.read();
    let next = search_backfill::Entity::find().order_by_asc(search_backfill::Column::What);
    let Some(row) = next.one(db).await? else {
        return Ok(None);
    };
    // Before the transaction: notes are few of many lines, and others have to write meanwhile.
    let texts = match row.what.as_str() {
        MESSAGES => messages(db, row.below).await?,
        _ => notes(db, row.below).await?,
    };
    let tx = engine.db.write().await?;
    let now = search_backfill::Entity::find_by_id(&row.what)
        .lock_exclusive()
        .one(&tx)
        .await?;
    if now.as_ref() != Some(&row) {
        // Another process was quicker.
        return Ok(Some(0));
    }
    let entries: Vec<_> = texts
        .iter()
        .map(|(id, session, text)| Entry {
            id: *id,
            session: *session,
            note: row.what != MESSAGES,
            text,
        })
        .collect();
    add_older(&tx, &entries).await?;
    match texts.last() {
        Some((last, ..)) => {
            let below = search_backfill::ActiveModel {
                what: Set(row.what),
                below: Set(Some(*last)),
            };
            search_backfill::Entity::update(below).exec(&tx).await?;
        }
        None => {
            search_backfill::Entity::delete_by_id(row.what).exec(&tx).await?;
        }
    }
    tx.commit().await?;
    Ok(Some(texts.len()))
}

type Text = (Uuid, Uuid, String);

async fn messages(db: &impl ConnectionTrait, below: Option<Uuid>) -> Result<Vec<Text>> {
    use message::Column;
    let found = message::Entity::find()
        .select_only()
        .columns([Column::Id, Column::SessionId, Column::Text])
        .filter(Expr::col((message::Entity, Column::Text)).is_not_null())
        .filter(Column::Kind.ne(REACTION))
        .filter(not_indexed(Expr::col((message::Entity, Column::Id))))
        .order_by_desc(Column::Id)
        .limit(AT_ONCE);
    let found = match below {
        Some(below) => found.filter(Column::Id.lt(below)),
        None => found,
    };
    Ok(found.into_tuple().all(db).await?)
}

async fn notes(db: &impl ConnectionTrait, below: Option<Uuid>) -> Result<Vec<Text>> {
    use session_moment::Column;
    let found = session_moment::Entity::find()
        .select_only()
        .columns([Column::Id, Column::SessionId, Column::Reason])
        .filter(Column::What.eq(SessionEventKind::Noted.as_str()))
        .filter(Column::Reason.is_not_null())
        .filter(not_indexed(Expr::col((session_moment::Entity, Column::Id))))
        .order_by_desc(Column::Id)
        .limit(AT_ONCE);
    let found = match below {
        Some(below) => found.filter(Column::Id.lt(below)),
        None => found,
    };
    Ok(found.into_tuple().all(db).await?)
}

/// What is stored while older texts are indexed has an entry already.
fn not_indexed(id: Expr) -> Expr {
    let entry = Query::select()
        .expr(Expr::value(1_i64))
        .from(search_entry::Entity)
        .and_where(Expr::col((search_entry::Entity, search_entry::Column::EntryId)).eq(id))
        .to_owned();
    Expr::exists(entry).not()
}
