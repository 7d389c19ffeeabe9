//! Bodies are read whole before anything else is done with a request, up to a limit.
//!
//! A client that is refused in the middle of its sending often sees a broken connection instead of the answer.
//! So what is too large is read to its end and thrown away, unless it is larger than any honest mistake.

use axum::{
    body::{Body, Bytes, HttpBody as _},
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
    let (parts, body) = request.into_parts();
    match whole(&parts.headers, body, limit).await {
        Ok(whole) => next.run(Request::from_parts(parts, Body::from(whole))).await,
        Err(status) => status.into_response(),
    }
}

/// Reads a body of up to `limit` bytes.
///
/// # Errors
/// 413 when it is larger, 400 when it breaks off.
pub async fn whole(headers: &HeaderMap, mut body: Body, limit: usize) -> Result<Bytes, StatusCode> {
    let told = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if told > limit && (waits_for_consent(headers) || told - limit > PATIENCE) {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }

    let mut first = Bytes::new();
    let mut whole = Vec::new();
    let mut length = 0_usize;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            return Err(StatusCode::BAD_REQUEST);
        };
        let Ok(data) = frame.into_data() else {
            continue;
        };
        length = length.saturating_add(data.len());
        if length <= limit && first.is_empty() {
            first = data;
        } else if length <= limit {
            if whole.is_empty() {
                whole.reserve_exact(told.clamp(length, limit));
                whole.extend_from_slice(&first);
            }
            whole.extend_from_slice(&data);
        } else if length - limit > PATIENCE {
            break;
        }
    }
    if length > limit {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    // A short one comes at once, and is not copied.
    Ok(if whole.is_empty() { first } else { whole.into() })
}

/// With `Expect: 100-continue` the body is not sent before we begin to read it.
fn waits_for_consent(headers: &HeaderMap) -> bool {
    headers
        .get(header::EXPECT)
        .is_some_and(|expect| expect.as_bytes().eq_ignore_ascii_case(b"100-continue"))
}
