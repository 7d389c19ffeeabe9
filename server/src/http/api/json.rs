//! Reads JSON bodies and answers every error as problem+json.

use super::problem::Problem;
use crate::http::text;
use axum::{
    body::{Bytes, HttpBody},
    extract::{FromRequest, Request},
    http::{HeaderMap, StatusCode, header},
};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};

/// A body of `application/json`.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::of(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "send Content-Type: application/json",
            ));
        }
        let unread = |_| Problem::of(StatusCode::BAD_REQUEST, "the body did not arrive whole");
        let body = Bytes::from_request(request, state).await.map_err(unread)?;
        let unfit = |status, what: &str, error: serde_json::Error| {
            let (line, column) = (error.line(), error.column());
            Problem::of(
                status,
                format!("the body {what}: see line {line}, column {column}"),
            )
        };
        let value: serde_json::Value = serde_json::from_slice(&body)
            .map_err(|error| unfit(StatusCode::BAD_REQUEST, "is not JSON", error))?;
        if text::in_json(&value) {
            let detail = "no text may hold the character U+0000";
            return Err(Problem::of(StatusCode::UNPROCESSABLE_ENTITY, detail));
        }
        // Parsed again from the bytes, not from the value: only then do errors have a line and a column. It is JSON, whatever
        // the parser says of it now: it takes `null` in place of a word for a mistake in writing.
        serde_json::from_slice(&body).map(Self).map_err(|error| {
            let what = "is JSON of another shape than is expected here";
            unfit(StatusCode::UNPROCESSABLE_ENTITY, what, error)
        })
    }
}

/// The same where everything has a default: without a body, that.
#[derive(Debug)]
pub struct JsonIfAny<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Default> FromRequest<S> for JsonIfAny<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        match request.body().is_end_stream() {
            true => Ok(Self(T::default())),
            false => {
                let Json(value) = Json::<Option<T>>::from_request(request, state).await?;
                Ok(Self(value.unwrap_or_default()))
            }
        }
    }
}

/// Reads a field of a change, where one that is missing stays as it is: `null` is not missing. It fits only an `Option` in the
/// `Option`, and is refused elsewhere.
pub fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json")
}
