//! Reading a thread: from its end upwards, page by page, and on into the contact's earlier sessions.
//!
//! Who may see a session may see those earlier ones of its contact that the rule for sessions shows them
//! ([`sessions::visible_to`]): supervisors all of them, an operator their own and those that nobody owns in their
//! queues. Looking at one customer opens nothing of a colleague's that the inbox would not.
//!
//! A cursor names a session and a message in it. Reactions, edits and deletions stand with the message that they are
//! about, on whichever page that is.

use crate::{
    Engine, Result, channels,
    entity::{channel, extension, message, session, session_moment},
    outbound::worker,
    sessions::{self, content, messages::view},
};
use domain::{
    ids::{MessageId, SessionId},
    message::{Direction, MessageView, SYSTEM, Status},
    people::Actor,
    refusal::Refusal,
    session::{Above, Blocked, EarlierSession, Happening, Moment, Stretch, Thread},
    thread::fold,
    time::Timestamp,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Select,
    sea_query::{Expr, Query},
};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Messages of a page.
const PAGE: u64 = 200;
/// With more unread messages the first page is longer, so that it opens where they begin; but not longer than this.
const FIRST_PAGE_MOST: u64 = 500;
/// Read messages above the unread ones.
const READ_BEFORE_UNREAD: u64 = 20;
/// Reactions and the like to the messages of a page: nobody's thumbs cost an unbounded read.
const ABOUT_MOST: u64 = 2000;
/// Earlier sessions in the details.
const PAST_MOST: u64 = 50;

/// A session with its newest messages, or with those before a place.
///
/// # Errors
/// Not the asker's to see, or a cursor that is not ours.
pub async fn read(e: &Engine, actor: &Actor, id: SessionId, before: Option<&str>) -> Result<Thread> {
    let db = e.db.read();
    let found = sessions::find(db, actor, id, false).await?;
    let blocked = channels::blocked(db, found.channel_id).await?;
    let mut thread = Thread {
        messages: Vec::new(),
        whole: false,
        earlier: Vec::new(),
        above: None,
        cut: before.is_some(),
        first_unread: first_unread(db, &found).await?,
        changed_above: Vec::new(),
        timeline: timelines(db, &[found.id])
            .await?
            .remove(&found.id)
            .unwrap_or_default(),
        past: past(db, actor, &found).await?,
        may: sessions::standing(db, actor.extension(), &found)
            .await?
            .may(actor),
        blocked,
        session: sessions::rows(db, vec![found.clone()])
            .await?
            .pop()
            .ok_or(Refusal::NotFound)?,
    };
    if let Some(cursor) = before {
        thread.put_above(read_above(db, actor, &found, cursor).await?);
        return Ok(thread);
    }
    let unread = u64::try_from(found.unread).unwrap_or(0);
    let limit = (unread + READ_BEFORE_UNREAD).clamp(PAGE, FIRST_PAGE_MOST);
    let mut page = page(db, actor, &found, None, limit).await?;
    let paused = blocked == Some(Blocked::Paused);
    let queued = |message: &MessageView| message.status == Some(Status::Queued);
    if page.messages.iter().any(queued) {
        let mut waiting = worker::waiting_for(e, db, id, paused).await?;
        for message in &mut page.messages {
            message.waits = waiting.remove(&message.id);
        }
    }
    thread.above = match page.before {
        Some(place) => Some(Cursor::before(found.id, place).to_string()),
        None => earlier_than(db, actor, &found)
            .await?
            .map(|it| Cursor::end(it.id).to_string()),
    };
    thread.whole = page.before.is_none();
    thread.messages = page.messages;
    thread.changed_above = page.changed_above;
    Ok(thread)
}

/// What stands above a place in a session's thread.
///
/// # Errors
/// Not the asker's to see, or a cursor that is not ours.
pub async fn above(e: &Engine, actor: &Actor, id: SessionId, cursor: &str) -> Result<Above> {
    let db = e.db.read();
    let found = sessions::find(db, actor, id, false).await?;
    read_above(db, actor, &found, cursor).await
}

async fn read_above(
    db: &impl ConnectionTrait,
    actor: &Actor,
    opened: &session::Model,
    cursor: &str,
) -> Result<Above> {
    let cursor = Cursor::parse(cursor).ok_or(Refusal::BadCursor)?;
    let mut of = sessions::find(db, actor, SessionId::new(cursor.session), false).await?;
    if of.contact_id != opened.contact_id {
        return Err(Refusal::NotFound.into());
    }
    let mut place = cursor.before;
    let mut left = PAGE;
    let mut stretches = Vec::new();
    let above = loop {
        let page = page(db, actor, &of, place.take(), left).await?;
        left = left.saturating_sub(page.messages.len() as u64);
        stretches.push((of.clone(), page.messages, page.before.is_none()));
        if let Some(place) = page.before {
            break Some(Cursor::before(of.id, place));
        }
        let Some(next) = earlier_than(db, actor, &of).await? else {
            break None;
        };
        if left == 0 {
            break Some(Cursor::end(next.id));
        }
        of = next;
    };
    let rows: Vec<_> = stretches.iter().map(|(of, ..)| of.clone()).collect();
    let ids: Vec<_> = rows.iter().map(|of| of.id).collect();
    let mut timelines = timelines(db, &ids).await?;
    let labels = labels(db, rows).await?;
    let stretches = stretches
        .into_iter()
        .zip(labels)
        .map(|((of, messages, whole), session)| Stretch {
            timeline: timelines.remove(&of.id).unwrap_or_default(),
            session,
            messages,
            whole,
        });
    Ok(Above {
        stretches: stretches.rev().collect(),
        above: above.map(|cursor| cursor.to_string()),
    })
}

/// The messages up to this one have been on somebody's screen. The position only rises, and the unread messages are
/// those after it. Only whoever would answer can say so: a look by somebody else leaves them unread.
///
/// # Errors
/// Not the asker's to see, or no message of this session.
pub async fn mark_read(e: &Engine, actor: &Actor, id: SessionId, seen: MessageId) -> Result<()> {
    let tx = e.db.write().await?;
    let found = sessions::find(&tx, actor, id, true).await?;
    if found.unread == 0
        || !sessions::standing(&tx, actor.extension(), &found)
            .await?
            .reads(actor)
    {
        return Ok(());
    }
    let seen = message::Entity::find_by_id(seen.uuid())
        .filter(message::Column::SessionId.eq(found.id))
        .one(&tx)
        .await?
        .ok_or(Refusal::NotFound)?;
    let before = found.read_at.zip(found.read_id);
    let position = Ord::max(before, Some((seen.at, seen.id)));
    let after = customers_messages_after(found.id, position).count(&tx).await?;
    let unread = Ord::min(i64::try_from(after).unwrap_or(i64::MAX), found.unread);
    if position == before && unread == found.unread {
        return Ok(());
    }
    session::Entity::update_many()
        .col_expr(session::Column::Unread, Expr::value(unread))
        .col_expr(session::Column::ReadAt, Expr::value(position.map(|(at, _)| at)))
        .col_expr(session::Column::ReadId, Expr::value(position.map(|(_, id)| id)))
        .filter(session::Column::Id.eq(found.id))
        .exec(&tx)
        .await?;
    let changes = sessions::session_changed(&tx, &found).await?;
    tx.commit().await?;
    e.events().publish(changes);
    Ok(())
}

/// When a message was, and which of that moment it is.
type Place = (i64, Uuid);

/// A place in the sessions of a contact, as pages name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cursor {
    session: Uuid,
    /// Without one, its end.
    before: Option<Place>,
}

impl Cursor {
    fn end(session: Uuid) -> Self {
        Self {
            session,
            before: None,
        }
    }

    fn before(session: Uuid, place: Place) -> Self {
        Self {
            session,
            before: Some(place),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('_');
        let session = parts.next()?.parse().ok()?;
        let before = match (parts.next(), parts.next(), parts.next()) {
            (None, ..) => None,
            (Some(at), Some(id), None) => Some((at.parse().ok()?, id.parse().ok()?)),
            _ => return None,
        };
        Some(Self { session, before })
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.before {
            None => write!(f, "{}", self.session),
            Some((at, id)) => write!(f, "{}_{at}_{id}", self.session),
        }
    }
}

/// One page of one session.
struct Page {
    /// Oldest first, as they are shown.
    messages: Vec<MessageView>,
    /// The first of them, when others stand before it.
    before: Option<Place>,
    /// Messages on other pages that one of these has changed.
    changed_above: Vec<MessageView>,
}

async fn page(
    db: &impl ConnectionTrait,
    actor: &Actor,
    of: &session::Model,
    before: Option<Place>,
    limit: u64,
) -> Result<Page> {
    use message::Column;
    let mut query = message::Entity::find()
        .filter(Column::SessionId.eq(of.id))
        .order_by_desc(Column::At)
        .order_by_desc(Column::Id)
        .limit(limit + 1);
    if let Some((at, id)) = before {
        let same_time = Condition::all().add(Column::At.eq(at)).add(Column::Id.lt(id));
        query = query
            .filter(Column::At.lte(at))
            .filter(Condition::any().add(Column::At.lt(at)).add(same_time));
    }
    let mut rows = query.all(db).await?;
    let more = rows.len() as u64 > limit;
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let before = rows.last().filter(|_| more).map(|row| (row.at, row.id));
    rows.reverse();

    let on_page: HashSet<_> = rows.iter().map(|row| MessageId::new(row.id)).collect();
    let mut messages: Vec<_> = rows.into_iter().map(view).collect();
    content::fill(db, actor, &mut messages).await?;
    let found = named_elsewhere(db, actor, of, &messages).await?;
    let sessions: HashSet<_> = found.iter().map(|row| row.session_id).chain([of.id]).collect();
    let mut elsewhere: Vec<_> = found.into_iter().map(view).collect();
    content::fill(db, actor, &mut elsewhere).await?;
    let changed: HashSet<_> = messages.iter().filter_map(|row| row.about.clone()).collect();
    messages.extend(elsewhere);
    let about = about(db, sessions, &messages).await?;
    messages.extend(about);
    let (messages, others): (Vec<_>, Vec<_>) = fold(messages)
        .into_iter()
        .partition(|message| on_page.contains(&message.id));
    let is_changed = |message: &MessageView| {
        message.about.is_none()
            && message
                .wamid
                .as_ref()
                .is_some_and(|wamid| changed.contains(wamid))
    };
    Ok(Page {
        messages,
        before,
        changed_above: others.into_iter().filter(is_changed).collect(),
    })
}

/// The messages that these are about, or answer, and that are not among them. A customer may answer what was said in an
/// earlier session, which is quoted to whoever may see that session.
async fn named_elsewhere(
    db: &impl ConnectionTrait,
    actor: &Actor,
    of: &session::Model,
    messages: &[MessageView],
) -> Result<Vec<message::Model>> {
    use message::Column;
    let known: HashSet<_> = messages
        .iter()
        .filter_map(|message| message.wamid.as_ref())
        .collect();
    let missing = |named: Vec<&String>| -> HashSet<String> {
        let missing = named.into_iter().filter(|wamid| !known.contains(wamid));
        missing.cloned().collect()
    };
    let answers = |message: &MessageView| message.said.as_ref()?.answers.clone();
    let answered: Vec<_> = messages.iter().filter_map(answers).collect();
    let answered = missing(answered.iter().collect());
    let about = missing(
        messages
            .iter()
            .filter_map(|message| message.about.as_ref())
            .collect(),
    );
    if answered.is_empty() && about.is_empty() {
        return Ok(Vec::new());
    }
    let theirs = Query::select()
        .column(session::Column::Id)
        .from(session::Entity)
        .and_where(session::Column::ContactId.eq(of.contact_id))
        .cond_where(sessions::visible_to(actor))
        .to_owned();
    let quoted = Condition::all()
        .add(Column::Wamid.is_in(answered))
        .add(Column::SessionId.in_subquery(theirs));
    let changed = Condition::all()
        .add(Column::Wamid.is_in(about))
        .add(Column::SessionId.eq(of.id));
    let found = message::Entity::find().filter(Condition::any().add(quoted).add(changed));
    Ok(found.all(db).await?)
}

/// What is about these messages, and not among them.
async fn about(
    db: &impl ConnectionTrait,
    sessions: HashSet<Uuid>,
    messages: &[MessageView],
) -> Result<Vec<MessageView>> {
    let targets = messages
        .iter()
        .filter(|message| message.about.is_none())
        .filter_map(|message| message.wamid.as_ref());
    let known: HashSet<_> = messages.iter().map(|message| message.id).collect();
    let found = message::Entity::find()
        .filter(message::Column::SessionId.is_in(sessions))
        .filter(message::Column::TargetWamid.is_in(targets))
        .order_by_desc(message::Column::At)
        .order_by_desc(message::Column::Id)
        .limit(ABOUT_MOST)
        .all(db)
        .await?;
    let found = found.into_iter().map(view);
    Ok(found.filter(|message| !known.contains(&message.id)).collect())
}

/// What the customer wrote after a place, or all of it.
fn customers_messages_after(session: Uuid, place: Option<Place>) -> Select<message::Entity> {
    use message::Column;
    let query = message::Entity::find()
        .filter(Column::SessionId.eq(session))
        .filter(Column::Direction.eq(Direction::Inbound.as_str()))
        .filter(Column::Kind.ne(SYSTEM))
        .filter(Column::TargetWamid.is_null());
    match place {
        None => query,
        Some((at, id)) => {
            let same_time = Condition::all().add(Column::At.eq(at)).add(Column::Id.gt(id));
            query
                .filter(Column::At.gte(at))
                .filter(Condition::any().add(Column::At.gt(at)).add(same_time))
        }
    }
}

async fn first_unread(db: &impl ConnectionTrait, of: &session::Model) -> Result<Option<MessageId>> {
    if of.unread == 0 {
        return Ok(None);
    }
    let first = customers_messages_after(of.id, of.read_at.zip(of.read_id))
        .order_by_asc(message::Column::At)
        .order_by_asc(message::Column::Id)
        .one(db)
        .await?;
    Ok(first.map(|row| MessageId::new(row.id)))
}

/// The contact's sessions before this one that the asker may see, the latest first. One whose messages went into
/// another has none, and is left out.
fn earlier(actor: &Actor, than: &session::Model) -> Select<session::Entity> {
    use session::Column;
    let has_messages = Query::select()
        .expr(Expr::value(1))
        .from(message::Entity)
        .and_where(
            Expr::col((message::Entity, message::Column::SessionId)).equals((session::Entity, Column::Id)),
        )
        .to_owned();
    let same_time = Condition::all()
        .add(Column::OpenedAt.eq(than.opened_at))
        .add(Column::Id.lt(than.id));
    session::Entity::find()
        .filter(Column::ContactId.eq(than.contact_id))
        .filter(
            Condition::any()
                .add(Column::OpenedAt.lt(than.opened_at))
                .add(same_time),
        )
        .filter(sessions::visible_to(actor))
        .filter(Expr::exists(has_messages))
        .order_by_desc(Column::OpenedAt)
        .order_by_desc(Column::Id)
}

async fn earlier_than(
    db: &impl ConnectionTrait,
    actor: &Actor,
    than: &session::Model,
) -> Result<Option<session::Model>> {
    Ok(earlier(actor, than).one(db).await?)
}

async fn past(db: &impl ConnectionTrait, actor: &Actor, of: &session::Model) -> Result<Vec<EarlierSession>> {
    let found = earlier(actor, of).limit(PAST_MOST).all(db).await?;
    labels(db, found).await
}

/// In the order given.
async fn labels(db: &impl ConnectionTrait, rows: Vec<session::Model>) -> Result<Vec<EarlierSession>> {
    let channels = rows.iter().map(|row| row.channel_id);
    let channels = channel::Entity::find()
        .filter(channel::Column::Id.is_in(channels))
        .all(db)
        .await?;
    let channels: HashMap<_, _> = channels.into_iter().map(|row| (row.id, row.name)).collect();
    let owners = rows.iter().filter_map(|row| row.extension_id);
    let owners = extension::Entity::find()
        .filter(extension::Column::Id.is_in(owners))
        .all(db)
        .await?;
    let owners: HashMap<_, _> = owners.into_iter().map(|row| (row.id, row.name)).collect();
    let label = |row: session::Model| EarlierSession {
        id: SessionId::new(row.id),
        channel: channels.get(&row.channel_id).cloned().unwrap_or_default(),
        owner: row.extension_id.and_then(|id| owners.get(&id)).cloned(),
        opened_at: Timestamp::from_millis(row.opened_at),
        closed_at: row.closed_at.map(Timestamp::from_millis),
        group: row.group_id.is_some(),
    };
    Ok(rows.into_iter().map(label).collect())
}

/// What happened to these sessions, oldest first.
async fn timelines(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<Moment>>> {
    let rows = session_moment::Entity::find()
        .filter(session_moment::Column::SessionId.is_in(ids.iter().copied()))
        .order_by_asc(session_moment::Column::Id)
        .all(db)
        .await?;
    let mut timelines: HashMap<Uuid, Vec<Moment>> = HashMap::new();
    for row in rows {
        if let Some(what) = Happening::from_stored(&row.what) {
            timelines.entry(row.session_id).or_default().push(Moment {
                at: Timestamp::from_millis(row.at),
                what,
                who: row.who,
                by: row.done_by,
                reason: row.reason,
            });
        }
    }
    Ok(timelines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written_and_anything_else_is_refused() {
        let (session, message) = (Uuid::from_u128(1), Uuid::from_u128(2));
        for cursor in [Cursor::end(session), Cursor::before(session, (-5, message))] {
            assert_eq!(Cursor::parse(&cursor.to_string()), Some(cursor));
        }
        for foreign in [
            "",
            "x",
            "_",
            &format!("{session}_1"),
            &format!("{session}_1_{message}_2"),
        ] {
            assert_eq!(Cursor::parse(foreign), None, "{foreign}");
        }
    }
}
