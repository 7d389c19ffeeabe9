//! Log-in sessions: a cookie holds a random id, the database the rest.
//!
//! The cookie lives as long as the longest session. This module ends a session by the engine's clock: after
//! `session_idle_hours` without a request, and `session_days` after the log-in in any case.

use super::{cookies::change_cookies, state::Http};
use app::api::{
    auth::{LogOut, LogOutEverywhere},
    visitor::{ADDRESS, DEVICE, PROOF, USER},
};
use async_trait::async_trait;
use axum::{
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::Response,
};
use domain::{
    access::{Actor, Me},
    ids::UserId,
    time::Timestamp,
};
use engine::{
    Engine,
    access::{
        proof::Proof,
        users,
        web_sessions::{self, Login},
    },
};
use leptos::server_fn::ServerFn;
use serde::de::DeserializeOwned;
use std::time::Duration;
use time::OffsetDateTime;
use tower_sessions::{
    Expiry, Session, SessionManagerLayer, SessionStore,
    cookie::SameSite,
    session::{Id, Record},
    session_store::{Error, Result},
};

/// The cookie's name. Behind https no other host can set it, not even a subdomain: browsers see to that by the name
/// (<https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Set-Cookie#cookie_prefixes>).
const fn cookie_name(https: bool) -> &'static str {
    match https {
        true => "__Host-switchboard_session",
        false => "switchboard_session",
    }
}

/// The session's key for its start, beside the keys of the pages.
const BEGUN: &str = "begun";
/// A session is prolonged only if that gains at least this much, so that not every request writes.
const PROLONG_AFTER: Duration = Duration::from_secs(5 * 60);

/// The layer that loads the session for pages and server functions.
pub fn layer(http: &Http) -> SessionManagerLayer<Store> {
    let security = &http.settings.security;
    let store = Store {
        engine: http.engine.clone(),
        idle: security.session_idle_hours,
        longest: security.session_days,
    };
    let https = http.public_url.scheme() == "https";
    let longest = time::Duration::try_from(security.session_days).unwrap_or(time::Duration::WEEK);
    SessionManagerLayer::new(store)
        .with_name(cookie_name(https))
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_secure(https)
        .with_expiry(Expiry::OnInactivity(longest))
}

/// Only a log-out removes the cookie. A session may have got a new id while a request of another tab was on its way with
/// the old one: if its answer came last and removed the cookie, the browser would be logged out.
pub async fn keep_cookie(State(http): State<Http>, request: Request, next: Next) -> Response {
    let logs_out = [LogOut::PATH, LogOutEverywhere::PATH].contains(&request.uri().path());
    let mut response = next.run(request).await;
    if !logs_out {
        let removal = format!("{}=;", cookie_name(http.public_url.scheme() == "https"));
        change_cookies(response.headers_mut(), |cookie| {
            let removes = cookie.as_bytes().starts_with(removal.as_bytes());
            (!removes).then_some(cookie)
        });
    }
    response
}

/// The user who is logged in.
///
/// # Errors
/// 401 if nobody is logged in, or the user is gone or disabled; 503 if the database cannot tell.
pub async fn user(engine: &Engine, session: &Session) -> std::result::Result<Me, StatusCode> {
    let user = session.get::<UserId>(USER).await;
    let user = user.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    let me = users::me(engine, user.ok_or(StatusCode::UNAUTHORIZED)?).await;
    me.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?
        .ok_or(StatusCode::UNAUTHORIZED)
}

/// Whether the user is still logged in with this session, and has the rights that they had. A database that cannot tell
/// says nothing against it.
pub async fn is_as_before(engine: &Engine, session: &str, me: &Me) -> bool {
    let in_session = web_sessions::load(engine, session).await;
    let user = users::me(engine, me.id).await;
    let is_out = matches!(in_session, Ok(None));
    let has_changed = user.is_ok_and(|now| now.as_ref() != Some(me));
    !is_out && !has_changed
}

/// Whether somebody has logged in with this session; they may be disabled by now.
pub async fn has_begun(session: &Session) -> bool {
    matches!(session.get::<UserId>(USER).await, Ok(Some(_)))
}

/// Sessions in the engine's database.
#[derive(Debug, Clone)]
pub struct Store {
    engine: Engine,
    idle: Duration,
    longest: Duration,
}

impl Store {
    fn ends(&self, record: &Record) -> Timestamp {
        let now = self.engine.clock().now();
        let begun = record.data.get(BEGUN).and_then(|value| value.as_i64());
        let begun = begun.map_or(now, Timestamp::from_millis);
        now.plus(self.idle).min(begun.plus(self.longest))
    }
}

#[async_trait]
impl SessionStore for Store {
    /// Called at the log-in, which gives the session a new id. One that may not begin any more is emptied.
    async fn create(&self, record: &mut Record) -> Result<()> {
        let now = self.engine.clock().now();
        record.data.insert(BEGUN.to_owned(), now.millis().into());
        let proof: Option<Proof> = held(record, PROOF);
        record.data.remove(PROOF);
        let login = Login {
            user: held(record, USER),
            device: held(record, DEVICE),
            address: held(record, ADDRESS),
            begun_at: Some(now),
        };
        let (id, data, ends) = (record.id.to_string(), encoded(record)?, self.ends(record));
        let me = match login.user {
            Some(user) => users::me(&self.engine, user).await.map_err(broken)?,
            None => None,
        };
        let actor = me.map_or(Actor::System, Actor::User);
        let begun = web_sessions::begin(&self.engine, &actor, &id, &data, login, proof.as_ref(), ends);
        if !begun.await.map_err(broken)? {
            record.data.clear();
        }
        Ok(())
    }

    /// A log-in that was ended at the same moment is not undone.
    async fn save(&self, record: &Record) -> Result<()> {
        let (id, ends) = (record.id.to_string(), self.ends(record));
        web_sessions::replace(&self.engine, &id, &encoded(record)?, ends)
            .await
            .map_err(broken)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let Some(stored) = web_sessions::load(&self.engine, &id.to_string())
            .await
            .map_err(broken)?
        else {
            return Ok(None);
        };
        let data = serde_json::from_str(&stored.data).map_err(|error| Error::Decode(error.to_string()))?;
        // The session layer computes this anew for each save, and nobody else reads it.
        let record = Record {
            id: *id,
            data,
            expiry_date: OffsetDateTime::UNIX_EPOCH,
        };
        if self.ends(&record).since(stored.expires_at) >= PROLONG_AFTER {
            web_sessions::renew(&self.engine, &id.to_string(), self.ends(&record))
                .await
                .map_err(broken)?;
        }
        Ok(Some(record))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        web_sessions::delete(&self.engine, &id.to_string())
            .await
            .map_err(broken)
    }
}

fn encoded(record: &Record) -> Result<String> {
    serde_json::to_string(&record.data).map_err(|error| Error::Encode(error.to_string()))
}

/// A value of the session, if it has one of this type.
fn held<T: DeserializeOwned>(record: &Record, key: &str) -> Option<T> {
    serde_json::from_value(record.data.get(key)?.clone()).ok()
}

fn broken(error: engine::Error) -> Error {
    Error::Backend(error.to_string())
}
