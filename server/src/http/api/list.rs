//! Lists: `?limit=1..200&cursor=…` in, `{"items": […], "next_cursor": …}` out.

use super::problem::Problem;
use axum::{
    Json,
    extract::{FromRequestParts, Query},
    http::{StatusCode, request::Parts},
};
use domain::page::{MAX_PAGE, Page, PageRequest};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::openapi::path::{Parameter, ParameterIn};

/// The query parameters; errors are a `Problem` in this API's own words instead of axum's.
#[derive(Debug)]
pub struct Asked<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let asked = Query::from_request_parts(parts, state).await;
        asked.map(|Query(asked)| Self(asked)).map_err(|_| {
            Problem::of(
                StatusCode::BAD_REQUEST,
                "each parameter of the address may be given once, and with a value that there is",
            )
        })
    }
}

/// The page of a list that the request asks for.
#[derive(Debug)]
pub struct Wanted(pub PageRequest);

#[derive(Debug, Deserialize, utoipa::IntoParams)]
struct Parameters {
    /// Maximum number of items; 50 if missing.
    #[param(value_type = u32, required = false, minimum = 1, maximum = 200)]
    limit: Option<String>,
    /// `next_cursor` of the page before.
    #[param(value_type = String, required = false)]
    cursor: Option<String>,
}

impl utoipa::IntoParams for Wanted {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        <Parameters as utoipa::IntoParams>::into_params(|| Some(ParameterIn::Query))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Wanted {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Asked(Parameters { limit, cursor }) = Asked::from_request_parts(parts, state).await?;
        Ok(Self(PageRequest {
            limit: limit.as_deref().map(parsed_limit).transpose()?,
            cursor,
        }))
    }
}

/// The number in a parameter `limit`.
///
/// # Errors
/// 400 for anything but a number from 1 to [`MAX_PAGE`].
pub fn parsed_limit(text: &str) -> Result<u32, Problem> {
    match text.parse() {
        Ok(limit @ 1..=MAX_PAGE) => Ok(limit),
        _ => Err(Problem::of(
            StatusCode::BAD_REQUEST,
            format!("limit must be a number from 1 to {MAX_PAGE}"),
        )),
    }
}

/// Converts a page of `T` into a JSON page of `U`.
pub fn page<T, U: Serialize>(page: Page<T>, write: impl FnMut(T) -> U) -> Json<Page<U>> {
    Json(page.map(write))
}
