//! Another secret for a webhook, a test, on and off.

use super::body::{Webhook, read};
use crate::http::{
    api::{Administrator, Id, problem::Problem, time},
    state::Http,
};
use axum::{body::Bytes, extract::State, http::StatusCode, response::IntoResponse};
use domain::{
    access::Actor,
    ids::WebhookId,
    time::Timestamp,
    webhook::{self, TEST_TYPE},
};
use engine::{Engine, webhooks};
use secrecy::ExposeSecret as _;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

/// The new secret of a webhook.
#[derive(Serialize, ToSchema)]
#[schema(as = WebhookSecret)]
struct NewSecret {
    /// It cannot be shown again.
    secret: String,
}

/// A test that is on its way.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookTest)]
struct Sent {
    /// Its `webhook-id`, by which the attempts are found.
    event: String,
}

/// A test as the webhook gets it; the console sends it, too.
pub fn test_body(webhook: webhook::Webhook, now: Timestamp) -> Bytes {
    let body = json!({
        "type": TEST_TYPE,
        "timestamp": time(now),
        "data": {"webhook": Webhook::from(webhook)},
    });
    body.to_string().into()
}

/// Makes a new secret for a webhook. Each former one signs for a day of its own, too, so that the receiver can
/// change over in between.
#[utoipa::path(
    post,
    path = "/api/v1/webhooks/{id}/rotate",
    tag = "Webhooks",
    params(("id" = WebhookId, Path)),
    responses((status = 200, description = "Done.", body = NewSecret)),
    security(("token" = ["administer"]))
)]
pub async fn rotate(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Id(id): Id<WebhookId>,
) -> Result<impl IntoResponse, Problem> {
    let secret = webhooks::rotate_secret(&http.engine, &actor, id).await?;
    Ok(axum::Json(NewSecret {
        secret: secret.expose_secret().to_owned(),
    }))
}

/// Sends a test to a webhook, also to one that is off or has asked to be left alone. Its `type` is `webhook.test`, its
/// `data.webhook` the webhook.
#[utoipa::path(
    post,
    path = "/api/v1/webhooks/{id}/test",
    tag = "Webhooks",
    params(("id" = WebhookId, Path)),
    responses((status = 202, description = "It is on its way; the attempts tell what became of it.", body = Sent)),
    security(("token" = ["administer"]))
)]
pub async fn test(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Id(id): Id<WebhookId>,
) -> Result<impl IntoResponse, Problem> {
    let event = send_test(&http.engine, &actor, id).await?;
    Ok((StatusCode::ACCEPTED, axum::Json(Sent { event })))
}

/// Returns the `webhook-id` of the test.
///
/// # Errors
/// There is no such webhook.
pub async fn send_test(engine: &Engine, actor: &Actor, id: WebhookId) -> engine::Result<String> {
    let webhook = webhooks::get(engine, actor, id).await?;
    let body = test_body(webhook, engine.clock().now());
    webhooks::send_test(engine, actor, id, body).await
}

/// Switches a webhook on. What it missed can be replayed. One that has asked to be left alone (`held_until`) is sent at once what
/// waits for it.
#[utoipa::path(
    post,
    path = "/api/v1/webhooks/{id}/enable",
    tag = "Webhooks",
    params(("id" = WebhookId, Path)),
    responses((status = 200, description = "Done; `ETag` is its version.", body = Webhook)),
    security(("token" = ["administer"]))
)]
pub async fn enable(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Id(id): Id<WebhookId>,
) -> Result<impl IntoResponse, Problem> {
    webhooks::turn(&http.engine, &actor, id, true).await?;
    read(&http.engine, &actor, id).await
}

/// Switches a webhook off. What waits for it is given up.
#[utoipa::path(
    post,
    path = "/api/v1/webhooks/{id}/disable",
    tag = "Webhooks",
    params(("id" = WebhookId, Path)),
    responses((status = 200, description = "Done; `ETag` is its version.", body = Webhook)),
    security(("token" = ["administer"]))
)]
pub async fn disable(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Id(id): Id<WebhookId>,
) -> Result<impl IntoResponse, Problem> {
    webhooks::turn(&http.engine, &actor, id, false).await?;
    read(&http.engine, &actor, id).await
}
