//! Compresses pages and data for browsers that accept gzip. The site's files are compressed at build time. The event
//! stream is never compressed, because a compressor would hold its events back.

use super::site::accepts;
use axum::{
    body::{Body, HttpBody as _, to_bytes},
    extract::Request,
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use flate2::{Compression, write::GzEncoder};
use std::io::Write as _;

/// Size in bytes below which compression costs more than it saves.
const WORTH_IT: u64 = 1024;
const LEVEL: Compression = Compression::new(4);

/// Compresses a response that is text, entirely in memory, and large enough.
pub async fn pack(request: Request, next: Next) -> Response {
    let accepted = request.headers().get(header::ACCEPT_ENCODING);
    let taken = accepted
        .and_then(|value| value.to_str().ok())
        .is_some_and(|accepted| accepts(accepted, "gzip"));
    let mut response = next.run(request).await;
    let size = response.body().size_hint().exact();
    if !is_text(response.headers()) || size.is_none_or(|size| size < WORTH_IT) {
        return response;
    }
    let vary = HeaderValue::from_static("accept-encoding");
    response.headers_mut().append(header::VARY, vary);
    if !taken || response.headers().contains_key(header::CONTENT_ENCODING) {
        return response;
    }
    let (mut head, body) = response.into_parts();
    // An exact size means that the body is in memory.
    let plain = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let Some(packed) = packed(&plain) else {
        return Response::from_parts(head, Body::from(plain));
    };
    let gzip = HeaderValue::from_static("gzip");
    head.headers.insert(header::CONTENT_ENCODING, gzip);
    head.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(head, Body::from(packed))
}

fn packed(plain: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(plain.len() / 3), LEVEL);
    encoder.write_all(plain).ok()?;
    encoder.finish().ok()
}

fn is_text(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    matches!(
        kind,
        "text/html" | "text/plain" | "application/json" | "application/problem+json"
    )
}
