//! Who may call: a known token in `Authorization: Bearer`, and nowhere else.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use secrecy::ExposeSecret as _;

use super::GraphError;
use crate::Shared;
use crate::world::{TokenState, World};

/// A valid token with WhatsApp permissions.
#[derive(Debug)]
pub(crate) struct Token(pub String);

impl FromRequestParts<Arc<Shared>> for Token {
    type Rejection = GraphError;

    async fn from_request_parts(parts: &mut Parts, shared: &Arc<Shared>) -> Result<Self, GraphError> {
        let token = bearer(&parts.headers).ok_or_else(GraphError::no_token)?;
        check(&shared.world(), token)?;
        Ok(Self(token.to_owned()))
    }
}

pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let token = value.strip_prefix("Bearer ")?.trim();
    (!token.is_empty()).then_some(token)
}

pub(crate) fn check(world: &World, token: &str) -> Result<(), GraphError> {
    match world.tokens.get(token) {
        Some(TokenState::Valid) => Ok(()),
        Some(TokenState::Expired) => Err(GraphError::expired_token()),
        Some(TokenState::Revoked) => Err(GraphError::revoked_token()),
        Some(TokenState::Powerless) => Err(GraphError::no_permission()),
        None => Err(GraphError::unknown_token()),
    }
}

/// Whether this is `{app id}|{app secret}` of an app that exists; returns the app's id.
pub(crate) fn app_of(world: &World, token: &str) -> Option<String> {
    let (id, secret) = token.split_once('|')?;
    let app = world.apps.get(id)?;
    (app.secret.expose_secret() == secret).then(|| id.to_owned())
}
