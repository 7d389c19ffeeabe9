//! `/api/v1/canned-replies`.

use super::{Administrator, Id, Reader, json::Json, list, list::Wanted, problem::Problem};
use crate::http::state::Http;
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use domain::{canned_reply::CannedReplyForm, ids::CannedReplyId};
use engine::canned_replies;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wording {
    shortcut: String,
    text: String,
    #[serde(default)]
    queue: Option<String>,
}

impl From<Wording> for CannedReplyForm {
    fn from(
        Wording {
            shortcut,
            text,
            queue,
        }: Wording,
    ) -> Self {
        Self {
            shortcut,
            text,
            queue,
        }
    }
}

pub async fn list(
    Reader(actor): Reader,
    State(http): State<Http>,
    Wanted(wanted): Wanted,
) -> Result<impl IntoResponse, Problem> {
    let rows = canned_replies::list(&http.engine, &actor).await?;
    Ok(axum::Json(list::cut(rows, &wanted, |row| row.id.to_string())?))
}

pub async fn get(
    Reader(actor): Reader,
    State(http): State<Http>,
    Id(reply): Id<CannedReplyId>,
) -> Result<impl IntoResponse, Problem> {
    Ok(axum::Json(
        canned_replies::get(&http.engine, &actor, reply).await?,
    ))
}

pub async fn create(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Json(form): Json<Wording>,
) -> Result<impl IntoResponse, Problem> {
    let id = canned_replies::create(&http.engine, &actor, &form.into()).await?;
    let reply = canned_replies::get(&http.engine, &actor, id).await?;
    let location = [(header::LOCATION, format!("/api/v1/canned-replies/{id}"))];
    Ok((StatusCode::CREATED, location, axum::Json(reply)))
}

pub async fn replace(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Id(reply): Id<CannedReplyId>,
    Json(form): Json<Wording>,
) -> Result<impl IntoResponse, Problem> {
    canned_replies::change(&http.engine, &actor, reply, &form.into()).await?;
    Ok(axum::Json(
        canned_replies::get(&http.engine, &actor, reply).await?,
    ))
}

pub async fn delete(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Id(reply): Id<CannedReplyId>,
) -> Result<impl IntoResponse, Problem> {
    canned_replies::delete(&http.engine, &actor, reply).await?;
    Ok(StatusCode::NO_CONTENT)
}
