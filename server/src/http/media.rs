//! The files of messages, for those who may read the message. Nothing in a file is run: it is saved instead of shown, a
//! browser does not guess its type, and its policy allows nothing (`security::NO_PAGE`). Pictures, sound and video are shown by the console's
//! own elements.

use super::{
    api::{Id, Reader, problem::Problem},
    attachment::attachment,
    content::content,
    login_session,
    state::Http,
};
use axum::{
    body::Body,
    extract::{Path, Query, State, rejection::PathRejection},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use domain::{access::Actor, ids::MessageId, refusal::Refusal};
use engine::{
    Engine,
    files::{self, OpenFile},
};
use serde::Deserialize;
use tower_sessions::Session;

/// Types that a browser plays or draws without running anything in them; every other type is bytes.
const SHOWN: [&str; 18] = [
    "application/pdf",
    "audio/aac",
    "audio/amr",
    "audio/mp4",
    "audio/mpeg",
    "audio/ogg",
    "audio/opus",
    "audio/wav",
    "audio/webm",
    "image/gif",
    "image/jpeg",
    "image/png",
    "image/webp",
    "text/plain",
    "video/3gpp",
    "video/mp4",
    "video/quicktime",
    "video/webm",
];

pub async fn of_user(
    State(http): State<Http>,
    session: Session,
    path: Result<Path<String>, PathRejection>,
    Query(version): Query<Version>,
    headers: HeaderMap,
) -> Response {
    let actor = match login_session::user(&http.engine, &session).await {
        Ok(me) => Actor::User(me),
        Err(status) => return status.into_response(),
    };
    let message = path.ok().and_then(|Path(message)| message.parse().ok());
    let Some(message) = message else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match answer(&http.engine, &actor, message, &version, &headers).await {
        Ok(response) => response,
        Err(engine::Error::Refused(Refusal::FileGone)) => StatusCode::GONE.into_response(),
        Err(engine::Error::Refused(_)) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::error!(%error, "a file cannot be served");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// Reads a message's file. `Range` and `If-None-Match` work.
#[utoipa::path(
    get,
    path = "/api/v1/messages/{id}/file",
    operation_id = "file",
    tag = "Messages",
    params(("id" = MessageId, Path), Version),
    responses((status = 200, description = "The bytes.", content_type = "*/*", body = [u8]), (status = 206, description = "A part of them.", content_type = "*/*", body = [u8]), (status = 304, description = "They are as the client has them."), (status = 410, description = "They are not kept any more.", content_type = "application/problem+json", body = Problem), (status = 416, description = "There is no such part.")),
    security(("token" = ["read"]))
)]
pub async fn of_token(
    Reader(actor): Reader,
    State(http): State<Http>,
    Id(message): Id<MessageId>,
    Query(version): Query<Version>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    Ok(answer(&http.engine, &actor, message, &version, &headers).await?)
}

/// `?size=small` asks for the small version of a picture.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Version {
    /// `small`: the small version of a picture.
    size: Option<String>,
}

async fn answer(
    engine: &Engine,
    actor: &Actor,
    message: MessageId,
    version: &Version,
    headers: &HeaderMap,
) -> engine::Result<Response> {
    let file = files::of_message(engine, actor, message).await?;
    if version.size.as_deref() == Some("small")
        && let Some(jpeg) = file.small().await?
    {
        let mut response = Body::from(jpeg).into_response();
        describe(response.headers_mut(), &file);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg"));
        // A picture never changes, and a thread has many: whether this user may see them is asked once an hour.
        let an_hour = HeaderValue::from_static("private, max-age=3600");
        headers.insert(header::CACHE_CONTROL, an_hour);
        return Ok(response);
    }
    let mut response = content(&file, headers).await?;
    describe(response.headers_mut(), &file);
    Ok(response)
}

fn describe(headers: &mut HeaderMap, file: &OpenFile) {
    let told = file.view.mime_type.as_deref().unwrap_or_default();
    let mime_type = told.split(';').next().unwrap_or_default().trim();
    let mime_type = SHOWN.iter().find(|shown| **shown == mime_type);
    let mime_type = mime_type.copied().unwrap_or("application/octet-stream");
    let name = file.view.filename.as_deref().unwrap_or("file");
    headers.insert(header::CONTENT_DISPOSITION, attachment(name, "file"));
    for (name, value) in [
        (header::CONTENT_TYPE, mime_type),
        // Whether this user may still see it is asked each time.
        (header::CACHE_CONTROL, "private, no-cache"),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}
