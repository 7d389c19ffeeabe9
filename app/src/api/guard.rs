//! Identifies the caller. Every server function starts with [`actor`], except the log-in functions.

use super::{
    error::{ApiError, ApiResult},
    visitor::{AUTHENTICATED_AT, Visitor},
};
use crate::i18n::Locale;
use domain::{
    access::{Actor, Me, Permission},
    language::Language,
    refusal::Refusal,
    time::Timestamp,
};
use engine::{Engine, access::log_in::Caller};
use http::request::Parts;
use leptos::prelude::use_context;
use std::{net::IpAddr, time::Duration};
use tower_sessions::Session;

/// How long a proof of who somebody is is enough for changes that ask for it.
const AUTHENTICATED_FOR: Duration = Duration::from_secs(10 * 60);

/// The caller's address. The server puts it into the request's extensions: it knows which proxies to trust.
#[derive(Debug, Clone, Copy)]
pub struct ClientAddress(pub IpAddr);

/// The engine that answers this request.
pub fn engine() -> ApiResult<Engine> {
    use_context().ok_or_else(|| ApiError::internal(&"no engine in the context"))
}

/// The engine's current time.
pub fn now() -> Timestamp {
    use_context::<Engine>().map_or_else(|| Timestamp::from_millis(0), |engine| engine.clock().now())
}

/// The caller's web session.
pub async fn web_session() -> ApiResult<Session> {
    leptos_axum::extract()
        .await
        .map_err(|error| ApiError::internal(&error))
}

/// The caller's browser.
pub async fn visitor() -> ApiResult<Visitor> {
    let headers = use_context::<Parts>()
        .map(|parts| parts.headers)
        .unwrap_or_default();
    Ok(Visitor::new(
        engine()?,
        web_session().await?,
        &headers,
        client_address(),
    ))
}

/// The caller's address, if the server has provided it.
pub fn client_address() -> Option<IpAddr> {
    let parts = use_context::<Parts>()?;
    parts.extensions.get::<ClientAddress>().map(|address| address.0)
}

/// The cookie that the caller's browser has if somebody has logged in there before.
pub fn browser() -> Option<String> {
    let parts = use_context::<Parts>()?;
    let name = crate::prefs::browser_cookie_name(engine().ok()?.is_behind_https());
    crate::prefs::cookie_in(&parts.headers, name).map(str::to_owned)
}

/// Where the caller types a password. `browser`: [`browser`].
pub fn caller(browser: Option<&str>) -> Caller<'_> {
    Caller {
        address: client_address(),
        browser,
    }
}

/// The language of the caller's page.
pub fn language() -> Language {
    let parts = use_context::<Parts>();
    match parts.map(|parts| crate::prefs::language_of(&parts.headers)) {
        Some(Locale::cs) => Language::Cs,
        Some(Locale::en) | None => Language::En,
    }
}

/// The user who is logged in.
///
/// # Errors
/// [`ApiError::SignIn`] when nobody is, or the user is gone or disabled.
pub async fn actor() -> ApiResult<Actor> {
    me().await.map(Actor::User)
}

/// The same as a user.
///
/// # Errors
/// As [`actor`].
pub async fn me() -> ApiResult<Me> {
    user().await?.ok_or_else(|| ApiError::SignIn.sent())
}

/// The same; `None` when nobody is logged in.
pub async fn user() -> ApiResult<Option<Me>> {
    visitor().await?.user().await
}

/// For changes by which somebody at a colleague's desk could stay inside or listen: users, tokens, webhooks, secrets, second
/// factors.
///
/// # Errors
/// [`Refusal::Reauthenticate`] when the caller's last proof of who they are is older than ten minutes.
pub async fn reauthenticated() -> ApiResult<()> {
    let at: Option<Option<Timestamp>> = web_session().await?.get(AUTHENTICATED_AT).await?;
    match at.flatten().is_some_and(|at| now().since(at) < AUTHENTICATED_FOR) {
        true => Ok(()),
        false => Err(ApiError::Refused(Refusal::Reauthenticate).sent()),
    }
}

/// [`reauthenticated`], for changes that are not everybody's.
pub async fn entitled(actor: &Actor, permission: Permission) -> ApiResult<()> {
    actor.require(permission).map_err(engine::Error::from)?;
    reauthenticated().await
}
