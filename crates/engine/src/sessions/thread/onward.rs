//! A session from its first message on, for those who keep it as a file: supervisors.

use crate::{
    Engine, Result,
    sessions::{
        access, messages, rows,
        thread::{cursor::Place, page::folded},
        timeline::{heard_by, timelines},
    },
};
use domain::{
    access::{Actor, Permission},
    ids::SessionId,
    message::MessageView,
    session::{SessionEvent, SessionRow},
};
use sea_orm::QuerySelect;
use uuid::Uuid;

/// Messages per page.
const PAGE: usize = 200;

/// A session and what happened to it.
#[derive(Debug, Clone)]
pub struct Recorded {
    pub session: SessionRow,
    /// Oldest first.
    pub timeline: Vec<SessionEvent>,
}

/// Some messages of a session, with the reactions, edits and deletions that are about them, on whichever page.
#[derive(Debug, Clone)]
pub struct Onward {
    /// Oldest first.
    pub messages: Vec<MessageView>,
    /// Where the next ones begin; `None` after the last.
    pub after: Option<(i64, Uuid)>,
}

/// A session without its messages.
///
/// # Errors
/// Not a supervisor, or there is no such session.
pub async fn recorded(engine: &Engine, actor: &Actor, id: SessionId) -> Result<Recorded> {
    actor.require(Permission::SessionTransfer)?;
    let db = engine.db.read();
    let row = rows::row(db, actor, id).await?;
    let timeline = timelines(db, &[id.uuid()]).await?.remove(&id.uuid());
    Ok(Recorded {
        session: engine.seen_by(actor, row),
        timeline: heard_by(actor, timeline.unwrap_or_default()),
    })
}

/// The session's messages after a place; from its first one without a place.
///
/// # Errors
/// Not a supervisor, or there is no such session.
pub async fn onward(engine: &Engine, actor: &Actor, id: SessionId, after: Option<Place>) -> Result<Onward> {
    actor.require(Permission::SessionTransfer)?;
    let db = engine.db.read();
    let of = access::find(db, actor, id, false).await?;
    let found = messages::onward(of.id, after).limit(PAGE as u64 + 1);
    let mut rows = found.all(db).await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let after = rows.last().filter(|_| more).map(|row| (row.at, row.id));
    let (messages, _) = folded(db, actor, &of, rows).await?;
    Ok(Onward {
        messages: engine.seen_by(actor, messages),
        after,
    })
}
