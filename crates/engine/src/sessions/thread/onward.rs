//! A session from its first message on, for those who keep it as a file: supervisors.

use crate::{
    Engine, Result,
    entity::message,
    sessions::{
        access, rows,
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
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
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
    use message::Column;
    actor.require(Permission::SessionTransfer)?;
    let db = engine.db.read();
    let of = access::find(db, actor, id, false).await?;
    let mut query = message::Entity::find()
        .filter(Column::SessionId.eq(of.id))
        .order_by_asc(Column::At)
        .order_by_asc(Column::Id)
        .limit(PAGE as u64 + 1);
    if let Some((at, id)) = after {
        let same_time = Condition::all().add(Column::At.eq(at)).add(Column::Id.gt(id));
        query = query
            .filter(Column::At.gte(at))
            .filter(Condition::any().add(Column::At.gt(at)).add(same_time));
    }
    let mut rows = query.all(db).await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let after = rows.last().filter(|_| more).map(|row| (row.at, row.id));
    let (messages, _) = folded(db, actor, &of, rows).await?;
    Ok(Onward {
        messages: engine.seen_by(actor, messages),
        after,
    })
}
