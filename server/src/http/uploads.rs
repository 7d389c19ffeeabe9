//! Uploads of files that are to be sent, by the open protocol tus, so that one goes on where a broken line cut it off:
//! <https://tus.io/protocols/resumable-upload> (version 1.0.0 with the extensions creation and termination). The same
//! handlers serve users at [`CONSOLE`] and scripts at [`API`].

use super::{
    api::{Caller, problem::Problem},
    login_session,
    state::Http,
};
use axum::{
    Json,
    body::Body,
    extract::{FromRequestParts, Path, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header, request::Parts},
    response::{IntoResponse, Response},
    routing::{MethodRouter, get},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use domain::{
    access::{Actor, Scope},
    file::UploadView,
    form,
    ids::{FileId, SessionId},
    refusal::Refusal,
};
use engine::files::upload::{self, Progress, Purpose};
use futures::TryStreamExt as _;
use std::io;
use tower_sessions::Session;

pub const CONSOLE: &str = "/uploads";
pub const API: &str = "/api/v1/uploads";

pub const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const VERSION: &str = "1.0.0";
const PART: &str = "application/offset+octet-stream";
/// Upload-Metadata: a session's id or `purpose canned_reply`, and a name.
const MAX_METADATA: usize = 4096;

/// The handlers of one upload.
pub fn one() -> MethodRouter<Http> {
    get(describe).head(progress).patch(append).delete(discard)
}

/// A user who is logged in, or a script whose token may operate.
#[derive(Debug)]
pub struct Uploader(Actor);

impl FromRequestParts<Http> for Uploader {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, http: &Http) -> Result<Self, Refused> {
        if let Some(caller) = parts.extensions.get::<Caller>() {
            caller.require(Scope::Operate).map_err(Refused::Api)?;
            return Ok(Self(caller.0.clone()));
        }
        let session = Session::from_request_parts(parts, http).await;
        let session = session.map_err(|_| Refused::Status(StatusCode::SERVICE_UNAVAILABLE))?;
        let me = login_session::user(&http.engine, &session).await;
        Ok(Self(Actor::User(me.map_err(Refused::Status)?)))
    }
}

/// Why an upload is refused: problem+json for scripts, the refusal itself for the console.
#[derive(Debug)]
pub enum Refused {
    Api(Problem),
    Console(engine::Error),
    Status(StatusCode),
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let response = match self {
            Self::Api(problem) => problem.into_response(),
            Self::Status(status) => status.into_response(),
            Self::Console(engine::Error::Refused(refusal)) => {
                let status = StatusCode::from_u16(refusal.class().status());
                (status.unwrap_or(StatusCode::CONFLICT), Json(refusal)).into_response()
            }
            Self::Console(engine::Error::Unavailable(_)) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
            Self::Console(error) => {
                tracing::error!(%error, "an upload failed");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        };
        resumable(response)
    }
}

/// A refusal in the form that this address answers with.
fn refused(uri: &Uri, error: impl Into<engine::Error>) -> Refused {
    match uri.path().starts_with(API) {
        true => Refused::Api(error.into().into()),
        false => Refused::Console(error.into()),
    }
}

/// Begins an upload by the tus protocol (<https://tus.io/protocols/resumable-upload>).
#[utoipa::path(
    post,
    path = "/api/v1/uploads",
    tag = "Uploads",
    params(
        ("Upload-Length" = u64, Header, description = "Bytes of the whole file."),
        ("Upload-Metadata" = String, Header, description = "Pairs of a key and a value in base64: `session` (an id) or `purpose` (`canned_reply`), and `filename`."),
    ),
    responses(
        (status = 201, description = "Begun; `Location` is where the parts go."),
        (status = 404, description = "There is no such session.", content_type = "application/problem+json", body = Problem), (status = 413, description = "A file may not have so many bytes.", content_type = "application/problem+json", body = Problem),
        (status = 507, description = "There is no space.", content_type = "application/problem+json", body = Problem),
    ),
    security(("token" = ["operate"]))
)]
pub async fn create(
    Uploader(actor): Uploader,
    State(http): State<Http>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let required = |field: &str| refused(&uri, Refusal::field(field, form::Problem::Required));
    let size = number(&headers, "upload-length").ok_or_else(|| required("Upload-Length"))?;
    let metadata = metadata(&headers);
    let about = |key: &str| {
        let found = metadata.iter().find(|(name, _)| name == key);
        found.map(|(_, value)| value.as_str())
    };
    let session: Option<SessionId> = about("session").and_then(|session| session.parse().ok());
    let purpose = match (session, about("purpose")) {
        (Some(session), None) => Purpose::Session(session),
        (None, Some("canned_reply")) => Purpose::CannedReply,
        _ => return Err(required("Upload-Metadata: session")),
    };
    let filename = about("filename").unwrap_or_default();
    let begun = upload::begin(&http.engine, &actor, purpose, filename, size).await;
    let id = begun.map_err(|error| refused(&uri, error))?;
    let mut response = StatusCode::CREATED.into_response();
    set(&mut response, "location", &format!("{}/{id}", uri.path()));
    Ok(resumable(response))
}

/// Reads what has come so far, and what a complete file is.
#[utoipa::path(
    get,
    path = "/api/v1/uploads/{id}",
    tag = "Uploads",
    params(("id" = FileId, Path)),
    responses((status = 200, description = "Done.", body = UploadView)),
    security(("token" = ["operate"]))
)]
pub async fn describe(
    Uploader(actor): Uploader,
    State(http): State<Http>,
    uri: Uri,
    Path(id): Path<String>,
) -> Result<Response, Refused> {
    let id = id_of(&uri, &id)?;
    let file = upload::view(&http.engine, &actor, id).await;
    Ok(Json(file.map_err(|error| refused(&uri, error))?).into_response())
}

/// Tells in `Upload-Offset` how many bytes have come.
#[utoipa::path(
    head,
    path = "/api/v1/uploads/{id}",
    tag = "Uploads",
    params(("id" = FileId, Path)),
    responses((status = 200, description = "Done.")),
    security(("token" = ["operate"]))
)]
pub async fn progress(
    Uploader(actor): Uploader,
    State(http): State<Http>,
    uri: Uri,
    Path(id): Path<String>,
) -> Result<Response, Refused> {
    let id = id_of(&uri, &id)?;
    let progress = upload::progress(&http.engine, &actor, id).await;
    let progress = progress.map_err(|error| refused(&uri, error))?;
    let mut response = told(StatusCode::OK, &progress);
    set(&mut response, "upload-length", &progress.size.to_string());
    Ok(response)
}

/// Adds the next bytes.
#[utoipa::path(
    patch,
    path = "/api/v1/uploads/{id}",
    tag = "Uploads",
    params(("id" = FileId, Path), ("Upload-Offset" = u64, Header, description = "How many bytes have come before.")),
    request_body(content = [u8], content_type = "application/offset+octet-stream"),
    responses(
        (status = 204, description = "They are stored; `Upload-Offset` is where the next ones begin."),
        (status = 507, description = "There is no space.", content_type = "application/problem+json", body = Problem),
    ),
    security(("token" = ["operate"]))
)]
pub async fn append(
    Uploader(actor): Uploader,
    State(http): State<Http>,
    uri: Uri,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refused> {
    let id = id_of(&uri, &id)?;
    if headers.get(header::CONTENT_TYPE).is_none_or(|kind| kind != PART) {
        return Err(Refused::Status(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
    let offset = number(&headers, "upload-offset");
    let offset =
        offset.ok_or_else(|| refused(&uri, Refusal::field("Upload-Offset", form::Problem::Required)))?;
    let part = body.into_data_stream().map_err(io::Error::other);
    let progress = upload::append(&http.engine, &actor, id, offset, part).await;
    Ok(told(
        StatusCode::NO_CONTENT,
        &progress.map_err(|error| refused(&uri, error))?,
    ))
}

/// Deletes an upload that is not sent.
#[utoipa::path(
    delete,
    path = "/api/v1/uploads/{id}",
    tag = "Uploads",
    params(("id" = FileId, Path)),
    responses((status = 204, description = "Done.")),
    security(("token" = ["operate"]))
)]
pub async fn discard(
    Uploader(actor): Uploader,
    State(http): State<Http>,
    uri: Uri,
    Path(id): Path<String>,
) -> Result<Response, Refused> {
    let id = id_of(&uri, &id)?;
    let gone = upload::discard(&http.engine, &actor, id).await;
    gone.map_err(|error| refused(&uri, error))?;
    Ok(resumable(StatusCode::NO_CONTENT.into_response()))
}

fn id_of(uri: &Uri, id: &str) -> Result<FileId, Refused> {
    id.parse().map_err(|_| refused(uri, Refusal::NotFound))
}

fn told(status: StatusCode, progress: &Progress) -> Response {
    let mut response = status.into_response();
    set(&mut response, "upload-offset", &progress.offset.to_string());
    resumable(response)
}

fn resumable(mut response: Response) -> Response {
    let version = HeaderValue::from_static(VERSION);
    response.headers_mut().insert(RESUMABLE, version);
    response
}

fn set(response: &mut Response, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::try_from(value) {
        let headers = response.headers_mut();
        headers.insert(HeaderName::from_static(name), value);
    }
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.parse().ok()
}

/// Keys and their values, which are in base64. What cannot be read is left out.
fn metadata(headers: &HeaderMap) -> Vec<(String, String)> {
    let told = headers.get("upload-metadata").and_then(|told| told.to_str().ok());
    let told = told.filter(|told| told.len() <= MAX_METADATA).unwrap_or_default();
    told.split(',')
        .filter_map(|pair| {
            let (key, value) = pair.trim().split_once(' ')?;
            let value = String::from_utf8(BASE64_STANDARD.decode(value.trim()).ok()?).ok()?;
            Some((key.to_owned(), value))
        })
        .collect()
}

/// Tells the protocol's version and extensions, and the maximum size of a file.
#[utoipa::path(
    options,
    path = "/api/v1/uploads",
    tag = "Uploads",
    responses((status = 204, description = "Done.")),
    security(("token" = ["read"]))
)]
pub async fn options(State(http): State<Http>) -> Response {
    let mut response = resumable(StatusCode::NO_CONTENT.into_response());
    set(&mut response, "tus-version", VERSION);
    set(&mut response, "tus-extension", "creation,termination");
    set(
        &mut response,
        "tus-max-size",
        &http.settings.files.most.to_string(),
    );
    response
}
