//! `/api/v1/sessions/{id}/notes`: the notes for colleagues.

use super::{Id, Reader, list, list::Wanted, problem::Problem, time};
use crate::http::state::Http;
use axum::{extract::State, response::IntoResponse};
use domain::{
    ids::{LineId, SessionId},
    page::Page,
    session::SessionEvent,
};
use engine::sessions;
use serde::Serialize;
use utoipa::ToSchema;

/// A note for colleagues, which the customer never sees.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SessionNote)]
struct Note {
    id: LineId,
    #[schema(format = DateTime)]
    at: String,
    /// Who wrote it.
    #[schema(required)]
    who: Option<String>,
    text: String,
    /// The colleagues for whom it calls.
    mentions: Vec<String>,
}

impl From<SessionEvent> for Note {
    fn from(event: SessionEvent) -> Self {
        Self {
            id: event.id,
            at: time(event.at),
            who: event.who,
            text: event.reason.unwrap_or_default(),
            mentions: event.mentions,
        }
    }
}

/// Lists the notes of a session, oldest first.
#[utoipa::path(
    get,
    path = "/api/v1/sessions/{id}/notes",
    operation_id = "notes",
    tag = "Sessions",
    params(("id" = SessionId, Path), Wanted),
    responses((status = 200, description = "Done.", body = Page<Note>)),
    security(("token" = ["read"]))
)]
pub async fn list(
    Reader(actor): Reader,
    State(http): State<Http>,
    Id(session): Id<SessionId>,
    Wanted(wanted): Wanted,
) -> Result<impl IntoResponse, Problem> {
    Ok(list::page(
        sessions::notes(&http.engine, &actor, session, &wanted).await?,
        Note::from,
    ))
}
