//! `/api/v1/sessions`.

use super::{
    Id, Operator, Reader, extensions,
    json::{Json, JsonIfAny},
    list,
    list::{Asked, Wanted},
    parsed_time,
    problem::Problem,
    time,
};
use crate::http::state::Http;
use axum::{extract::State, http::StatusCode, response::IntoResponse};
use domain::{
    access::Actor,
    contact_block::ContactBlock,
    contact_note::ContactNote,
    ids::SessionId,
    refs::{ChannelRef, ContactRef, ExtensionRef, LabelRef, QueueRef},
    session::{Filter, SeenSession, SessionRow, State as SessionState, TransferForm},
};
use engine::{Engine, sessions};
use serde::{Deserialize, Serialize};
use serde_json::json;

#[derive(Debug, Serialize)]
pub(super) struct Session {
    id: SessionId,
    state: SessionState,
    contact: ContactRef,
    channel: ChannelRef,
    queue: Option<QueueRef>,
    /// Who has picked it up.
    extension: Option<ExtensionRef>,
    unread: u32,
    opened_at: String,
    last_message_at: String,
    /// The end of the service window.
    window_closes_at: Option<String>,
    closed_at: Option<String>,
    /// Until when its owner has put it off.
    snoozed_until: Option<String>,
    labels: Vec<LabelRef>,
}

impl From<SessionRow> for Session {
    fn from(row: SessionRow) -> Self {
        Self {
            id: row.id,
            state: row.state,
            contact: row.contact,
            channel: row.channel,
            queue: row.queue,
            extension: row.owner,
            unread: row.unread,
            opened_at: time(row.opened_at),
            last_message_at: time(row.last_message_at),
            window_closes_at: row.window_closes_at.map(time),
            closed_at: row.closed_at.map(time),
            snoozed_until: row.snoozed_until.map(time),
            labels: row.labels,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PickUp {
    /// An extension's id, or its number.
    extension: String,
}

/// The target or the current holder of sessions.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// `extension` or `queue`.
    #[serde(rename = "type")]
    kind: String,
    id: String,
}

impl Place {
    fn spelled(self) -> String {
        format!("{}:{}", self.kind, self.id)
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewTransfer {
    to: Place,
    /// Transfer only sessions that this holder still has; those that somebody else has moved meanwhile are left alone.
    from: Option<Place>,
    #[serde(default)]
    reason: String,
}

impl From<NewTransfer> for TransferForm {
    fn from(new: NewTransfer) -> Self {
        Self {
            from: new.from.map(Place::spelled).unwrap_or_default(),
            to: new.to.spelled(),
            reason: new.reason,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewTransfers {
    sessions: Vec<SessionId>,
    to: Place,
    from: Option<Place>,
    #[serde(default)]
    reason: String,
}

pub async fn list(
    Reader(actor): Reader,
    State(http): State<Http>,
    Wanted(wanted): Wanted,
    Asked(filter): Asked<Filter>,
) -> Result<impl IntoResponse, Problem> {
    Ok(list::page(
        sessions::list(&http.engine, &actor, filter, &wanted).await?,
        Session::from,
    ))
}

pub async fn get(
    Reader(actor): Reader,
    State(http): State<Http>,
    Id(session): Id<SessionId>,
) -> Result<impl IntoResponse, Problem> {
    read(&http.engine, &actor, session).await
}

pub async fn pick_up(
    Operator(actor): Operator,
    State(http): State<Http>,
    Id(session): Id<SessionId>,
    Json(wanted): Json<PickUp>,
) -> Result<impl IntoResponse, Problem> {
    let extension = extensions::named(&http.engine, &actor, &wanted.extension).await?;
    sessions::pick_up(&http.engine, &actor, session, Some(extension)).await?;
    read(&http.engine, &actor, session).await
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Closing {
    #[serde(default)]
    reason: String,
}

pub async fn close(
    Operator(actor): Operator,
    State(http): State<Http>,
    Id(session): Id<SessionId>,
    JsonIfAny(closing): JsonIfAny<Closing>,
) -> Result<impl IntoResponse, Problem> {
    sessions::close(&http.engine, &actor, session, &closing.reason).await?;
    read(&http.engine, &actor, session).await
}

/// Opens a closed session again.
pub async fn reopen(
    Operator(actor): Operator,
    State(http): State<Http>,
    Id(session): Id<SessionId>,
) -> Result<impl IntoResponse, Problem> {
    sessions::open_again(&http.engine, &actor, session).await?;
    read(&http.engine, &actor, session).await
}

/// Notes that everything in a session was read.
pub async fn mark_read(
    Operator(actor): Operator,
    State(http): State<Http>,
    Id(session): Id<SessionId>,
) -> Result<impl IntoResponse, Problem> {
    sessions::mark_all_read(&http.engine, &actor, session).await?;
    read(&http.engine, &actor, session).await
}

/// Notes that the customer's last message has to be read again.
pub async fn mark_unread(
    Operator(actor): Operator,
    State(http): State<Http>,
    Id(session): Id<SessionId>,
) -> Result<impl IntoResponse, Problem> {
    sessions::mark_unread(&http.engine, &actor, session).await?;
    read(&http.engine, &actor, session).await
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Snooze {
    until: String,
}

/// Puts a session off, for its owner.
pub async fn snooze(
    Operator(actor): Operator,
    State(http): State<Http>,
    Id(session): Id<SessionId>,
    Json(wanted): Json<Snooze>,
) -> Result<impl IntoResponse, Problem> {
    let until = parsed_time("until", &wanted.until)?;
    sessions::snooze(&http.engine, &actor, session, until).await?;
    read(&http.engine, &actor, session).await
}

/// Brings a session back that was put off.
pub async fn wake(
    Operator(actor): Operator,
    State(http): State<Http>,
    Id(session): Id<SessionId>,
) -> Result<impl IntoResponse, Problem> {
    sessions::wake(&http.engine, &actor, session).await?;
    read(&http.engine, &actor, session).await
}

/// What happened to a session, oldest first.
pub async fn timeline(
    Reader(actor): Reader,
    State(http): State<Http>,
    Id(session): Id<SessionId>,
) -> Result<impl IntoResponse, Problem> {
    Ok(axum::Json(
        sessions::timeline(&http.engine, &actor, session).await?,
    ))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewNote {
    text: String,
}

/// Writes a note for colleagues.
pub async fn note(
    Operator(actor): Operator,
    State(http): State<Http>,
    Id(session): Id<SessionId>,
    Json(wanted): Json<NewNote>,
) -> Result<impl IntoResponse, Problem> {
    let note = sessions::note(&http.engine, &actor, session, &wanted.text).await?;
    Ok((StatusCode::CREATED, axum::Json(note)))
}

/// The note about the session's contact.
pub async fn contact_note(
    Reader(actor): Reader,
    State(http): State<Http>,
    Id(session): Id<SessionId>,
) -> Result<impl IntoResponse, Problem> {
    let note = sessions::contact_note(&http.engine, &actor, session).await?;
    Ok(axum::Json(ContactNoteBody::from(note)))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewContactNote {
    text: String,
    /// Of the note that was read; 0 when there was none.
    #[serde(default)]
    version: i64,
}

#[derive(Debug, Serialize)]
struct ContactNoteBody {
    text: String,
    version: i64,
    by: Option<String>,
    at: Option<String>,
}

impl From<ContactNote> for ContactNoteBody {
    fn from(note: ContactNote) -> Self {
        Self {
            text: note.text,
            version: note.version,
            by: note.by,
            at: note.at.map(time),
        }
    }
}

/// Changes the note about the session's contact; an empty text takes it away.
pub async fn set_contact_note(
    Operator(actor): Operator,
    State(http): State<Http>,
    Id(session): Id<SessionId>,
    Json(new): Json<NewContactNote>,
) -> Result<impl IntoResponse, Problem> {
    let note = sessions::set_contact_note(&http.engine, &actor, session, &new.text, new.version).await?;
    Ok(axum::Json(ContactNoteBody::from(note)))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewContactName {
    name: String,
}

/// Names the session's contact; an empty name takes the company's own name away.
pub async fn set_contact_name(
    Operator(actor): Operator,
    State(http): State<Http>,
    Id(session): Id<SessionId>,
    Json(new): Json<NewContactName>,
) -> Result<impl IntoResponse, Problem> {
    let contact = sessions::set_contact_name(&http.engine, &actor, session, &new.name).await?;
    Ok(axum::Json(contact))
}

#[derive(Debug, Serialize)]
struct BlockBody {
    blocked: bool,
    by: Option<String>,
    at: Option<String>,
}

impl From<Option<ContactBlock>> for BlockBody {
    fn from(block: Option<ContactBlock>) -> Self {
        Self {
            blocked: block.is_some(),
            at: block.as_ref().map(|block| time(block.at)),
            by: block.map(|block| block.by),
        }
    }
}

/// Whether the session's contact is blocked on its channel.
pub async fn contact_block(
    Reader(actor): Reader,
    State(http): State<Http>,
    Id(session): Id<SessionId>,
) -> Result<impl IntoResponse, Problem> {
    let block = sessions::contact_block(&http.engine, &actor, session).await?;
    Ok(axum::Json(BlockBody::from(block)))
}

/// Has Meta block the session's contact on its channel.
pub async fn block(
    Operator(actor): Operator,
    State(http): State<Http>,
    Id(session): Id<SessionId>,
) -> Result<impl IntoResponse, Problem> {
    let block = sessions::set_contact_block(&http.engine, &actor, session, true).await?;
    Ok(axum::Json(BlockBody::from(block)))
}

/// Has Meta take the block back.
pub async fn unblock(
    Operator(actor): Operator,
    State(http): State<Http>,
    Id(session): Id<SessionId>,
) -> Result<impl IntoResponse, Problem> {
    sessions::set_contact_block(&http.engine, &actor, session, false).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets the customer see that somebody types.
pub async fn typing(
    Operator(actor): Operator,
    State(http): State<Http>,
    Id(session): Id<SessionId>,
) -> Result<impl IntoResponse, Problem> {
    sessions::typing(&http.engine, &actor, session).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Transfers a session to an extension or a queue.
pub async fn transfer(
    Operator(actor): Operator,
    State(http): State<Http>,
    Id(session): Id<SessionId>,
    Json(wanted): Json<NewTransfer>,
) -> Result<impl IntoResponse, Problem> {
    sessions::transfer(&http.engine, &actor, session, &wanted.into()).await?;
    read(&http.engine, &actor, session).await
}

/// Transfers many sessions to an extension or a queue.
pub async fn transfer_all(
    Operator(actor): Operator,
    State(http): State<Http>,
    Json(wanted): Json<NewTransfers>,
) -> Result<impl IntoResponse, Problem> {
    let NewTransfers {
        sessions,
        to,
        from,
        reason,
    } = wanted;
    let form = NewTransfer { to, from, reason }.into();
    let bulk = sessions::transfer_all(&http.engine, &actor, &anywhere(sessions), &form).await?;
    Ok(axum::Json(json!({"moved": bulk.count(), "left": bulk.left})))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Closings {
    sessions: Vec<SessionId>,
    #[serde(default)]
    reason: String,
}

/// Closes many sessions.
pub async fn close_all(
    Operator(actor): Operator,
    State(http): State<Http>,
    Json(wanted): Json<Closings>,
) -> Result<impl IntoResponse, Problem> {
    let Closings { sessions, reason } = wanted;
    let bulk = sessions::close_all(&http.engine, &actor, &anywhere(sessions), &reason).await?;
    Ok(axum::Json(json!({"closed": bulk.count(), "left": bulk.left})))
}

fn anywhere(sessions: Vec<SessionId>) -> Vec<SeenSession> {
    let seen = |session| SeenSession { session, with: None };
    sessions.into_iter().map(seen).collect()
}

async fn read(engine: &Engine, actor: &Actor, session: SessionId) -> Result<axum::Json<Session>, Problem> {
    let row = sessions::row(engine, actor, session).await?;
    Ok(axum::Json(row.into()))
}
