//! `/api/v1/contacts`: searching for customers, reading one, and erasing one; `contact_details` changes one.

use super::{
    Administrator, Id, Reader,
    list::{self, Asked, Wanted},
    problem::Problem,
    time,
};
use crate::http::state::Http;
use axum::{Json, extract::State, response::IntoResponse};
use domain::{
    contact_merge::FoundContact,
    erasure::Extent,
    ids::{ContactId, SessionId},
    page::Page,
    refs::ContactRef,
};
use engine::sessions;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Words {
    /// Words of a name or a number, with which words of the contact begin; without any, all contacts.
    #[serde(default)]
    q: String,
}

/// A customer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Customer)]
struct Contact {
    #[serde(flatten)]
    contact: ContactRef,
    /// Their latest session. Name and note of a merged contact are those of the main one, and are changed there.
    session: SessionId,
    #[schema(format = DateTime)]
    last_message_at: String,
}

impl From<FoundContact> for Contact {
    fn from(found: FoundContact) -> Self {
        Self {
            contact: found.contact,
            session: found.session,
            last_message_at: time(found.last_message_at),
        }
    }
}

/// Lists the contacts with these words of a name or a number, the newest contact first.
///
/// A page of a search, or for a bound token, may be short, or empty, and still have a `next_cursor`.
#[utoipa::path(
    get,
    path = "/api/v1/contacts",
    tag = "Contacts",
    params(Words, Wanted),
    responses((status = 200, description = "Done.", body = Page<Contact>)),
    security(("token" = ["read"]))
)]
pub async fn list(
    Reader(actor): Reader,
    State(http): State<Http>,
    Wanted(wanted): Wanted,
    Asked(Words { q }): Asked<Words>,
) -> Result<impl IntoResponse, Problem> {
    Ok(list::page(
        sessions::contacts(&http.engine, &actor, &q, &wanted).await?,
        Contact::from,
    ))
}

/// Reads a contact.
#[utoipa::path(
    get,
    path = "/api/v1/contacts/{id}",
    tag = "Contacts",
    params(("id" = ContactId, Path)),
    responses((status = 200, description = "Done.", body = Contact)),
    security(("token" = ["read"]))
)]
pub async fn get(
    Reader(actor): Reader,
    State(http): State<Http>,
    Id(contact): Id<ContactId>,
) -> Result<impl IntoResponse, Problem> {
    let found = sessions::contact(&http.engine, &actor, contact).await?;
    Ok(Json(Contact::from(found)))
}

/// Erases a customer with everything that is stored of them, and the contacts that are merged with them.
#[utoipa::path(
    delete,
    path = "/api/v1/contacts/{id}",
    tag = "Contacts",
    params(("id" = ContactId, Path)),
    responses((status = 200, description = "Done.", body = Extent)),
    security(("token" = ["administer"]))
)]
pub async fn erase(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Id(contact): Id<ContactId>,
) -> Result<Json<Extent>, Problem> {
    Ok(Json(
        engine::erasure::erase_contact(&http.engine, &actor, contact).await?,
    ))
}
