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
use std::str::FromStr;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MergedContacts {
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

/// The id of the session or of the contact in a path, and that of the other contact.
pub(super) fn ids<T: FromStr>((of, contact): (String, String)) -> Result<(T, ContactId), Problem> {
    match (of.parse(), contact.parse()) {
        (Ok(of), Ok(contact)) => Ok((of, contact)),
        _ => Err(Refusal::NotFound.into()),
    }
}

pub(super) fn body(merged: Merged) -> impl IntoResponse {
    axum::Json(MergedContacts {
        contacts: merged.contacts,
    })
}
