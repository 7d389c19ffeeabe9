//! JSON bodies, with every error as a problem.

use super::problem::Problem;
use crate::http::webhook::is_too_large;
use axum::{
    extract::{FromRequest, Request},
    http::{HeaderMap, StatusCode, header},
};
use http_body_util::BodyExt as _;
use serde::de::DeserializeOwned;

/// A body of `application/json`.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::of(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "send Content-Type: application/json",
            ));
        }
        let body = request
            .into_body()
            .collect()
            .await
            .map_err(|error| match is_too_large(&error) {
                true => Problem::of(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large"),
                false => Problem::of(StatusCode::BAD_REQUEST, "the body did not arrive whole"),
            })?;
        serde_json::from_slice(&body.to_bytes())
            .map(Self)
            .map_err(|error| {
                let status = match error.is_data() {
                    true => StatusCode::UNPROCESSABLE_ENTITY,
                    false => StatusCode::BAD_REQUEST,
                };
                Problem::of(status, format!("the body is not the JSON expected here: {error}"))
            })
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json")
}
