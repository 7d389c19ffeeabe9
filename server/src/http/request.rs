//! One span, one log line and one measurement per request. They name only the route's template: paths contain ids, and
//! query strings contain verify tokens and set-up links.

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

/// Maximum length of an id that a script gives.
const MAX_ID: usize = 64;

/// Wraps a request that is already matched to its route.
pub async fn record(mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = given_id(&request).unwrap_or_else(new_id);
    // Error pages show this id, so that the error can be found in the log.
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

/// Clients can invent methods, and every label value costs memory for ever.
fn label(method: &Method) -> String {
    match method.as_str() {
        known @ ("GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS") => known.to_owned(),
        _ => "other".to_owned(),
    }
}

/// Scripts may name their requests, so that they find them in the log.
fn given_id(request: &Request) -> Option<String> {
    let is_api = request.uri().path().starts_with("/api/");
    let id = request.headers().get("x-request-id")?.to_str().ok()?;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    (is_api && (1..=MAX_ID).contains(&id.len()) && id.chars().all(is_plain)).then(|| id.to_owned())
}

fn new_id() -> String {
    let mut bytes = [0; 8];
    // Without random numbers all ids are the same, which is no reason to refuse requests.
    let _ = getrandom::fill(&mut bytes);
    hex::encode(bytes)
}
