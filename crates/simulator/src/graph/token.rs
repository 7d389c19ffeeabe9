//! `GET /debug_token`: what a token is worth, asked by an app or by a token about itself.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use serde_json::{Value, json};

use super::params::Params;
use super::{GraphError, auth};
use crate::Shared;
use crate::world::TokenState;

const SCOPES: [&str; 2] = ["whatsapp_business_management", "whatsapp_business_messaging"];

pub(crate) async fn debug(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    params: Params,
) -> Result<Json<Value>, GraphError> {
    let world = shared.world();
    let asking = auth::bearer(&headers).or_else(|| params.text("access_token"));
    let asking = asking.ok_or_else(GraphError::no_token)?;
    if auth::app_of(&world, asking).is_none() {
        auth::check(&world, asking)?;
    }
    let asked = params.required("input_token")?;
    let error = |subcode: Option<i64>, message: &str| {
        let mut error = json!({ "code": 190, "message": message });
        if let Some(subcode) = subcode {
            error["subcode"] = json!(subcode);
        }
        json!({ "data": { "error": error, "is_valid": false, "scopes": [] } })
    };
    let scopes: &[&str] = match world.tokens.get(asked) {
        None => return Ok(Json(error(None, "Invalid OAuth access token."))),
        Some(TokenState::Expired) => return Ok(Json(error(Some(463), "Session has expired."))),
        Some(TokenState::Revoked) => return Ok(Json(error(Some(467), "The session is invalid."))),
        Some(TokenState::Powerless) => &[],
        Some(TokenState::Valid) => &SCOPES,
    };
    let granular: Vec<Value> = scopes.iter().map(|scope| json!({ "scope": scope })).collect();
    Ok(Json(json!({ "data": {
        "app_id": world.apps.keys().next(),
        "type": "SYSTEM_USER",
        "is_valid": true,
        "issued_at": 1_767_225_600,
        "expires_at": 0,
        "data_access_expires_at": 0,
        "scopes": scopes,
        "granular_scopes": granular,
    }})))
}
