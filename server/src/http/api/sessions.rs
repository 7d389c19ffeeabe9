//! `/api/v1/sessions`.

use super::{
    Id, Operator, Reader, extensions,
    json::{Json, JsonIfAny},
    list::{Asked, Wanted},
    parsed_time,
    problem::Problem,
    time,
};
use crate::http::state::Http;
use axum::{
    body::Bytes,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use domain::{
    access::Actor,
    contact_block::ContactBlock,
    contact_note::ContactNote,
    ids::SessionId,
    page::{Page, PageRequest},
    refs::{ChannelRef, ContactRef, ExtensionRef, LabelRef, QueueRef},
    session::{Filter, SeenSession, SessionEvent, SessionRow, State as SessionState, TransferForm},
};
use engine::{Engine, sessions, shared_reads::Question};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Session {
    id: SessionId,
    state: SessionState,
    contact: ContactRef,
    channel: ChannelRef,
    #[schema(required)]
    queue: Option<QueueRef>,
    /// Who has picked it up.
    #[schema(required)]
    extension: Option<ExtensionRef>,
    unread: u32,
    #[schema(format = DateTime)]
    opened_at: String,
    #[schema(format = DateTime)]
    last_message_at: String,
    /// The end of the service window.
    #[schema(required, format = DateTime)]
    window_closes_at: Option<String>,
    #[schema(required, format = DateTime)]
    closed_at: Option<String>,
    /// Until when its owner has put it off.
    #[schema(required, format = DateTime)]
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

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PickUp {
    /// An extension's id, or its number.
    extension: String,
}

/// The target or the current holder of sessions.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// `extension` or `queue`.
    #[serde(rename = "type")]
    #[schema(pattern = "^(extension|queue)$")]
    kind: String,
    id: String,
}

impl Place {
    fn spelled(self) -> String {
        format!("{}:{}", self.kind, self.id)
    }
}

#[derive(Debug, Deserialize, ToSchema)]
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

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTransfers {
    sessions: Vec<SessionId>,
    to: Place,
    from: Option<Place>,
    #[serde(default)]
    reason: String,
}

/// Lists the sessions, the one with the newest message first. A page of a narrowed list may be short, or empty, and still have
/// a `next_cursor`.
#[utoipa::path(
    get,
    path = "/api/v1/sessions",
    tag = "Sessions",
    params(Filter, Wanted),
    responses((status = 200, description = "Done.", body = Page<Session>)),
    security(("token" = ["read"]))
)]
pub async fn list(
    Reader(actor): Reader,
    State(http): State<Http>,
    Wanted(wanted): Wanted,
    Asked(filter): Asked<Filter>,
) -> Result<impl IntoResponse, Problem> {
    let read = listed(&http.engine, &actor, filter, &wanted);
    let question = Question::of(&(&actor, filter, &wanted));
    let json = http.session_lists.read(question, read).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], json))
}

async fn listed(
    engine: &Engine,
    actor: &Actor,
    filter: Filter,
    wanted: &PageRequest,
) -> Result<Bytes, Problem> {
    let page = sessions::list(engine, actor, filter, wanted).await?;
    let json = serde_json::to_vec(&page.map(Session::from)).expect("a page is JSON");
    Ok(json.into())
}

/// Reads a session.
#[utoipa::path(
    get,
    path = "/api/v1/sessions/{id}",
    tag = "Sessions",
    params(("id" = SessionId, Path)),
    responses((status = 200, description = "Done.", body = Session)),
    security(("token" = ["read"]))
)]
pub async fn get(
    Reader(actor): Reader,
    State(http): State<Http>,
    Id(session): Id<SessionId>,
) -> Result<impl IntoResponse, Problem> {
    read(&http.engine, &actor, session).await
}

/// Picks a session up for an extension.
#[utoipa::path(
    post,
    path = "/api/v1/sessions/{id}/pick-up",
    tag = "Sessions",
    params(("id" = SessionId, Path)),
    request_body = PickUp,
    responses((status = 200, description = "Done.", body = Session)),
    security(("token" = ["operate"]))
)]
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

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Closing {
    #[serde(default)]
    reason: String,
}

/// Closes a session.
#[utoipa::path(
    post,
    path = "/api/v1/sessions/{id}/close",
    tag = "Sessions",
    params(("id" = SessionId, Path)),
    request_body = Option<Closing>,
    responses((status = 200, description = "Done.", body = Session)),
    security(("token" = ["operate"]))
)]
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
#[utoipa::path(
    post,
    path = "/api/v1/sessions/{id}/reopen",
    tag = "Sessions",
    params(("id" = SessionId, Path)),
    responses((status = 200, description = "Done.", body = Session)),
    security(("token" = ["operate"]))
)]
pub async fn reopen(
    Operator(actor): Operator,
    State(http): State<Http>,
    Id(session): Id<SessionId>,
) -> Result<impl IntoResponse, Problem> {
    sessions::open_again(&http.engine, &actor, session).await?;
    read(&http.engine, &actor, session).await
}

/// Notes that everything in a session was read.
#[utoipa::path(
    post,
    path = "/api/v1/sessions/{id}/read",
    tag = "Sessions",
    params(("id" = SessionId, Path)),
    responses((status = 200, description = "Done.", body = Session)),
    security(("token" = ["operate"]))
)]
pub async fn mark_read(
    Operator(actor): Operator,
    State(http): State<Http>,
    Id(session): Id<SessionId>,
) -> Result<impl IntoResponse, Problem> {
    sessions::mark_all_read(&http.engine, &actor, session).await?;
    read(&http.engine, &actor, session).await
}

/// Notes that the customer's last message has to be read again.
#[utoipa::path(
    post,
    path = "/api/v1/sessions/{id}/unread",
    tag = "Sessions",
    params(("id" = SessionId, Path)),
    responses((status = 200, description = "Done.", body = Session)),
    security(("token" = ["operate"]))
)]
pub async fn mark_unread(
    Operator(actor): Operator,
    State(http): State<Http>,
    Id(session): Id<SessionId>,
) -> Result<impl IntoResponse, Problem> {
    sessions::mark_unread(&http.engine, &actor, session).await?;
    read(&http.engine, &actor, session).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Snooze {
    #[schema(format = DateTime)]
    until: String,
}

/// Puts a session off, for its owner.
#[utoipa::path(
    post,
    path = "/api/v1/sessions/{id}/snooze",
    tag = "Sessions",
    params(("id" = SessionId, Path)),
    request_body = Snooze,
    responses((status = 200, description = "Done.", body = Session)),
    security(("token" = ["operate"]))
)]
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
#[utoipa::path(
    delete,
    path = "/api/v1/sessions/{id}/snooze",
    tag = "Sessions",
    params(("id" = SessionId, Path)),
    responses((status = 200, description = "Done.", body = Session)),
    security(("token" = ["operate"]))
)]
pub async fn wake(
    Operator(actor): Operator,
    State(http): State<Http>,
    Id(session): Id<SessionId>,
) -> Result<impl IntoResponse, Problem> {
    sessions::wake(&http.engine, &actor, session).await?;
    read(&http.engine, &actor, session).await
}

/// What happened to a session, oldest first. Times are milliseconds since 1970.
#[utoipa::path(
    get,
    path = "/api/v1/sessions/{id}/timeline",
    tag = "Sessions",
    params(("id" = SessionId, Path)),
    responses((status = 200, description = "Done.", body = Vec<SessionEvent>)),
    security(("token" = ["read"]))
)]
pub async fn timeline(
    Reader(actor): Reader,
    State(http): State<Http>,
    Id(session): Id<SessionId>,
) -> Result<impl IntoResponse, Problem> {
    Ok(axum::Json(
        sessions::timeline(&http.engine, &actor, session).await?,
    ))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewNote {
    text: String,
}

/// Writes a note for colleagues.
#[utoipa::path(
    post,
    path = "/api/v1/sessions/{id}/notes",
    tag = "Sessions",
    params(("id" = SessionId, Path)),
    request_body = NewNote,
    responses((status = 201, description = "Created.", body = SessionEvent)),
    security(("token" = ["operate"]))
)]
pub async fn note(
    Operator(actor): Operator,
    State(http): State<Http>,
    Id(session): Id<SessionId>,
    Json(wanted): Json<NewNote>,
) -> Result<impl IntoResponse, Problem> {
    let note = sessions::note(&http.engine, &actor, session, &wanted.text).await?;
    Ok((StatusCode::CREATED, axum::Json(note)))
}

/// Reads the note about the session's contact.
#[utoipa::path(
    get,
    path = "/api/v1/sessions/{id}/contact-note",
    tag = "Sessions",
    params(("id" = SessionId, Path)),
    responses((status = 200, description = "Done.", body = ContactNoteBody)),
    security(("token" = ["read"]))
)]
pub async fn contact_note(
    Reader(actor): Reader,
    State(http): State<Http>,
    Id(session): Id<SessionId>,
) -> Result<impl IntoResponse, Problem> {
    let note = sessions::contact_note(&http.engine, &actor, session).await?;
    Ok(axum::Json(ContactNoteBody::from(note)))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewContactNote {
    pub(super) text: String,
    /// Of the note that was read; 0 when there was none.
    #[serde(default)]
    pub(super) version: i64,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ContactNote)]
pub(super) struct ContactNoteBody {
    text: String,
    version: i64,
    #[schema(required)]
    by: Option<String>,
    #[schema(required, format = DateTime)]
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
#[utoipa::path(
    put,
    path = "/api/v1/sessions/{id}/contact-note",
    tag = "Sessions",
    params(("id" = SessionId, Path)),
    request_body = NewContactNote,
    responses((status = 200, description = "Done.", body = ContactNoteBody)),
    security(("token" = ["operate"]))
)]
pub async fn set_contact_note(
    Operator(actor): Operator,
    State(http): State<Http>,
    Id(session): Id<SessionId>,
    Json(new): Json<NewContactNote>,
) -> Result<impl IntoResponse, Problem> {
    let note = sessions::set_contact_note(&http.engine, &actor, session, &new.text, new.version).await?;
    Ok(axum::Json(ContactNoteBody::from(note)))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewContactName {
    pub(super) name: String,
}

/// Names the session's contact; an empty name takes the company's own name away.
#[utoipa::path(
    put,
    path = "/api/v1/sessions/{id}/contact-name",
    tag = "Sessions",
    params(("id" = SessionId, Path)),
    request_body = NewContactName,
    responses((status = 200, description = "Done.", body = ContactRef)),
    security(("token" = ["operate"]))
)]
pub async fn set_contact_name(
    Operator(actor): Operator,
    State(http): State<Http>,
    Id(session): Id<SessionId>,
    Json(new): Json<NewContactName>,
) -> Result<impl IntoResponse, Problem> {
    let contact = sessions::set_contact_name(&http.engine, &actor, session, &new.name).await?;
    Ok(axum::Json(contact))
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ContactBlock)]
struct BlockBody {
    blocked: bool,
    #[schema(required)]
    by: Option<String>,
    #[schema(required, format = DateTime)]
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
#[utoipa::path(
    get,
    path = "/api/v1/sessions/{id}/block",
    tag = "Sessions",
    params(("id" = SessionId, Path)),
    responses((status = 200, description = "Done.", body = BlockBody)),
    security(("token" = ["read"]))
)]
pub async fn contact_block(
    Reader(actor): Reader,
    State(http): State<Http>,
    Id(session): Id<SessionId>,
) -> Result<impl IntoResponse, Problem> {
    let block = sessions::contact_block(&http.engine, &actor, session).await?;
    Ok(axum::Json(BlockBody::from(block)))
}

/// Has Meta block the session's contact on its channel.
#[utoipa::path(
    post,
    path = "/api/v1/sessions/{id}/block",
    tag = "Sessions",
    params(("id" = SessionId, Path)),
    responses((status = 200, description = "Done.", body = BlockBody)),
    security(("token" = ["operate"]))
)]
pub async fn block(
    Operator(actor): Operator,
    State(http): State<Http>,
    Id(session): Id<SessionId>,
) -> Result<impl IntoResponse, Problem> {
    let block = sessions::set_contact_block(&http.engine, &actor, session, true).await?;
    Ok(axum::Json(BlockBody::from(block)))
}

/// Has Meta take the block back.
#[utoipa::path(
    delete,
    path = "/api/v1/sessions/{id}/block",
    tag = "Sessions",
    params(("id" = SessionId, Path)),
    responses((status = 204, description = "Done.")),
    security(("token" = ["operate"]))
)]
pub async fn unblock(
    Operator(actor): Operator,
    State(http): State<Http>,
    Id(session): Id<SessionId>,
) -> Result<impl IntoResponse, Problem> {
    sessions::set_contact_block(&http.engine, &actor, session, false).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets the customer see that somebody types.
#[utoipa::path(
    post,
    path = "/api/v1/sessions/{id}/typing",
    tag = "Sessions",
    params(("id" = SessionId, Path)),
    responses((status = 204, description = "Done.")),
    security(("token" = ["operate"]))
)]
pub async fn typing(
    Operator(actor): Operator,
    State(http): State<Http>,
    Id(session): Id<SessionId>,
) -> Result<impl IntoResponse, Problem> {
    sessions::typing(&http.engine, &actor, session).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Transfers a session to an extension or a queue.
#[utoipa::path(
    post,
    path = "/api/v1/sessions/{id}/transfer",
    tag = "Sessions",
    params(("id" = SessionId, Path)),
    request_body = NewTransfer,
    responses((status = 200, description = "Done.", body = Session)),
    security(("token" = ["operate"]))
)]
pub async fn transfer(
    Operator(actor): Operator,
    State(http): State<Http>,
    Id(session): Id<SessionId>,
    Json(wanted): Json<NewTransfer>,
) -> Result<impl IntoResponse, Problem> {
    sessions::transfer(&http.engine, &actor, session, &wanted.into()).await?;
    read(&http.engine, &actor, session).await
}

/// What became of many sessions.
#[derive(Debug, Serialize, ToSchema)]
struct Transferred {
    moved: u32,
    /// How many had been moved or closed meanwhile.
    left: u32,
}

/// Transfers many sessions to an extension or a queue.
#[utoipa::path(
    post,
    path = "/api/v1/sessions/transfer",
    tag = "Sessions",
    request_body = NewTransfers,
    responses((status = 200, description = "Done.", body = Transferred)),
    security(("token" = ["operate"]))
)]
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
    Ok(axum::Json(Transferred {
        moved: bulk.count(),
        left: bulk.left,
    }))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Closings {
    sessions: Vec<SessionId>,
    #[serde(default)]
    reason: String,
}

/// What became of many sessions.
#[derive(Debug, Serialize, ToSchema)]
struct ClosedMany {
    closed: u32,
    /// How many had been moved or closed meanwhile.
    left: u32,
}

/// Closes many sessions.
#[utoipa::path(
    post,
    path = "/api/v1/sessions/close",
    tag = "Sessions",
    request_body = Closings,
    responses((status = 200, description = "Done.", body = ClosedMany)),
    security(("token" = ["operate"]))
)]
pub async fn close_all(
    Operator(actor): Operator,
    State(http): State<Http>,
    Json(wanted): Json<Closings>,
) -> Result<impl IntoResponse, Problem> {
    let Closings { sessions, reason } = wanted;
    let bulk = sessions::close_all(&http.engine, &actor, &anywhere(sessions), &reason).await?;
    Ok(axum::Json(ClosedMany {
        closed: bulk.count(),
        left: bulk.left,
    }))
}

fn anywhere(sessions: Vec<SessionId>) -> Vec<SeenSession> {
    let seen = |session| SeenSession { session, with: None };
    sessions.into_iter().map(seen).collect()
}

async fn read(engine: &Engine, actor: &Actor, session: SessionId) -> Result<axum::Json<Session>, Problem> {
    let row = sessions::row(engine, actor, session).await?;
    Ok(axum::Json(row.into()))
}
