//! Reading a thread: from its end upwards, page by page, and on into the contact's earlier sessions.
//!
//! Whoever may see a session may see those earlier ones of its contact that the rule for sessions shows them
//! ([`access::visible_to`]): supervisors all of them, an operator their own and the unowned ones in their queues. The
//! thread of a customer shows nothing of a colleague's that the inbox would not show. The sessions of merged contacts
//! follow each other by time.
//!
//! A cursor names a session and a message in it. Reactions, edits and deletions are shown with the message that they
//! are about, on whichever page that is.

mod changed;
pub(super) mod cursor;
mod earlier;
mod onward;
mod page;
mod place;
#[cfg(test)]
mod plans;

pub(crate) use changed::changed;
#[cfg(test)]
pub(super) use earlier::earlier;
pub use onward::{Onward, Recorded, onward, recorded};

use crate::{
    Engine, Result,
    contacts::merged::all_of,
    entity::{channel, session},
    outbound::{blocked::blocked, queue},
    sessions::{
        access, contact_block, contact_merge, contact_note, lifecycle, rows,
        thread::{
            cursor::Cursor,
            earlier::{earlier_than, labels, past},
            page::page,
            place::{nth_after, place_of},
        },
        timeline::timelines,
        unread::first_unread,
    },
};
use domain::{
    access::Actor,
    channel::ReadReceipts,
    ids::{LineId, SessionId},
    message::{MessageView, Status},
    refusal::Refusal,
    session::{Above, May, ReplyEffect, Stretch, Thread},
};
use sea_orm::{ConnectionTrait, EntityTrait};
use uuid::Uuid;

/// Messages of the first page: a few screens, so that a thread is there at once.
const FIRST_PAGE: u64 = 50;
/// Messages of each page above it.
const PAGE: u64 = 200;
/// With more unread messages the first page is longer, so that it opens where they begin; but not longer than this.
const MAX_FIRST_PAGE: u64 = 500;
/// Messages below the one that a thread is opened at.
const BELOW: u64 = 20;
/// Read messages above the unread ones.
const READ_BEFORE_UNREAD: u64 = 20;

/// What the actor may do with the session now, and whether it may send a template, even while the service window is
/// closed or the session is.
async fn may(
    engine: &Engine,
    db: &impl ConnectionTrait,
    actor: &Actor,
    of: &session::Model,
) -> Result<(May, bool)> {
    let access = access::session_access(db, actor.extension(), of).await?;
    let mut may = access.may(actor);
    let templates = match access.send_template(actor) {
        Ok(ReplyEffect::Reopens) => !lifecycle::goes_on_elsewhere(db, of).await?,
        template => template.is_ok(),
    };
    may.reopen = may.reopen && templates && of.window_is_open(engine.clock().now());
    if may.reply.is_err() && !templates {
        return Ok((may, false));
    }
    let channel = channel::Entity::find_by_id(of.channel_id).one(db).await?;
    let allowed = channel
        .as_ref()
        .is_some_and(|channel| channel.templates_allowed && channel.deleted_at.is_none());
    let templates = templates && allowed;
    if may.reply.is_err() {
        return Ok((may, templates));
    }
    if of.window_is_open(engine.clock().now()) {
        let mode = channel.map(|channel| channel.read_receipts()).transpose()?;
        may.shows_typing = mode.is_some_and(|mode| mode != ReadReceipts::Never);
    } else {
        may.reply = Err(Refusal::WindowClosed);
    }
    Ok((may, templates))
}

/// A session with its newest messages, or with those before a place.
///
/// # Errors
/// The actor may not see the session, or the cursor is malformed or another contact's.
pub async fn read(engine: &Engine, actor: &Actor, id: SessionId, before: Option<&str>) -> Result<Thread> {
    let db = engine.db.read();
    let position = engine.events().position();
    let found = access::find(db, actor, id, false).await?;
    let blocked = blocked(db, found.channel_id).await?;
    let contact_block = contact_block::of_session(db, &found).await?;
    let (mut may, mut templates) = may(engine, db, actor, &found).await?;
    if contact_block.is_some() {
        may.reply = Err(Refusal::CustomerBlocked);
        (may.reopen, may.shows_typing, templates) = (false, false, false);
    }
    let all = all_of(db, found.contact_id).await?;
    let contacts: Vec<_> = all.iter().map(|contact| contact.id).collect();
    let main = contacts.first().copied().unwrap_or(found.contact_id);
    let mut thread = Thread {
        position,
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
        past: past(db, actor, &contacts, &found).await?,
        contact_block,
        contact_note: contact_note::of_contact(db, main).await?,
        unsaved_note: None,
        merged: contact_merge::merged(db, actor, found.contact_id, all).await?,
        templates,
        may,
        blocked,
        session: rows::row(db, actor, id).await?,
    };
    if let Some(cursor) = before {
        thread.put_above(read_above(db, actor, &contacts, cursor).await?);
        return Ok(engine.seen_by(actor, thread));
    }
    let unread = u64::try_from(found.unread).unwrap_or(0);
    let limit = (unread + READ_BEFORE_UNREAD).clamp(FIRST_PAGE, MAX_FIRST_PAGE);
    let mut page = page(db, actor, &found, None, limit).await?;
    let queued = |message: &MessageView| message.status == Some(Status::Queued);
    if page.messages.iter().any(queued) {
        let mut waiting = queue::waiting_for(engine, db, id, blocked).await?;
        for message in &mut page.messages {
            message.waits = waiting.remove(&message.id);
        }
    }
    thread.above = match page.before {
        Some(place) => Some(Cursor::before(found.id, place).to_string()),
        None => earlier_than(db, actor, &contacts, &found)
            .await?
            .map(|it| Cursor::end(it.id).to_string()),
    };
    thread.whole = page.before.is_none();
    thread.messages = page.messages;
    thread.changed_above = page.changed_above;
    Ok(engine.seen_by(actor, thread))
}

/// What stands above a place in a session's thread.
///
/// # Errors
/// The actor may not see the session, or the cursor is malformed or another contact's.
pub async fn above(engine: &Engine, actor: &Actor, id: SessionId, cursor: &str) -> Result<Above> {
    let db = engine.db.read();
    let found = access::find(db, actor, id, false).await?;
    let all = all_of(db, found.contact_id).await?;
    let contacts: Vec<_> = all.iter().map(|contact| contact.id).collect();
    let above = read_above(db, actor, &contacts, cursor).await?;
    Ok(engine.seen_by(actor, above))
}

/// The session's thread around one of its messages, or a line of its timeline: with some of the messages that came
/// after it. Where there is no such line, at its end.
///
/// # Errors
/// The actor may not see the session.
pub async fn read_at(engine: &Engine, actor: &Actor, id: SessionId, line: LineId) -> Result<Thread> {
    let db = engine.db.read();
    let found = access::find(db, actor, id, false).await?;
    let below = match place_of(db, found.id, line).await? {
        Some(place) => nth_after(db, found.id, place, BELOW).await?,
        None => None,
    };
    let cursor = below.map(|place| Cursor::before(found.id, place).to_string());
    read(engine, actor, id, cursor.as_deref()).await
}

async fn read_above(
    db: &impl ConnectionTrait,
    actor: &Actor,
    contacts: &[Uuid],
    cursor: &str,
) -> Result<Above> {
    let cursor = Cursor::parse(cursor).ok_or(Refusal::BadCursor)?;
    let mut of = access::find(db, actor, SessionId::new(cursor.session), false).await?;
    if !contacts.contains(&of.contact_id) {
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
        let Some(next) = earlier_than(db, actor, contacts, &of).await? else {
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
