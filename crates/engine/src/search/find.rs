//! The messages and notes that a search finds, of those that the actor may see.

use crate::{
    Engine, Result, contacts,
    entity::{message, search_backfill, search_entry, session, session_moment},
    search::index::{self, Step},
    sessions::access::visible_to,
};
use domain::{
    access::Actor,
    ids::{LineId, SessionId},
    message::Direction,
    page::{Page, PageRequest},
    refusal::Refusal,
    search::{
        Hit, Hits,
        texts::{self, Sought},
    },
    time::Timestamp,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QueryOrder, Select,
    sea_query::{Expr, Query},
};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Maximum number of steps for one page. Who sees only few of many sessions gets short pages, not slow ones.
const STEPS: usize = 3;
/// Beyond all numbers of entries.
const MAX_NUMBER: i64 = i64::MAX / 2;
/// Entries whose sessions are looked up at once.
const AT_ONCE: usize = 500;

/// One page of the messages and notes whose text has the words of a search, the latest first.
///
/// # Errors
/// An invalid cursor.
pub async fn find(engine: &Engine, actor: &Actor, text: &str, page: &PageRequest) -> Result<Hits> {
    let db = engine.db.read();
    let below = match &page.cursor {
        Some(cursor) => cursor.parse().map_err(|_| Refusal::BadCursor)?,
        None => MAX_NUMBER,
    };
    if !(-MAX_NUMBER..=MAX_NUMBER).contains(&below) {
        return Err(Refusal::BadCursor.into());
    }
    let Some(sought) = texts::sought(text) else {
        return Ok(Hits::default());
    };
    let found = entries(db, actor, &sought, below, page.limit() as usize).await?;
    Ok(Hits {
        items: engine.seen_by(actor, hits(db, &sought, found.items).await?),
        next_cursor: found.next_cursor,
        incomplete: search_backfill::Entity::find().count(db).await? > 0,
    })
}

async fn entries(
    db: &impl ConnectionTrait,
    actor: &Actor,
    sought: &Sought,
    mut below: i64,
    limit: usize,
) -> Result<Page<search_entry::Model>> {
    let mut found: Vec<search_entry::Model> = Vec::new();
    for _ in 0..STEPS {
        let Step { numbers, next } = index::step(db, sought, below).await?;
        for some in numbers.chunks(AT_ONCE) {
            found.extend(seen(actor, some).all(db).await?);
            if found.len() > limit {
                found.truncate(limit);
                let next_cursor = found.last().map(|last| last.number.to_string());
                return Ok(Page {
                    items: found,
                    next_cursor,
                });
            }
        }
        match next {
            Some(next) => below = next,
            None => {
                return Ok(Page {
                    items: found,
                    next_cursor: None,
                });
            }
        }
    }
    let next_cursor = Some(below.to_string());
    Ok(Page {
        items: found,
        next_cursor,
    })
}

/// Of these entries, those of sessions that the actor may see.
pub(super) fn seen(actor: &Actor, numbers: &[i64]) -> Select<search_entry::Entity> {
    let theirs = Query::select()
        .column(session::Column::Id)
        .from(session::Entity)
        .and_where(
            Expr::col((session::Entity, session::Column::Id))
                .equals((search_entry::Entity, search_entry::Column::SessionId)),
        )
        .cond_where(visible_to(actor))
        .to_owned();
    search_entry::Entity::find()
        .filter(search_entry::Column::Number.is_in(numbers.iter().copied()))
        .filter(Expr::exists(theirs))
        .order_by_desc(search_entry::Column::Number)
}

async fn hits(
    db: &impl ConnectionTrait,
    sought: &Sought,
    found: Vec<search_entry::Model>,
) -> Result<Vec<Hit>> {
    let (notes, messages): (Vec<_>, Vec<_>) = found.iter().partition(|entry| entry.note);
    let by_id = session_moment::Column::Id.is_in(notes.iter().map(|entry| entry.entry_id));
    let notes = session_moment::Entity::find().filter(by_id).all(db).await?;
    let mut notes: HashMap<_, _> = notes.into_iter().map(|row| (row.id, row)).collect();
    let by_id = message::Column::Id.is_in(messages.iter().map(|entry| entry.entry_id));
    let messages = message::Entity::find().filter(by_id).all(db).await?;
    let related = related(db, &messages).await?;
    let mut messages: HashMap<_, _> = messages.into_iter().map(|row| (row.id, row)).collect();
    let of = contacts::of_sessions(db, found.iter().map(|entry| entry.session_id).collect()).await?;

    let hit = |entry: search_entry::Model| {
        let contact = of.get(&entry.session_id)?.clone();
        let session = SessionId::new(entry.session_id);
        if entry.note {
            let note = notes.remove(&entry.entry_id)?;
            return Some(Hit {
                id: LineId::new(note.id),
                session,
                contact: contacts::reference(contact),
                at: Timestamp::from_millis(note.at),
                author: note.who,
                by_token: false,
                ours: true,
                note: true,
                excerpt: sought.excerpt(&note.reason?),
            });
        }
        let message = messages.remove(&entry.entry_id)?;
        // It may have moved into another session since its entry was read.
        if related.is_deleted(&message) || message.session_id != entry.session_id {
            return None;
        }
        Some(Hit {
            id: LineId::new(related.edited(&message).unwrap_or(message.id)),
            session,
            contact: contacts::reference(contact),
            at: Timestamp::from_millis(message.at),
            ours: message.direction == Direction::Outbound.as_str(),
            author: message.author,
            by_token: message.by_token,
            note: false,
            excerpt: sought.excerpt(&message.text?),
        })
    };
    // A message and its edit are one.
    let mut shown = HashSet::new();
    let hits = found.into_iter().filter_map(hit);
    Ok(hits.filter(|hit| shown.insert(hit.id)).collect())
}

/// What is about found messages, and what found edits are about.
#[derive(Debug, Default)]
struct Related {
    /// The sessions, senders and wamids of the messages that are deleted.
    deleted: HashSet<(Uuid, String, String)>,
    /// The messages by session and wamid.
    edited: HashMap<(Uuid, String), Uuid>,
}

async fn related(db: &impl ConnectionTrait, found: &[message::Model]) -> Result<Related> {
    use message::Column;
    let sessions: HashSet<_> = found.iter().map(|row| row.session_id).collect();
    let targets: HashSet<_> = found.iter().filter_map(|row| row.target_wamid.clone()).collect();
    let mut related = Related::default();
    if !targets.is_empty() {
        let edited = message::Entity::find()
            .filter(Column::SessionId.is_in(sessions.iter().copied()))
            .filter(Column::Wamid.is_in(targets.iter().cloned()));
        for row in edited.all(db).await? {
            related
                .edited
                .extend(row.wamid.map(|wamid| ((row.session_id, wamid), row.id)));
        }
    }
    let wamids = found.iter().filter_map(|row| row.wamid.clone()).chain(targets);
    let deletions = message::Entity::find()
        .filter(Column::SessionId.is_in(sessions))
        .filter(Column::TargetWamid.is_in(wamids))
        .filter(Column::Kind.is_not_in(["edit", "reaction"]));
    for row in deletions.all(db).await? {
        let of = row
            .target_wamid
            .map(|wamid| (row.session_id, row.direction, wamid));
        related.deleted.extend(of);
    }
    Ok(related)
}

impl Related {
    /// The message that an edit is about.
    fn edited(&self, message: &message::Model) -> Option<Uuid> {
        let about = message.target_wamid.clone()?;
        self.edited.get(&(message.session_id, about)).copied()
    }

    /// A deleted message shows no text, and neither do its edits.
    fn is_deleted(&self, message: &message::Model) -> bool {
        let wamids = [&message.wamid, &message.target_wamid].into_iter().flatten();
        let mut keys = wamids.map(|wamid| (message.session_id, message.direction.clone(), wamid.clone()));
        keys.any(|key| self.deleted.contains(&key))
    }
}
