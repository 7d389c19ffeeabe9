//! Refuses parameters that an operation does not have: a filter with a slip of the pen would answer what nobody asked for.

use super::{operations, problem::Problem};
use axum::{
    extract::Request,
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use std::collections::BTreeSet;
use url::form_urlencoded;

/// The layer for all operations that the document describes.
pub async fn refuse_unknown(request: Request, next: Next) -> Response {
    let known = operations::of(&request).map(|operation| &operation.query);
    let query = request.uri().query().unwrap_or_default();
    let is_known = |known: &BTreeSet<String>| {
        form_urlencoded::parse(query.as_bytes()).all(|(name, _)| known.contains(name.as_ref()))
    };
    match known.filter(|known| !is_known(known)) {
        None => next.run(request).await,
        Some(known) => Problem::of(StatusCode::BAD_REQUEST, asks_for(known)).into_response(),
    }
}

fn asks_for(known: &BTreeSet<String>) -> String {
    let names: Vec<&str> = known.iter().map(String::as_str).collect();
    match names.is_empty() {
        true => "the address has a parameter, and this operation has none".to_owned(),
        false => format!(
            "the address has a parameter that this operation does not have; it has {}",
            names.join(", ")
        ),
    }
}
