//! Answers that do not come from Graph itself but from the servers in front of it.

use std::time::Duration;

use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::response::{IntoResponse as _, Response};

use super::error::GraphError;
use crate::faults::MediaFault;
use crate::shared::Shared;

/// An HTML page.
pub(super) fn page(code: u16, body: impl Into<String>) -> Response {
    let status = StatusCode::from_u16(code).unwrap_or(StatusCode::BAD_GATEWAY);
    (status, [(CONTENT_TYPE, "text/html; charset=utf-8")], body.into()).into_response()
}

pub(super) fn sorry(code: u16) -> Response {
    page(code, "<html><title>Sorry, something went wrong.</title></html>")
}

/// The answer that replaces the right one; `None` for faults that change or delay it.
pub(super) fn instead(fault: &MediaFault) -> Option<Response> {
    match fault {
        MediaFault::ErrorCode { code, http } => Some(GraphError::coded(*code, *http).into_response()),
        MediaFault::Status { http } => Some(sorry(*http)),
        MediaFault::Redirect { to } => {
            Some((StatusCode::FOUND, [(LOCATION, to.to_string())]).into_response())
        }
        MediaFault::WrongBytes | MediaFault::WrongSize | MediaFault::Cut | MediaFault::Slow { .. } => None,
    }
}

/// Sleeps until `time` has passed or the simulator ends.
pub(super) async fn pause(shared: &Shared, time: Duration) {
    shared.closing.run_until_cancelled(tokio::time::sleep(time)).await;
}
