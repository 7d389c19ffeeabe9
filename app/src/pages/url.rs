//! The id in a page's address.

use crate::api::{ApiError, ApiResult};
use domain::refusal::Refusal;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use std::str::FromStr;

/// The id in the URL; `None` if it cannot be parsed.
pub fn id_in_url<T>() -> Memo<Option<T>>
where
    T: FromStr + PartialEq + Send + Sync + 'static,
{
    let params = use_params_map();
    Memo::new(move |_| params.with(|params| params.get("id")?.parse().ok()))
}

/// Unparsable ids map to `NotFound`.
pub fn known<T>(id: Option<T>) -> ApiResult<T> {
    id.ok_or(ApiError::Refused(Refusal::NotFound))
}
