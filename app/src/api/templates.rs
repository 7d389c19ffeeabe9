//! Message templates: those of each channel's account, and those that an operator may choose from.

use super::{error::ApiError, rpc::Rpc};
#[cfg(feature = "ssr")]
use super::{
    guard::{actor, engine},
    plain_form,
};
use domain::{
    ids::{ChannelId, SessionId},
    template::{Account, Found},
};
use leptos::prelude::*;

/// The page.
pub const PATH: &str = "/templates";

/// The templates of every channel's account that mention what is wanted.
///
/// # Errors
/// Not an administrator.
#[server(prefix = "/rpc", endpoint = "templates/accounts", protocol = Rpc)]
pub async fn accounts(#[server(default)] search: String) -> Result<Vec<Account>, ApiError> {
    Ok(engine::templates::accounts(&engine()?, &actor().await?, &search).await?)
}

/// Asks Meta for the templates of a channel's account.
///
/// # Errors
/// Not an administrator, or shortly after the last time.
#[server(prefix = "/rpc", endpoint = "templates/refresh", protocol = Rpc)]
pub async fn refresh_templates(channel: ChannelId) -> Result<(), ApiError> {
    engine::templates::refresh(&engine()?, &actor().await?, channel).await?;
    plain_form::redirect(PATH);
    Ok(())
}

/// The templates that may be sent in a session and that mention what is wanted.
///
/// # Errors
/// Not visible to the caller.
#[server(prefix = "/rpc", endpoint = "templates/choices", protocol = Rpc)]
pub async fn template_choices(
    session: SessionId,
    #[server(default)] search: String,
) -> Result<Found, ApiError> {
    Ok(engine::templates::choices(&engine()?, &actor().await?, session, &search).await?)
}
