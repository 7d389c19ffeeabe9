//! `/api/v1/queues`.

use super::{
    Administrator, Id, Reader,
    json::Json,
    list::Wanted,
    problem::Problem,
    version::{IfMatch, Tagged, tagged},
};
use crate::http::state::Http;
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use domain::directory::QueueRow;
use domain::page::Page;
use domain::{access::Actor, directory::QueueForm, ids::QueueId};
use engine::{Engine, directory::queues};

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
    Ok(axum::Json(queues::page(&http.engine, &actor, &wanted).await?))
}

/// Reads a message queue.
#[utoipa::path(
    get,
    path = "/api/v1/queues/{id}",
    tag = "Queues",
    params(("id" = QueueId, Path)),
    responses((status = 200, description = "Done; `ETag` is its version.", body = QueueRow)),
    security(("token" = ["read"]))
)]
pub async fn get(
    Reader(actor): Reader,
    State(http): State<Http>,
    Id(queue): Id<QueueId>,
) -> Result<impl IntoResponse, Problem> {
    read(&http.engine, &actor, queue).await
}

/// Creates a message queue.
#[utoipa::path(
    post,
    path = "/api/v1/queues",
    tag = "Queues",
    request_body = QueueForm,
    responses((status = 201, description = "Created; `Location` is its address, `ETag` its version.", body = QueueRow)),
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
    Ok((StatusCode::CREATED, location, tagged(row)?))
}

/// Replaces a message queue: its name, its members, its pick-up mode, and whether it gives its sessions out.
#[utoipa::path(
    put,
    path = "/api/v1/queues/{id}",
    tag = "Queues",
    params(("id" = QueueId, Path), IfMatch),
    request_body = QueueForm,
    responses(
        (status = 200, description = "Done; `ETag` is its version.", body = QueueRow),
        (status = 412, description = "`If-Match` names another version.", content_type = "application/problem+json", body = Problem)
    ),
    security(("token" = ["administer"]))
)]
pub async fn replace(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Id(queue): Id<QueueId>,
    wanted: IfMatch,
    Json(form): Json<QueueForm>,
) -> Result<impl IntoResponse, Problem> {
    let changed = queues::change(&http.engine, &actor, queue, &wanted.expected(), &form).await;
    changed.map_err(|error| wanted.failed(error))?;
    read(&http.engine, &actor, queue).await
}

/// Disables a message queue. It gets no new sessions; those in it stay until somebody takes them.
#[utoipa::path(
    post,
    path = "/api/v1/queues/{id}/disable",
    tag = "Queues",
    params(("id" = QueueId, Path)),
    responses((status = 200, description = "Done; `ETag` is its version.", body = QueueRow)),
    security(("token" = ["administer"]))
)]
pub async fn disable(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Id(queue): Id<QueueId>,
) -> Result<impl IntoResponse, Problem> {
    queues::set_disabled(&http.engine, &actor, queue, true).await?;
    read(&http.engine, &actor, queue).await
}

/// Enables a message queue again.
#[utoipa::path(
    post,
    path = "/api/v1/queues/{id}/enable",
    tag = "Queues",
    params(("id" = QueueId, Path)),
    responses((status = 200, description = "Done; `ETag` is its version.", body = QueueRow)),
    security(("token" = ["administer"]))
)]
pub async fn enable(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Id(queue): Id<QueueId>,
) -> Result<impl IntoResponse, Problem> {
    queues::set_disabled(&http.engine, &actor, queue, false).await?;
    read(&http.engine, &actor, queue).await
}

async fn read(engine: &Engine, actor: &Actor, queue: QueueId) -> Result<Tagged<QueueRow>, Problem> {
    tagged(queues::get(engine, actor, queue).await?)
}
