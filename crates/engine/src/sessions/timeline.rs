//! The timeline of a session: what happened to it, and who did it.

use crate::{
    Engine, Result,
    entity::{session_moment, stored},
    events::{Deed, deeds::About},
    sessions::access::find,
    transaction::Transaction,
};
use domain::{
    access::Actor,
    ids::{LineId, SessionId},
    session::{SessionEvent, SessionEventKind},
    time::Timestamp,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use std::collections::HashMap;
use uuid::Uuid;

/// Writes a line of the timeline, and returns it.
pub(crate) async fn session_event(
    tx: &Transaction,
    session: Uuid,
    what: SessionEventKind,
    who: Option<String>,
    reason: Option<String>,
) -> Result<SessionEvent> {
    let line = new_line(tx, session, what, who, reason);
    write_line(tx, line).await
}

pub(super) fn new_line(
    tx: &Transaction,
    session: Uuid,
    what: SessionEventKind,
    who: Option<String>,
    reason: Option<String>,
) -> session_moment::Model {
    session_moment::Model {
        id: tx.engine().clock().new_id(),
        session_id: session,
        at: tx.engine().clock().now().millis(),
        what: what.as_str().to_owned(),
        who,
        done_by: None,
        reason,
        lost_by: None,
        mentions: None,
    }
}

pub(super) async fn write_line(tx: &Transaction, row: session_moment::Model) -> Result<SessionEvent> {
    session_moment::Entity::insert(row.clone().into_active_model())
        .exec_without_returning(tx)
        .await?;
    tx.did(
        About::Session(SessionId::new(row.session_id)),
        Deed::Line(LineId::new(row.id)),
    );
    seen(row)
}

pub(crate) fn name_of(actor: &Actor) -> String {
    match actor {
        Actor::User(me) => me.name.clone(),
        Actor::Token { name, .. } => name.clone(),
        Actor::System => "Switchboard".to_owned(),
    }
}

/// What happened to these sessions, oldest first.
pub(crate) async fn timelines(
    db: &impl ConnectionTrait,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Vec<SessionEvent>>> {
    let rows = session_moment::Entity::find()
        .filter(session_moment::Column::SessionId.is_in(ids.iter().copied()))
        .order_by_asc(session_moment::Column::Id)
        .all(db)
        .await?;
    let mut timelines: HashMap<Uuid, Vec<SessionEvent>> = HashMap::new();
    for row in rows {
        timelines.entry(row.session_id).or_default().push(seen(row)?);
    }
    Ok(timelines)
}

pub(crate) fn seen(row: session_moment::Model) -> Result<SessionEvent> {
    Ok(SessionEvent {
        id: LineId::new(row.id),
        at: Timestamp::from_millis(row.at),
        what: stored(&row.what)?,
        who: row.who,
        by: row.done_by,
        reason: row.reason,
        mentions: row
            .mentions
            .map(|names| names.lines().map(str::to_owned).collect())
            .unwrap_or_default(),
    })
}

/// The lines of which the actor may hear: one about merged contacts tells the number of another customer, who may be beyond
/// the reach of a token.
pub(super) fn heard_by(actor: &Actor, mut lines: Vec<SessionEvent>) -> Vec<SessionEvent> {
    use SessionEventKind::{ContactMerged, ContactSeparated};
    if actor.bound().is_some() {
        lines.retain(|line| !matches!(line.what, ContactMerged | ContactSeparated));
    }
    lines
}

/// What happened to a session, oldest first.
///
/// # Errors
/// The actor does not see the session.
pub async fn timeline(engine: &Engine, actor: &Actor, id: SessionId) -> Result<Vec<SessionEvent>> {
    let found = find(engine.db.read(), actor, id, false).await?;
    let mut timelines = timelines(engine.db.read(), &[found.id]).await?;
    let lines = heard_by(actor, timelines.remove(&found.id).unwrap_or_default());
    Ok(engine.seen_by(actor, lines))
}
