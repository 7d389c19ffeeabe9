//! `POST` and `DELETE /{phone number id}/block_users`: whom a number has blocked. Each person has an outcome of their own.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/block-users>

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::auth::Token;
use super::error::GraphError;
use crate::fate::digits;
use crate::shared::Shared;
use crate::world::{CustomerId, World};

/// People in one request.
const AT_ONCE: usize = 1000;
/// People on the list of one number.
const LIST: usize = 64_000;

/// Why one person was not blocked.
struct Refused {
    code: i64,
    message: &'static str,
    details: &'static str,
}

pub(crate) async fn block(
    State(shared): State<Arc<Shared>>,
    Path((_, id)): Path<(String, String)>,
    token: Token,
    body: Bytes,
) -> Result<Response, GraphError> {
    let now = (shared.options.now)();
    change(
        &shared,
        &id,
        &token,
        "post",
        &body,
        "added_users",
        |world, user| {
            may_be_blocked(world, &id, user, now).map(|customer| world.blocked.insert((id.clone(), customer)))
        },
    )
}

pub(crate) async fn unblock(
    State(shared): State<Arc<Shared>>,
    Path((_, id)): Path<(String, String)>,
    token: Token,
    body: Bytes,
) -> Result<Response, GraphError> {
    change(
        &shared,
        &id,
        &token,
        "delete",
        &body,
        "removed_users",
        |world, user| {
            let customer = world.customer_by_wa_id(&digits(user)).ok_or(Refused::UNKNOWN)?;
            Ok(world.blocked.remove(&(id.clone(), customer)))
        },
    )
}

impl Refused {
    const UNKNOWN: Self = Self {
        code: 131047,
        message: "Re-engagement required",
        details: "User has not messaged in the last 24 hours",
    };
}

fn may_be_blocked(world: &World, number: &str, user: &str, now: i64) -> Result<CustomerId, Refused> {
    let own = world
        .number(number)
        .map(|number| digits(&number.spec.display_phone_number));
    if own.is_ok_and(|own| own == digits(user)) {
        return Err(Refused {
            code: 131021,
            message: "Self block",
            details: "The number cannot block itself",
        });
    }
    let customer = world.customer_by_wa_id(&digits(user)).ok_or(Refused::UNKNOWN)?;
    if !world.window_is_open(number, customer, now) {
        return Err(Refused::UNKNOWN);
    }
    let listed = world.blocked.iter().filter(|(of, _)| of == number).count();
    if listed >= LIST {
        return Err(Refused {
            code: 139101,
            message: "Blocklist limit reached",
            details: "The list has 64,000 people",
        });
    }
    Ok(customer)
}

fn change(
    shared: &Shared,
    id: &str,
    token: &Token,
    method: &str,
    body: &[u8],
    changed: &str,
    mut one: impl FnMut(&mut World, &str) -> Result<bool, Refused>,
) -> Result<Response, GraphError> {
    token.sender(&shared.world(), method, id)?;
    let body: Value = serde_json::from_slice(body)
        .map_err(|_| GraphError::parameter("The parameter messaging_product is required."))?;
    if body["messaging_product"] != "whatsapp" {
        return Err(GraphError::parameter(
            "The parameter messaging_product is required.",
        ));
    }
    let users: Option<Vec<&str>> = body["block_users"]
        .as_array()
        .and_then(|users| users.iter().map(|user| user["user"].as_str()).collect());
    let users = users.ok_or_else(|| GraphError::parameter("The parameter block_users is required."))?;
    if users.len() > AT_ONCE {
        return Err(GraphError::coded(130429, 400));
    }
    let (mut done, mut failed) = (Vec::new(), Vec::new());
    shared.change(|world| {
        for user in users {
            match one(world, user) {
                Ok(_) => done.push(json!({ "input": user, "wa_id": digits(user) })),
                Err(why) => failed.push(json!({
                    "input": user,
                    "wa_id": digits(user),
                    "errors": [{
                        "message": why.message,
                        "code": why.code,
                        "error_data": { "details": why.details },
                    }],
                })),
            }
        }
    });
    if failed.is_empty() {
        let list = json!({ "messaging_product": "whatsapp", "block_users": { changed: done } });
        return Ok(Json(list).into_response());
    }
    let answer = json!({
        "messaging_product": "whatsapp",
        "block_users": { changed: done, "failed_users": failed },
        "error": {
            "message": "(#139100) Failed to block/unblock users",
            "type": "OAuthException",
            "code": 139100,
            "error_data": { "details": "See the list of users for the reasons" },
        },
    });
    Ok((StatusCode::BAD_REQUEST, Json(answer)).into_response())
}
