//! The files of messages, for those who may read the message. Nothing in a file is run: it is saved instead of shown, a
//! browser does not guess its type, and its policy allows nothing. Pictures, sound and video are shown by the console's
//! own elements.

use super::{
    api::{Id, Reader, problem::Problem},
    attachment::attachment,
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
use std::ops::Range;
use tower_sessions::Session;

/// Nothing may be loaded or run, and a document is of no origin.
const POLICY: &str = "default-src 'none'; sandbox";
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
#[derive(Debug, Deserialize)]
pub struct Version {
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
        set(response.headers_mut(), header::CONTENT_TYPE, "image/jpeg");
        // A picture never changes, and a thread has many: whether this user may see them is asked once an hour.
        set(
            response.headers_mut(),
            header::CACHE_CONTROL,
            "private, max-age=3600",
        );
        return Ok(response);
    }
    let etag = file.sha256.as_ref().map(|sha256| format!("\"{sha256}\""));
    let known = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|known| known.to_str().ok());
    let mut response = match (wanted(headers, file.size), &etag) {
        (_, Some(etag)) if known.is_some_and(|known| known.split(',').any(|known| known.trim() == etag)) => {
            StatusCode::NOT_MODIFIED.into_response()
        }
        (Wanted::All, _) => {
            let mut response = Body::from_stream(file.read(None).await?).into_response();
            response
                .headers_mut()
                .insert(header::CONTENT_LENGTH, file.size.into());
            response
        }
        (Wanted::Part(range), _) => {
            let length = range.end - range.start;
            let told = format!("bytes {}-{}/{}", range.start, range.end - 1, file.size);
            let body = Body::from_stream(file.read(Some(range)).await?);
            let mut response = (StatusCode::PARTIAL_CONTENT, body).into_response();
            response
                .headers_mut()
                .insert(header::CONTENT_LENGTH, length.into());
            set(response.headers_mut(), header::CONTENT_RANGE, &told);
            response
        }
        (Wanted::Nothing, _) => {
            let mut response = StatusCode::RANGE_NOT_SATISFIABLE.into_response();
            set(
                response.headers_mut(),
                header::CONTENT_RANGE,
                &format!("bytes */{}", file.size),
            );
            response
        }
    };
    describe(response.headers_mut(), &file);
    if let Some(etag) = etag {
        set(response.headers_mut(), header::ETAG, &etag);
    }
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
        (header::ACCEPT_RANGES, "bytes"),
        // Whether this user may still see it is asked each time.
        (header::CACHE_CONTROL, "private, no-cache"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::try_from(value) {
        headers.insert(name, value);
    }
}

/// Which bytes a request asks for.
#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    All,
    Part(Range<u64>),
    /// The range is not within the file.
    Nothing,
}

/// Several ranges, and ranges that cannot be read, get the whole file, as RFC 9110 allows.
fn wanted(headers: &HeaderMap, size: u64) -> Wanted {
    let range = headers.get(header::RANGE).and_then(|range| range.to_str().ok());
    let Some(ranges) = range.and_then(|range| http_range_header::parse_range_header(range).ok()) else {
        return Wanted::All;
    };
    match ranges.validate(size).as_deref() {
        Ok([range]) => Wanted::Part(*range.start()..*range.end() + 1),
        Ok(_) => Wanted::All,
        Err(_) => Wanted::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_served_as_a_part() {
        let wanted = |range: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RANGE, range.parse().unwrap());
            wanted(&headers, 1000)
        };
        assert_eq!(wanted("bytes=0-99"), Wanted::Part(0..100));
        assert_eq!(wanted("bytes=900-"), Wanted::Part(900..1000));
        assert_eq!(wanted("bytes=-100"), Wanted::Part(900..1000));
        assert_eq!(wanted("bytes=1000-"), Wanted::Nothing);
        assert_eq!(wanted("bytes=0-1,5-6"), Wanted::All);
        assert_eq!(wanted("lines=1-2"), Wanted::All);
    }
}
