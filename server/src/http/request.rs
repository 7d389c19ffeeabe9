//! One span, one log line and one measurement a request. Only the route's template is named: paths hold ids,
//! and query strings hold verify tokens and set-up links.

use axum::{
    extract::{MatchedPath, Request},
    http::{HeaderValue, Method},
    middleware::Next,
    response::Response,
};
use std::time::Instant;
use tracing::Instrument as _;

/// How long requests took, by method, route and status.
pub const DURATION: &str = "switchboard_http_request_seconds";

/// Wraps a request; it has to be matched to its route before.
pub async fn record(mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = new_id();
    // Errors shown to people name it, so that they are found in the log.
    if let Ok(id) = HeaderValue::try_from(&id) {
        request.headers_mut().insert("x-request-id", id);
    }
    let method = request.method().clone();
    let matched = request.extensions().get::<MatchedPath>();
    let route = matched.map_or("-", MatchedPath::as_str).to_owned();
    let span = tracing::info_span!("request", id, %method, route);

    let mut response = next.run(request).instrument(span.clone()).await;

    let took = started.elapsed();
    let status = response.status().as_u16();
    let ms = took.as_secs_f64() * 1000.0;
    span.in_scope(|| match route.as_str() {
        "/healthz" | "/readyz" | "/metrics" | "/pkg/{*path}" => tracing::debug!(status, ms, "answered"),
        _ if status >= 500 => tracing::warn!(status, ms, "answered"),
        _ => tracing::info!(status, ms, "answered"),
    });
    let labels = [
        ("method", label(&method)),
        ("route", route),
        ("status", status.to_string()),
    ];
    metrics::histogram!(DURATION, &labels).record(took.as_secs_f64());
    if let Ok(id) = HeaderValue::try_from(id) {
        response.headers_mut().insert("x-request-id", id);
    }
    response
}

/// Anybody may invent methods, and every label value costs memory for ever.
fn label(method: &Method) -> String {
    match method.as_str() {
        known @ ("GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS") => known.to_owned(),
        _ => "other".to_owned(),
    }
}

fn new_id() -> String {
    let mut bytes = [0; 8];
    // Without random numbers ids are all alike, which is no reason to refuse requests.
    let _ = getrandom::fill(&mut bytes);
    hex::encode(bytes)
}
