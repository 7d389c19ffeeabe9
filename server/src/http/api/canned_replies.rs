//! `/api/v1/canned-replies`.

use super::{
    Administrator, Id, Reader,
    json::Json,
    list::Wanted,
    problem::Problem,
    version::{IfMatch, tagged},
};
use crate::http::state::Http;
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use domain::canned_reply::CannedReply;
use domain::page::Page;
use domain::{canned_reply::CannedReplyForm, file::UploadedFile, ids::CannedReplyId};
use engine::canned_replies;
use serde::Deserialize;
use utoipa::ToSchema;

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewCannedReply)]
#[serde(deny_unknown_fields)]
pub struct Wording {
    shortcut: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    queue: Option<String>,
    /// Without it, a reply keeps the files that it has.
    #[serde(default)]
    files: Option<Vec<String>>,
}

impl Wording {
    fn form(self, has: &[UploadedFile]) -> CannedReplyForm {
        let Self {
            shortcut,
            text,
            queue,
            files,
        } = self;
        CannedReplyForm {
            shortcut,
            text,
            queue,
            files: files.unwrap_or_else(|| has.iter().map(|file| file.id.to_string()).collect()),
        }
    }
}

/// Lists the canned replies, by shortcut.
#[utoipa::path(
    get,
    path = "/api/v1/canned-replies",
    tag = "Canned replies",
    params(Wanted),
    responses((status = 200, description = "Done.", body = Page<CannedReply>)),
    security(("token" = ["read"]))
)]
pub async fn list(
    Reader(actor): Reader,
    State(http): State<Http>,
    Wanted(wanted): Wanted,
) -> Result<impl IntoResponse, Problem> {
    Ok(axum::Json(
        canned_replies::page(&http.engine, &actor, &wanted).await?,
    ))
}

/// Reads a canned reply.
#[utoipa::path(
    get,
    path = "/api/v1/canned-replies/{id}",
    tag = "Canned replies",
    params(("id" = CannedReplyId, Path)),
    responses((status = 200, description = "Done; `ETag` is its version.", body = CannedReply)),
    security(("token" = ["read"]))
)]
pub async fn get(
    Reader(actor): Reader,
    State(http): State<Http>,
    Id(reply): Id<CannedReplyId>,
) -> Result<impl IntoResponse, Problem> {
    tagged(canned_replies::get(&http.engine, &actor, reply).await?)
}

/// Creates a canned reply.
#[utoipa::path(
    post,
    path = "/api/v1/canned-replies",
    tag = "Canned replies",
    request_body = Wording,
    responses((status = 201, description = "Created; `Location` is its address, `ETag` its version.", body = CannedReply)),
    security(("token" = ["administer"]))
)]
pub async fn create(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Json(form): Json<Wording>,
) -> Result<impl IntoResponse, Problem> {
    let id = canned_replies::create(&http.engine, &actor, &form.form(&[])).await?;
    let reply = canned_replies::get(&http.engine, &actor, id).await?;
    let location = [(header::LOCATION, format!("/api/v1/canned-replies/{id}"))];
    Ok((StatusCode::CREATED, location, tagged(reply)?))
}

/// Changes a canned reply.
#[utoipa::path(
    put,
    path = "/api/v1/canned-replies/{id}",
    tag = "Canned replies",
    params(("id" = CannedReplyId, Path), IfMatch),
    request_body = Wording,
    responses(
        (status = 200, description = "Done; `ETag` is its version.", body = CannedReply),
        (status = 412, description = "`If-Match` names another version.", content_type = "application/problem+json", body = Problem)
    ),
    security(("token" = ["administer"]))
)]
pub async fn replace(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Id(reply): Id<CannedReplyId>,
    wanted: IfMatch,
    Json(form): Json<Wording>,
) -> Result<impl IntoResponse, Problem> {
    let before = canned_replies::get(&http.engine, &actor, reply).await?;
    let form = form.form(&before.files);
    let changed = canned_replies::change(&http.engine, &actor, reply, &wanted.expected(), &form).await;
    changed.map_err(|error| wanted.failed(error))?;
    tagged(canned_replies::get(&http.engine, &actor, reply).await?)
}

/// Deletes a canned reply.
#[utoipa::path(
    delete,
    path = "/api/v1/canned-replies/{id}",
    tag = "Canned replies",
    params(("id" = CannedReplyId, Path), IfMatch),
    responses(
        (status = 204, description = "Done."),
        (status = 412, description = "`If-Match` names another version.", content_type = "application/problem+json", body = Problem)
    ),
    security(("token" = ["administer"]))
)]
pub async fn delete(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Id(reply): Id<CannedReplyId>,
    wanted: IfMatch,
) -> Result<impl IntoResponse, Problem> {
    let deleted = canned_replies::delete(&http.engine, &actor, reply, &wanted.expected()).await;
    deleted.map_err(|error| wanted.failed(error))?;
    Ok(StatusCode::NO_CONTENT)
}
