//! The REST API: the console's use cases, for scripts. One file per noun.
//!
//! Every request carries `Authorization: Bearer TOKEN`; without a valid token the answer is always 401. The type of a
//! handler's first argument names the scope that it needs. Errors are problem+json (RFC 9457).

pub mod audit;
pub mod canned_replies;
pub mod channel_change;
pub mod channel_costs;
pub mod channel_health;
pub mod channels;
pub mod conditions;
pub mod contact_details;
pub mod contacts;
pub mod cost_settings;
pub mod costs;
pub mod deliveries;
pub mod document;
pub mod events;
pub mod extensions;
pub mod idempotency;
pub mod json;
pub mod key;
pub mod labels;
pub mod list;
pub mod merged_contacts;
pub mod messages;
pub mod notes;
pub mod operations;
pub mod parameters;
pub mod problem;
pub mod queues;
pub mod rate_limit;
pub mod reference;
pub mod routes;
pub mod search;
pub mod session_log;
pub mod sessions;
pub mod templates;
pub mod version;
pub mod webhooks;

use super::{body_limit, state::Http};
use axum::{
    extract::{FromRequestParts, Path, Request, State},
    http::{HeaderMap, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use domain::{
    access::{Actor, Bound, Scope},
    time::Timestamp,
};
use engine::Engine;
use problem::Problem;
use std::str::FromStr;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// Whoever holds the token.
#[derive(Debug, Clone)]
pub struct Caller(pub Actor);

impl Caller {
    /// # Errors
    /// 401 without a known token, 503 if the token cannot be looked up.
    pub async fn of(engine: &Engine, headers: &HeaderMap) -> Result<Self, Problem> {
        let unauthorized = || {
            Problem::of(
                StatusCode::UNAUTHORIZED,
                "send the header Authorization: Bearer TOKEN",
            )
        };
        let token = bearer(headers).ok_or_else(unauthorized)?;
        let actor = engine::access::api_tokens::authenticate(engine, token).await?;
        actor.map(Self).ok_or_else(unauthorized)
    }

    /// Whether the token of an open answer still works. A database that cannot tell says nothing against it.
    pub async fn still_works(engine: &Engine, token: &str) -> bool {
        let actor = engine::access::api_tokens::authenticate(engine, token).await;
        !matches!(actor, Ok(None))
    }

    /// # Errors
    /// 403 if the token's scope is narrower, or if it is bound and this is for administrators.
    pub fn require(&self, needed: Scope) -> Result<(), Problem> {
        match &self.0 {
            Actor::Token { scope, bound, .. }
                if scope.includes(needed) && (bound.is_none() || Bound::fits(needed)) =>
            {
                Ok(())
            }
            _ => Err(Problem::of(
                StatusCode::FORBIDDEN,
                format!("this needs a token with the scope {:?}", needed.as_str()),
            )),
        }
    }
}

/// The token of an `Authorization` header.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The layer that authenticates every request under `/api`.
pub async fn authenticate(State(http): State<Http>, mut request: Request, next: Next) -> Response {
    match Caller::of(&http.engine, request.headers()).await {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(problem) => {
            let (head, body) = request.into_parts();
            body_limit::throw_away(&head.headers, body).await;
            problem.into_response()
        }
    }
}

macro_rules! scopes {
    ($($name:ident needs $scope:ident)*) => {$(
        #[doc = concat!("A caller whose token has the scope `", stringify!($scope), "`.")]
        #[derive(Debug)]
        pub struct $name(pub Actor);

        impl<S: Sync> FromRequestParts<S> for $name {
            type Rejection = Problem;

            async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
                let caller = parts.extensions.get::<Caller>();
                let caller = caller.ok_or_else(|| Problem::of(StatusCode::UNAUTHORIZED, "no token"))?;
                caller.require(Scope::$scope)?;
                Ok(Self(caller.0.clone()))
            }
        }
    )*};
}

scopes! {
    Reader needs Read
    Operator needs Operate
    Administrator needs Administer
}

/// The id in the path. Unparsable ids are answered with 404.
#[derive(Debug)]
pub struct Id<T>(pub T);

impl<S: Send + Sync, T: FromStr> FromRequestParts<S> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let text = Path::<String>::from_request_parts(parts, state).await.ok();
        let id = text.and_then(|Path(text)| text.parse().ok());
        id.map(Self)
            .ok_or_else(|| Problem::of(StatusCode::NOT_FOUND, "there is no such thing"))
    }
}

/// Every other address under `/api`.
pub async fn nothing_here() -> Problem {
    Problem::of(StatusCode::NOT_FOUND, "there is nothing at this address")
}

/// RFC 3339 in UTC. Times beyond the year 9999 come out as 1970.
pub fn time(at: Timestamp) -> String {
    let nanos = i128::from(at.millis()) * 1_000_000;
    let at = OffsetDateTime::from_unix_timestamp_nanos(nanos).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    at.format(&Rfc3339).unwrap_or_default()
}

/// What a text in RFC 3339 says; `None`: it is in another form.
pub fn time_of(text: &str) -> Option<Timestamp> {
    let at = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    let millis = i64::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap_or_default();
    Some(Timestamp::from_millis(millis))
}

/// The time in a field of this name.
fn parsed_time(name: &str, text: &str) -> Result<Timestamp, Problem> {
    time_of(text).ok_or_else(|| {
        Problem::of(
            StatusCode::BAD_REQUEST,
            format!("{name} must be a time such as 2026-11-22T22:00:00Z"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_utc() {
        assert_eq!(
            time(Timestamp::from_millis(1_795_384_800_120)),
            "2026-11-22T22:00:00.12Z"
        );
        assert_eq!(time(Timestamp::from_millis(i64::MAX)), "1970-01-01T00:00:00Z");
    }
}
