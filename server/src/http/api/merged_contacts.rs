//! `/api/v1/sessions/{id}/merged-contacts`: with whom a session's contact is merged.

use super::{Id, Operator, Reader, problem::Problem};
use crate::http::state::Http;
use axum::{
    extract::{Path, State},
    response::IntoResponse,
};
use domain::{
    contact_merge::Merged,
    ids::{ContactId, SessionId},
    refusal::Refusal,
};
use engine::sessions;
use serde_json::json;

pub async fn list(
    Reader(actor): Reader,
    State(http): State<Http>,
    Id(session): Id<SessionId>,
) -> Result<impl IntoResponse, Problem> {
    Ok(body(
        sessions::merged_contacts(&http.engine, &actor, session).await?,
    ))
}

pub async fn merge(
    Operator(actor): Operator,
    State(http): State<Http>,
    Path(path): Path<(String, String)>,
) -> Result<impl IntoResponse, Problem> {
    let (session, contact) = ids(path)?;
    Ok(body(
        sessions::merge_contacts(&http.engine, &actor, session, contact).await?,
    ))
}

pub async fn separate(
    Operator(actor): Operator,
    State(http): State<Http>,
    Path(path): Path<(String, String)>,
) -> Result<impl IntoResponse, Problem> {
    let (session, contact) = ids(path)?;
    Ok(body(
        sessions::separate_contacts(&http.engine, &actor, session, contact).await?,
    ))
}

fn ids((session, contact): (String, String)) -> Result<(SessionId, ContactId), Problem> {
    match (session.parse(), contact.parse()) {
        (Ok(session), Ok(contact)) => Ok((session, contact)),
        _ => Err(Refusal::NotFound.into()),
    }
}

fn body(merged: Merged) -> impl IntoResponse {
    axum::Json(json!({"contacts": merged.contacts}))
}
