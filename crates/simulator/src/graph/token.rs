//! `GET /debug_token`: inspects a token, on behalf of its app or of the token itself.
//! <https://developers.facebook.com/docs/graph-api/reference/debug_token>

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use serde_json::{Value, json};

use super::auth;
use super::error::GraphError;
use super::params::Params;
use crate::shared::Shared;
use crate::world::{Token, TokenState};

pub(crate) async fn debug(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    params: Params,
) -> Result<Json<Value>, GraphError> {
    let world = shared.world();
    let now = shared.now_seconds();
    let asking = auth::bearer(&headers).or_else(|| params.text("access_token"));
    let asking = asking.ok_or_else(GraphError::no_token)?;
    let app = auth::app_of(&world, asking).transpose()?;
    if app.is_none() && !auth::check(&world, asking, now)?.inspects_itself {
        return Err(GraphError::parameter(
            "You must provide an app access token, or a user access token that is an owner or developer of the app",
        ));
    }
    let asked = params.required("input_token")?;
    let known = world.tokens.get(asked);
    let of_known = known.and_then(|known| known.app_id.as_ref());
    if let (Some(asking), Some(owner)) = (&app, of_known)
        && asking != owner
    {
        return Err(GraphError::parameter(
            "The App_id in the input_token did not match the Viewing App",
        ));
    }
    let invalid = |subcode: Option<i64>, message: &str| {
        let mut error = json!({ "code": 190, "message": message });
        if let Some(subcode) = subcode {
            error["subcode"] = json!(subcode);
        }
        Json(json!({ "data": { "app_id": of_known, "error": error, "is_valid": false, "scopes": [] } }))
    };
    let unreadable = || invalid(None, "Invalid OAuth access token - Cannot parse access token");
    let Some(known) = known else {
        return Ok(unreadable());
    };
    let expired = known.expires_at != 0 && known.expires_at <= now;
    Ok(match known.state {
        TokenState::Malformed => unreadable(),
        TokenState::Expired => invalid(Some(463), "Session has expired."),
        TokenState::Revoked => invalid(Some(467), "The session is invalid because the user logged out."),
        TokenState::Valid | TokenState::Powerless if expired => invalid(Some(463), "Session has expired."),
        TokenState::Valid | TokenState::Powerless => Json(valid(known)),
    })
}

/// `GET /me`: the owner of the token.
pub(crate) async fn me(token: auth::Token) -> Json<Value> {
    let app_id = token.known.app_id.unwrap_or_default();
    Json(json!({ "id": format!("12210{app_id}") }))
}

fn valid(token: &Token) -> Value {
    let scopes: Vec<&String> = token.scopes.iter().filter(|scope| token.has(scope)).collect();
    let granular = scopes.iter().map(|scope| {
        let mut granular = json!({ "scope": scope });
        if token.tells_wabas && !token.wabas.is_empty() {
            granular["target_ids"] = json!(token.wabas);
        }
        granular
    });
    json!({ "data": {
        "app_id": token.app_id,
        "type": token.kind,
        "is_valid": true,
        "issued_at": 1_767_225_600,
        "expires_at": token.expires_at,
        "data_access_expires_at": 0,
        "scopes": scopes,
        "granular_scopes": granular.collect::<Vec<Value>>(),
    }})
}
