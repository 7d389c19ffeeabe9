//! `/api/v1/sessions/{id}/merged-contacts`: with whom a session's contact is merged.

use super::{Id, Operator, Reader, problem::Problem};
use crate::http::state::Http;
use axum::{
    extract::{Path, State},
    response::IntoResponse,
};
use domain::{
    contact_merge::{Merged, MergedContact},
    ids::{ContactId, SessionId},
    refusal::Refusal,
};
use engine::sessions;
use serde::Serialize;
use utoipa::ToSchema;
#[derive(Debug, Serialize, ToSchema)]
struct MergedContacts {
    contacts: Vec<MergedContact>,
}

/// Lists the contacts that are merged with the session's.
#[utoipa::path(
    get,
    path = "/api/v1/sessions/{id}/merged-contacts",
    operation_id = "merged",
    tag = "Contacts",
    params(("id" = SessionId, Path)),
    responses((status = 200, description = "Done.", body = MergedContacts)),
    security(("token" = ["read"]))
)]
pub async fn list(
    Reader(actor): Reader,
    State(http): State<Http>,
    Id(session): Id<SessionId>,
) -> Result<impl IntoResponse, Problem> {
    Ok(body(
        sessions::merged_contacts(&http.engine, &actor, session).await?,
    ))
}

/// Merges a contact with the session's.
#[utoipa::path(
    put,
    path = "/api/v1/sessions/{id}/merged-contacts/{contact}",
    operation_id = "merge",
    tag = "Contacts",
    params(("id" = SessionId, Path), ("contact" = ContactId, Path)),
    responses((status = 200, description = "Done.", body = MergedContacts)),
    security(("token" = ["operate"]))
)]
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

/// Separates a contact from the session's.
#[utoipa::path(
    delete,
    path = "/api/v1/sessions/{id}/merged-contacts/{contact}",
    operation_id = "separate",
    tag = "Contacts",
    params(("id" = SessionId, Path), ("contact" = ContactId, Path)),
    responses((status = 200, description = "Done.", body = MergedContacts)),
    security(("token" = ["operate"]))
)]
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
    axum::Json(MergedContacts {
        contacts: merged.contacts,
    })
}
