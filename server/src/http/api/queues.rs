//! `/api/v1/queues`.

use super::{Administrator, Id, Reader, json::Json, list, list::Wanted, problem::Problem};
use crate::http::state::Http;
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use domain::directory::QueueRow;
use domain::page::Page;
use domain::{directory::QueueForm, ids::QueueId};
use engine::directory::queues;

/// Lists the message queues, by name.
#[utoipa::path(
    get,
    path = "/api/v1/queues",
    tag = "Queues",
    params(Wanted),
    responses((status = 200, description = "Done.", body = Page<QueueRow>)),
    security(("token" = ["read"]))
)]
pub async fn list(
    Reader(actor): Reader,
    State(http): State<Http>,
    Wanted(wanted): Wanted,
) -> Result<impl IntoResponse, Problem> {
    let rows = queues::list(&http.engine, &actor).await?;
    Ok(axum::Json(list::cut(rows, &wanted, |row| row.id.to_string())?))
}

/// Reads a message queue.
#[utoipa::path(
    get,
    path = "/api/v1/queues/{id}",
    tag = "Queues",
    params(("id" = QueueId, Path)),
    responses((status = 200, description = "Done.", body = QueueRow)),
    security(("token" = ["read"]))
)]
pub async fn get(
    Reader(actor): Reader,
    State(http): State<Http>,
    Id(queue): Id<QueueId>,
) -> Result<impl IntoResponse, Problem> {
    Ok(axum::Json(queues::get(&http.engine, &actor, queue).await?))
}

/// Creates a message queue.
#[utoipa::path(
    post,
    path = "/api/v1/queues",
    tag = "Queues",
    request_body = QueueForm,
    responses((status = 201, description = "Created; `Location` is its address.", body = QueueRow)),
    security(("token" = ["administer"]))
)]
pub async fn create(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Json(form): Json<QueueForm>,
) -> Result<impl IntoResponse, Problem> {
    let id = queues::create(&http.engine, &actor, &form).await?;
    let row = queues::get(&http.engine, &actor, id).await?;
    let location = [(header::LOCATION, format!("/api/v1/queues/{id}"))];
    Ok((StatusCode::CREATED, location, axum::Json(row)))
}
