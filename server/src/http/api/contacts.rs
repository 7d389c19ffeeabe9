//! `/api/v1/contacts/{id}`: erasing a customer.

use super::{Administrator, Id, problem::Problem};
use crate::http::state::Http;
use axum::{Json, extract::State};
use domain::{erasure::Extent, ids::ContactId};

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
