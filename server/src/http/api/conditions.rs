//! Refuses `If-Match` where an operation compares no versions: it would make the change whatever somebody else has saved, and
//! that is what the caller wants to rule out (<https://www.rfc-editor.org/rfc/rfc9110#section-13.1.1>).

use super::{operations, problem::Problem};
use axum::{
    extract::Request,
    http::{HeaderMap, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

/// The layer for all operations that the document describes.
pub async fn refuse_unheeded(request: Request, next: Next) -> Response {
    let changes = !request.method().is_safe();
    let compares = operations::of(&request).is_none_or(|operation| operation.headers.contains("If-Match"));
    match changes && !compares && names_version(request.headers()) {
        false => next.run(request).await,
        true => Problem::no_version().into_response(),
    }
}

/// `*` only says that there is something to change.
fn names_version(headers: &HeaderMap) -> bool {
    let mut lines = headers.get_all(header::IF_MATCH).iter();
    lines.any(|line| line.as_bytes().trim_ascii() != b"*")
}
