//! Whether this browser is told of alerts while the console is closed.

#[cfg(feature = "ssr")]
use super::guard::{self, actor, engine, web_session};
use super::{error::ApiError, rpc::Rpc};
use leptos::prelude::*;

/// The key to which browsers subscribe; `None` where the settings allow no pushes.
#[server(prefix = "/rpc", endpoint = "push/key", protocol = Rpc)]
pub async fn push_key() -> Result<Option<String>, ApiError> {
    let actor = actor().await?;
    Ok(engine::push::public_key(&engine()?, &actor).await?)
}

/// Tells this browser of alerts, as long as it is logged in. The service worker calls it, too.
///
/// # Errors
/// The browser named what no browser does.
#[server(prefix = "/rpc", endpoint = "push/subscribe", protocol = Rpc)]
pub async fn subscribe_push(
    #[server(default)] endpoint: String,
    #[server(default)] p256dh: String,
    #[server(default)] auth: String,
) -> Result<(), ApiError> {
    let actor = actor().await?;
    let login = web_session().await?.id().ok_or(ApiError::SignIn)?.to_string();
    let form = domain::push::Subscription {
        endpoint,
        p256dh,
        auth,
    };
    let language = guard::language();
    Ok(engine::push::subscribe(&engine()?, &actor, &login, &form, language).await?)
}

/// Tells it no more.
#[server(prefix = "/rpc", endpoint = "push/unsubscribe", protocol = Rpc)]
pub async fn unsubscribe_push(#[server(default)] endpoint: String) -> Result<(), ApiError> {
    let actor = actor().await?;
    Ok(engine::push::unsubscribe(&engine()?, &actor, &endpoint).await?)
}
