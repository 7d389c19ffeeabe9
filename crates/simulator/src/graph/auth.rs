//! Who may call: a known token in `Authorization: Bearer`, and nowhere else; and what it may see.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use secrecy::ExposeSecret as _;

use super::GraphError;
use crate::Shared;
use crate::world::{self, MANAGEMENT, Number, TokenState, World};

/// A valid token, whatever it may do.
#[derive(Debug)]
pub(crate) struct Token {
    pub(crate) text: String,
    pub(crate) known: world::Token,
}

impl FromRequestParts<Arc<Shared>> for Token {
    type Rejection = GraphError;

    async fn from_request_parts(parts: &mut Parts, shared: &Arc<Shared>) -> Result<Self, GraphError> {
        let token = bearer(&parts.headers).ok_or_else(GraphError::no_token)?;
        let known = check(&shared.world(), token, shared.now_seconds())?;
        Ok(Self {
            text: token.to_owned(),
            known,
        })
    }
}

impl Token {
    /// # Errors
    /// The token lacks the scope.
    pub(crate) fn require(&self, scope: &str) -> Result<(), GraphError> {
        if self.known.has(scope) {
            Ok(())
        } else {
            Err(GraphError::no_permission())
        }
    }

    /// A number that the token may look at.
    ///
    /// # Errors
    /// As Graph answers for what is not there and for what may not be seen, which are the same.
    pub(crate) fn number<'w>(
        &self,
        world: &'w World,
        method: &str,
        id: &str,
    ) -> Result<&'w Number, GraphError> {
        self.require(MANAGEMENT)?;
        let number = world.numbers.get(id);
        number
            .filter(|number| self.known.sees(&number.spec.waba_id))
            .ok_or_else(|| GraphError::no_object(method, id))
    }

    /// # Errors
    /// There is no such WABA, or it may not be seen.
    pub(crate) fn waba(&self, world: &World, method: &str, id: &str) -> Result<(), GraphError> {
        self.require(MANAGEMENT)?;
        if world.waba_exists(id) && self.known.sees(id) {
            Ok(())
        } else {
            Err(GraphError::no_object(method, id))
        }
    }
}

pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let token = value.strip_prefix("Bearer ")?.trim();
    (!token.is_empty()).then_some(token)
}

/// A token that is known and has neither expired nor been revoked.
pub(crate) fn check(world: &World, token: &str, now: i64) -> Result<world::Token, GraphError> {
    let known = world.tokens.get(token).ok_or_else(GraphError::unknown_token)?;
    match known.state {
        TokenState::Expired => Err(GraphError::expired_token()),
        TokenState::Revoked => Err(GraphError::revoked_token()),
        TokenState::Malformed => Err(GraphError::unknown_token()),
        _ if known.expires_at != 0 && known.expires_at <= now => Err(GraphError::expired_token()),
        TokenState::Valid | TokenState::Powerless => Ok(known.clone()),
    }
}

/// The app that speaks by `{app id}|{app secret}`; `None` when the token is not of that form.
pub(crate) fn app_of(world: &World, token: &str) -> Option<Result<String, GraphError>> {
    let (id, secret) = token.split_once('|')?;
    let right = world
        .apps
        .get(id)
        .is_some_and(|app| app.secret.expose_secret() == secret);
    Some(if right {
        Ok(id.to_owned())
    } else {
        Err(GraphError::bad_app_token())
    })
}
