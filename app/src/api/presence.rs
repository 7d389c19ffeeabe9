//! Whether the operator is there for new sessions.

use super::{error::ApiError, rpc::Rpc};
#[cfg(feature = "ssr")]
use super::{
    guard::{actor, engine},
    plain_form,
};
use domain::presence::{Availability, OwnPresence};
use leptos::prelude::*;

/// The caller's own; `None` without an extension.
#[server(name = ReadOwnPresence, prefix = "/rpc", endpoint = "presence/own", protocol = Rpc)]
pub async fn own_presence() -> Result<Option<OwnPresence>, ApiError> {
    let actor = actor().await?;
    Ok(engine::presence::own(&engine()?, &actor).await?)
}

/// Chooses whether the caller is given sessions.
///
/// # Errors
/// The caller has no extension.
#[server(prefix = "/rpc", endpoint = "presence/choose", protocol = Rpc)]
pub async fn choose_availability(availability: Availability) -> Result<(), ApiError> {
    let actor = actor().await?;
    engine::presence::choose(&engine()?, &actor, availability).await?;
    plain_form::redirect("/inbox");
    Ok(())
}

/// A browser tells that nobody is there, or somebody again.
///
/// # Errors
/// The caller has no extension.
#[server(prefix = "/rpc", endpoint = "presence/idle", protocol = Rpc)]
pub async fn set_idle(idle: bool) -> Result<(), ApiError> {
    let actor = actor().await?;
    Ok(engine::presence::set_idle(&engine()?, &actor, idle).await?)
}
