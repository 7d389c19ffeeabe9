//! Authorisation: a known token in `Authorization: Bearer` and nowhere else, and the objects that it may see.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use secrecy::ExposeSecret as _;
use whatsapp::signature;

use super::error::GraphError;
use crate::shared::Shared;
use crate::world::{self, MANAGEMENT, MESSAGING, Number, REGISTERED, TokenState, World};

/// A valid token with any permissions.
#[derive(Debug)]
pub(crate) struct Token {
    pub(crate) text: String,
    pub(crate) known: world::Token,
}

impl FromRequestParts<Arc<Shared>> for Token {
    type Rejection = GraphError;

    async fn from_request_parts(parts: &mut Parts, shared: &Arc<Shared>) -> Result<Self, GraphError> {
        let token = bearer(&parts.headers).ok_or_else(GraphError::no_token)?;
        let world = shared.world();
        let known = check(&world, token, shared.now_seconds())?;
        check_proof(&world, token, &known, parts)?;
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

    /// A number that the token may read.
    ///
    /// # Errors
    /// Graph's error, which is the same for an object that does not exist and for one that is hidden.
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

    /// A number that the token may send from.
    ///
    /// # Errors
    /// The number does not exist, is hidden from the token, or is not registered.
    pub(crate) fn sender<'w>(
        &self,
        world: &'w World,
        method: &str,
        id: &str,
    ) -> Result<&'w Number, GraphError> {
        self.require(MESSAGING)?;
        let number = world
            .numbers
            .get(id)
            .filter(|number| self.known.sees(&number.spec.waba_id))
            .ok_or_else(|| GraphError::no_object(method, id))?;
        if number.platform_type != REGISTERED {
            return Err(GraphError::coded(133010, 400));
        }
        Ok(number)
    }

    /// # Errors
    /// The WABA does not exist or is hidden from the token.
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

/// Checks that a token is known and neither expired nor revoked.
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

/// A proof that is sent is checked, even if the app does not require one.
/// <https://developers.facebook.com/docs/graph-api/guides/secure-requests#appsecret_proof>
fn check_proof(world: &World, token: &str, known: &world::Token, parts: &Parts) -> Result<(), GraphError> {
    let query = parts.uri.query().unwrap_or_default();
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    let Some((_, proof)) = pairs.find(|(name, _)| name == "appsecret_proof") else {
        return Ok(());
    };
    let app = known.app_id.as_ref().and_then(|id| world.apps.get(id));
    let right = app.is_some_and(|app| signature::digest(&app.secret, token.as_bytes()) == proof);
    if right {
        Ok(())
    } else {
        Err(GraphError::wrong_proof())
    }
}

/// The app whose token is `{app id}|{app secret}`; `None` if the token does not have this form.
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
