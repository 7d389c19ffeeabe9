//! `/api/v1/labels`, and the labels of sessions.

use super::{
    Administrator, Id, Operator, Reader,
    json::Json,
    list::Wanted,
    problem::Problem,
    version::{IfMatch, tagged},
};
use crate::http::state::Http;
use axum::{
    extract::{Path, State},
    http::{StatusCode, header},
    response::IntoResponse,
};
use domain::page::Page;
use domain::{access::Actor, ids::LabelId, label::LabelForm, refusal::Refusal};
use domain::{ids::SessionId, refs::LabelRef};
use engine::labels;
use serde::Deserialize;
use utoipa::ToSchema;

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewLabel)]
#[serde(deny_unknown_fields)]
pub struct Named {
    name: String,
}

impl From<Named> for LabelForm {
    fn from(Named { name }: Named) -> Self {
        Self { name }
    }
}

/// Lists the labels, by name.
#[utoipa::path(
    get,
    path = "/api/v1/labels",
    tag = "Labels",
    params(Wanted),
    responses((status = 200, description = "Done.", body = Page<LabelRef>)),
    security(("token" = ["read"]))
)]
pub async fn list(
    Reader(actor): Reader,
    State(http): State<Http>,
    Wanted(wanted): Wanted,
) -> Result<impl IntoResponse, Problem> {
    Ok(axum::Json(labels::page(&http.engine, &actor, &wanted).await?))
}

/// Reads a label.
#[utoipa::path(
    get,
    path = "/api/v1/labels/{id}",
    tag = "Labels",
    params(("id" = LabelId, Path)),
    responses((status = 200, description = "Done; `ETag` is its version.", body = LabelRef)),
    security(("token" = ["read"]))
)]
pub async fn get(
    Reader(actor): Reader,
    State(http): State<Http>,
    Id(label): Id<LabelId>,
) -> Result<impl IntoResponse, Problem> {
    tagged(labels::get(&http.engine, &actor, label).await?)
}

/// Creates a label.
#[utoipa::path(
    post,
    path = "/api/v1/labels",
    tag = "Labels",
    request_body = Named,
    responses((status = 201, description = "Created; `Location` is its address, `ETag` its version.", body = LabelRef)),
    security(("token" = ["administer"]))
)]
pub async fn create(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Json(named): Json<Named>,
) -> Result<impl IntoResponse, Problem> {
    let id = labels::create(&http.engine, &actor, &named.into()).await?;
    let label = labels::get(&http.engine, &actor, id).await?;
    let location = [(header::LOCATION, format!("/api/v1/labels/{id}"))];
    Ok((StatusCode::CREATED, location, tagged(label)?))
}

/// Changes a label.
#[utoipa::path(
    put,
    path = "/api/v1/labels/{id}",
    tag = "Labels",
    params(("id" = LabelId, Path), IfMatch),
    request_body = Named,
    responses(
        (status = 200, description = "Done; `ETag` is its version.", body = LabelRef),
        (status = 412, description = "`If-Match` names another version.", content_type = "application/problem+json", body = Problem)
    ),
    security(("token" = ["administer"]))
)]
pub async fn replace(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Id(label): Id<LabelId>,
    wanted: IfMatch,
    Json(named): Json<Named>,
) -> Result<impl IntoResponse, Problem> {
    let changed = labels::change(&http.engine, &actor, label, &wanted.expected(), &named.into()).await;
    changed.map_err(|error| wanted.failed(error))?;
    tagged(labels::get(&http.engine, &actor, label).await?)
}

/// Deletes a label, and takes it off all sessions.
#[utoipa::path(
    delete,
    path = "/api/v1/labels/{id}",
    tag = "Labels",
    params(("id" = LabelId, Path), IfMatch),
    responses(
        (status = 204, description = "Done."),
        (status = 412, description = "`If-Match` names another version.", content_type = "application/problem+json", body = Problem)
    ),
    security(("token" = ["administer"]))
)]
pub async fn delete(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Id(label): Id<LabelId>,
    wanted: IfMatch,
) -> Result<impl IntoResponse, Problem> {
    let deleted = labels::delete(&http.engine, &actor, label, &wanted.expected()).await;
    deleted.map_err(|error| wanted.failed(error))?;
    Ok(StatusCode::NO_CONTENT)
}

/// Puts a label on a session.
#[utoipa::path(
    put,
    path = "/api/v1/sessions/{id}/labels/{label}",
    tag = "Labels",
    params(("id" = SessionId, Path), ("label" = LabelId, Path)),
    responses((status = 204, description = "Done.")),
    security(("token" = ["operate"]))
)]
pub async fn put_on(
    Operator(actor): Operator,
    State(http): State<Http>,
    Path(path): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    put(&http, &actor, path, true).await
}

/// Takes a label off a session.
#[utoipa::path(
    delete,
    path = "/api/v1/sessions/{id}/labels/{label}",
    tag = "Labels",
    params(("id" = SessionId, Path), ("label" = LabelId, Path)),
    responses((status = 204, description = "Done.")),
    security(("token" = ["operate"]))
)]
pub async fn take_off(
    Operator(actor): Operator,
    State(http): State<Http>,
    Path(path): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    put(&http, &actor, path, false).await
}

async fn put(
    http: &Http,
    actor: &Actor,
    (session, label): (String, String),
    on: bool,
) -> Result<StatusCode, Problem> {
    let (Ok(session), Ok(label)) = (session.parse(), label.parse()) else {
        return Err(Refusal::NotFound.into());
    };
    labels::put(&http.engine, actor, session, label, on).await?;
    Ok(StatusCode::NO_CONTENT)
}
