//! What came from Meta and could not be applied.

use super::ApiError;
#[cfg(feature = "ssr")]
use super::guard::{actor, engine};
use domain::{delivery::DeadLetter, page::Page};
use leptos::prelude::*;

/// A page of dead letters, newest first.
#[server(prefix = "/rpc", endpoint = "deliveries/dead")]
pub async fn dead_letters(#[server(default)] cursor: Option<String>) -> Result<Page<DeadLetter>, ApiError> {
    let actor = actor().await?;
    let page = domain::page::PageRequest { limit: None, cursor };
    Ok(engine::dead_letters::list(&engine()?, &actor, &page).await?)
}
