//! What events are about, as it is when scripts are told of them.

use crate::{
    Engine, Result,
    entity::{message, session, session_moment},
    events::{Deed, feed::Happening},
    seldom::{EVERY_SECOND, Seldom},
    sessions::{access::visible_to, content, messages, named::named, rows, timeline},
};
use domain::{
    access::Actor,
    event::Change,
    ids::{LineId, MessageId, SessionId},
    message::MessageView,
    session::{SessionEvent, SessionRow},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use std::collections::{BTreeSet, HashMap};

/// What some events are about. What was erased meanwhile, or what the actor does not see any more, is not in it.
#[derive(Debug, Default)]
pub struct Told {
    pub sessions: HashMap<SessionId, SessionRow>,
    pub lines: HashMap<LineId, SessionEvent>,
    /// With the session that the message is in now: two sessions may have become one.
    pub messages: HashMap<MessageId, (SessionId, MessageView)>,
}

/// Reads what these events are about, each table once.
///
/// # Errors
/// The database cannot be read.
pub async fn told(engine: &Engine, actor: &Actor, happenings: &[Happening]) -> Result<Told> {
    let db = engine.db.read();
    let ids: BTreeSet<_> = happenings
        .iter()
        .filter_map(|one| match one.change {
            Change::Message { message, .. } => Some(message.uuid()),
            _ => None,
        })
        .collect();
    let found = message::Entity::find().filter(message::Column::Id.is_in(ids));
    let found = found.all(db).await?;
    let readable_ones = found.into_iter().filter_map(|row| {
        let place = SessionId::new(row.session_id);
        Some((place, readable(messages::view(row))?))
    });
    let (places, mut views): (Vec<_>, Vec<_>) = readable_ones.unzip();
    content::fill(db, &mut views).await?;

    let lines = happenings.iter().filter_map(|one| match &one.deed {
        Some(Deed::Line(line)) => Some(line.uuid()),
        _ => None,
    });
    let lines = session_moment::Entity::find().filter(session_moment::Column::Id.is_in(lines));
    let lines = lines.all(db).await?.into_iter();
    let lines: Vec<_> = lines.filter_map(|row| readable(timeline::seen(row))).collect();

    let of_events = happenings.iter().filter_map(|one| one.change.session());
    let ids: BTreeSet<_> = of_events.chain(places.iter().copied()).collect();
    let seen = session::Entity::find()
        .filter(session::Column::Id.is_in(ids.into_iter().map(SessionId::uuid)))
        .filter(visible_to(actor));
    let sessions = rows::with_messages(db, named(db, seen).await?).await?;
    let sessions = engine.seen_by(actor, sessions).into_iter();
    let lines = engine.seen_by(actor, lines).into_iter();
    let views = engine.seen_by(actor, views).into_iter();
    Ok(Told {
        sessions: sessions.map(|row| (row.id, row)).collect(),
        lines: lines.map(|line| (line.id, line)).collect(),
        messages: places
            .into_iter()
            .zip(views)
            .map(|(session, view)| (view.id, (session, view)))
            .collect(),
    })
}

/// Leaves out what cannot be read, as when a newer version wrote it: it must not hold up everything else.
fn readable<T>(read: Result<T>) -> Option<T> {
    static WARNED: Seldom = Seldom::every(EVERY_SECOND);
    if let Err(error) = &read
        && let Some(left_out) = WARNED.due()
    {
        tracing::warn!(%error, left_out, "scripts are not told of an event, because what it is about cannot be read");
    }
    read.ok()
}
