//! Bodies are read whole before anything else is done with a request, up to a limit.
//!
//! A client that is refused in the middle of its sending often sees a broken connection instead of the answer.
//! So what is too large is read to its end and thrown away, unless it is larger than any honest mistake.

use axum::{
    body::{Body, HttpBody as _},
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use http_body_util::BodyExt as _;

/// Bytes beyond the limit that are read for the sake of a clear answer.
const PATIENCE: usize = 32 * 1024 * 1024;

/// Refuses a body of more than `limit` bytes with 413.
pub async fn read(State(limit): State<usize>, request: Request, next: Next) -> Response {
    let (parts, mut body) = request.into_parts();
    let told = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if told > limit && (waits_for_consent(&parts.headers) || told - limit > PATIENCE) {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    }

    let mut whole = Vec::with_capacity(told.min(limit));
    let mut length = 0_usize;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            return StatusCode::BAD_REQUEST.into_response();
        };
        let Ok(data) = frame.into_data() else {
            continue;
        };
        length = length.saturating_add(data.len());
        if length <= limit {
            whole.extend_from_slice(&data);
        } else if length - limit > PATIENCE {
            break;
        }
    }
    if length > limit {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    }
    next.run(Request::from_parts(parts, Body::from(whole))).await
}

/// With `Expect: 100-continue` the body is not sent before we begin to read it.
fn waits_for_consent(headers: &HeaderMap) -> bool {
    headers
        .get(header::EXPECT)
        .is_some_and(|expect| expect.as_bytes().eq_ignore_ascii_case(b"100-continue"))
}
