//! Meta's webhook. The raw bytes go to the engine as they came; 200 means that they are on disk.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/create-webhook-endpoint>

use super::Http;
use app::api::guard::ClientAddress;
use axum::{
    body::to_bytes,
    extract::{Path, Query, Request, State, rejection::QueryRejection},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use engine::{
    metrics::HANDSHAKES_REFUSED,
    webhook::{Handshake, NotAccepted},
};
use serde::Deserialize;

const SIGNATURE: &str = "x-hub-signature-256";

/// Seconds after which Meta may try again; it keeps to its own plan, other senders may not.
const RETRY_AFTER: &str = "5";

#[derive(Debug, Deserialize)]
pub struct Subscription {
    #[serde(rename = "hub.mode", default)]
    mode: String,
    #[serde(rename = "hub.verify_token", default)]
    verify_token: String,
    #[serde(rename = "hub.challenge", default)]
    challenge: String,
}

/// The handshake when a callback address is set: the challenge goes back verbatim, as plain text.
pub async fn handshake(
    State(http): State<Http>,
    Path(webhook_id): Path<String>,
    query: Result<Query<Subscription>, QueryRejection>,
) -> Response {
    let refused = |reason, answer: Response| {
        metrics::counter!(HANDSHAKES_REFUSED, "reason" => reason).increment(1);
        answer
    };
    let asked = match query {
        Ok(Query(asked)) if asked.mode == "subscribe" => asked,
        _ => return refused("no_handshake", StatusCode::FORBIDDEN.into_response()),
    };
    match engine::webhook::handshake(&http.engine, &webhook_id, &asked.verify_token).await {
        Ok(Handshake::Accepted) => (
            [(header::CONTENT_TYPE, "text/plain; charset=utf-8")],
            asked.challenge,
        )
            .into_response(),
        Ok(Handshake::WrongToken) => refused("verify_token", StatusCode::FORBIDDEN.into_response()),
        Ok(Handshake::UnknownWebhook) => refused("unknown_webhook", StatusCode::NOT_FOUND.into_response()),
        Err(error) => {
            tracing::error!(%error, "the handshake could not be checked");
            refused("unavailable", unavailable())
        }
    }
}

/// A notification. The content type is not looked at: the signature tells what is Meta's.
pub async fn accept(State(http): State<Http>, Path(webhook_id): Path<String>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    // It is in memory already, within its limit.
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let signature = head.headers.get(SIGNATURE);
    let signature = signature.and_then(|value| value.to_str().ok());
    let from = head.extensions.get::<ClientAddress>();
    match engine::webhook::accept(&http.engine, &webhook_id, signature, body).await {
        Ok(()) => {
            if let Some(&ClientAddress(address)) = from {
                engine::countries::webhook_came_from(&http.engine, address);
            }
            StatusCode::OK.into_response()
        }
        Err(NotAccepted::UnknownWebhook) => StatusCode::NOT_FOUND.into_response(),
        Err(NotAccepted::Signature(error)) => {
            tracing::warn!(%error, "a webhook request was refused");
            StatusCode::UNAUTHORIZED.into_response()
        }
        Err(NotAccepted::Unavailable) => unavailable(),
    }
}

fn unavailable() -> Response {
    (
        StatusCode::SERVICE_UNAVAILABLE,
        [(header::RETRY_AFTER, RETRY_AFTER)],
    )
        .into_response()
}
