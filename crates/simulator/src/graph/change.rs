//! What all changes share: the verification of the address first, and the answer.

use serde_json::{Value, json};

use super::error::GraphError;
use crate::handshake;
use crate::shared::Shared;
use crate::world::Callback;

/// Graph's answer to a successful change.
pub(super) fn success() -> axum::Json<Value> {
    axum::Json(json!({ "success": true }))
}

/// An address that has answered the handshake.
pub(super) async fn verified(
    shared: &Shared,
    address: &str,
    verify_token: &str,
) -> Result<Callback, GraphError> {
    let verified = handshake::verify(&shared.http, address, verify_token).await;
    let url = verified.map_err(|error| GraphError::handshake(&error))?;
    Ok(Callback { url })
}
