//! Identifies the caller. Every server function starts with [`actor`], except the log-in functions.

use super::error::{ApiError, ApiResult};
use domain::{access::Actor, ids::UserId, time::Timestamp};
use engine::Engine;
use http::request::Parts;
use leptos::prelude::use_context;
use std::net::IpAddr;
use tower_sessions::Session;

/// The key under which a web session holds the id of its user.
pub const USER: &str = "person";

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

/// The caller's address, if the server has provided it.
pub fn client_address() -> Option<IpAddr> {
    let parts = use_context::<Parts>()?;
    parts.extensions.get::<ClientAddress>().map(|address| address.0)
}

/// The cookie that the caller's browser has if somebody has logged in there before.
pub fn browser() -> Option<String> {
    let parts = use_context::<Parts>()?;
    crate::prefs::cookie_in(&parts.headers, crate::prefs::BROWSER_COOKIE).map(str::to_owned)
}

/// The user who is logged in.
///
/// # Errors
/// [`ApiError::SignIn`] when nobody is, or the user is gone or disabled.
pub async fn actor() -> ApiResult<Actor> {
    let user: Option<UserId> = web_session()
        .await?
        .get(USER)
        .await
        .map_err(|error| ApiError::internal(&error))?;
    let Some(user) = user else {
        return Err(ApiError::SignIn.sent());
    };
    match engine::access::users::me(&engine()?, user).await? {
        Some(me) => Ok(Actor::User(me)),
        None => Err(ApiError::SignIn.sent()),
    }
}
