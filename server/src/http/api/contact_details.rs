//! `/api/v1/contacts/{id}/…`: name, note and merging of a contact, for whoever knows the contact's id and no session. They are
//! those of its latest session that the caller sees.

use super::{
    Id, Operator, Reader,
    json::Json,
    merged_contacts::{MergedContacts, body, ids},
    problem::Problem,
    sessions::{ContactNoteBody, NewContactName, NewContactNote},
};
use crate::http::state::Http;
use axum::{
    extract::{Path, State},
    response::IntoResponse,
};
use domain::{
    access::Actor,
    ids::{ContactId, SessionId},
    refs::ContactRef,
};
use engine::sessions;

/// Names the contact; an empty name takes the company's own name away.
#[utoipa::path(
    put,
    path = "/api/v1/contacts/{id}/name",
    tag = "Contacts",
    params(("id" = ContactId, Path)),
    request_body = NewContactName,
    responses((status = 200, description = "Done.", body = ContactRef)),
    security(("token" = ["operate"]))
)]
pub async fn set_name(
    Operator(actor): Operator,
    State(http): State<Http>,
    Id(contact): Id<ContactId>,
    Json(new): Json<NewContactName>,
) -> Result<impl IntoResponse, Problem> {
    let session = latest(&http, &actor, contact).await?;
    let contact = sessions::set_contact_name(&http.engine, &actor, session, &new.name).await?;
    Ok(axum::Json(contact))
}

/// Reads the note about the contact.
#[utoipa::path(
    get,
    path = "/api/v1/contacts/{id}/note",
    tag = "Contacts",
    params(("id" = ContactId, Path)),
    responses((status = 200, description = "Done.", body = ContactNoteBody)),
    security(("token" = ["read"]))
)]
pub async fn note(
    Reader(actor): Reader,
    State(http): State<Http>,
    Id(contact): Id<ContactId>,
) -> Result<impl IntoResponse, Problem> {
    let session = latest(&http, &actor, contact).await?;
    let note = sessions::contact_note(&http.engine, &actor, session).await?;
    Ok(axum::Json(ContactNoteBody::from(note)))
}

/// Changes the note about the contact; an empty text takes it away.
#[utoipa::path(
    put,
    path = "/api/v1/contacts/{id}/note",
    tag = "Contacts",
    params(("id" = ContactId, Path)),
    request_body = NewContactNote,
    responses((status = 200, description = "Done.", body = ContactNoteBody)),
    security(("token" = ["operate"]))
)]
pub async fn set_note(
    Operator(actor): Operator,
    State(http): State<Http>,
    Id(contact): Id<ContactId>,
    Json(new): Json<NewContactNote>,
) -> Result<impl IntoResponse, Problem> {
    let session = latest(&http, &actor, contact).await?;
    let note = sessions::set_contact_note(&http.engine, &actor, session, &new.text, new.version).await?;
    Ok(axum::Json(ContactNoteBody::from(note)))
}

/// Lists the contacts that are merged with this one.
#[utoipa::path(
    get,
    path = "/api/v1/contacts/{id}/merged-contacts",
    tag = "Contacts",
    params(("id" = ContactId, Path)),
    responses((status = 200, description = "Done.", body = MergedContacts)),
    security(("token" = ["read"]))
)]
pub async fn merged_with(
    Reader(actor): Reader,
    State(http): State<Http>,
    Id(contact): Id<ContactId>,
) -> Result<impl IntoResponse, Problem> {
    let session = latest(&http, &actor, contact).await?;
    Ok(body(
        sessions::merged_contacts(&http.engine, &actor, session).await?,
    ))
}

/// Merges another contact with this one.
#[utoipa::path(
    put,
    path = "/api/v1/contacts/{id}/merged-contacts/{contact}",
    tag = "Contacts",
    params(("id" = ContactId, Path), ("contact" = ContactId, Path)),
    responses((status = 200, description = "Done.", body = MergedContacts)),
    security(("token" = ["operate"]))
)]
pub async fn merge_with(
    Operator(actor): Operator,
    State(http): State<Http>,
    Path(path): Path<(String, String)>,
) -> Result<impl IntoResponse, Problem> {
    let (contact, other) = ids(path)?;
    let session = latest(&http, &actor, contact).await?;
    Ok(body(
        sessions::merge_contacts(&http.engine, &actor, session, other).await?,
    ))
}

/// Separates another contact from this one.
#[utoipa::path(
    delete,
    path = "/api/v1/contacts/{id}/merged-contacts/{contact}",
    tag = "Contacts",
    params(("id" = ContactId, Path), ("contact" = ContactId, Path)),
    responses((status = 200, description = "Done.", body = MergedContacts)),
    security(("token" = ["operate"]))
)]
pub async fn separate_from(
    Operator(actor): Operator,
    State(http): State<Http>,
    Path(path): Path<(String, String)>,
) -> Result<impl IntoResponse, Problem> {
    let (contact, other) = ids(path)?;
    let session = latest(&http, &actor, contact).await?;
    Ok(body(
        sessions::separate_contacts(&http.engine, &actor, session, other).await?,
    ))
}

/// The contact's latest session that the caller sees.
async fn latest(http: &Http, actor: &Actor, contact: ContactId) -> Result<SessionId, Problem> {
    let found = sessions::contact(&http.engine, actor, contact).await?;
    Ok(found.session)
}
