//! `/api/v1/contacts/{id}`: erasing a customer.

use super::{Administrator, Id, problem::Problem};
use crate::http::state::Http;
use axum::{Json, extract::State};
use domain::{erasure::Extent, ids::ContactId};

pub async fn erase(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Id(contact): Id<ContactId>,
) -> Result<Json<Extent>, Problem> {
    Ok(Json(
        engine::erasure::erase_contact(&http.engine, &actor, contact).await?,
    ))
}
