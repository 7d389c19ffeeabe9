//! `/api/v1/webhooks`: addresses of other programs to which events are sent.
//!
//! | file | what it does |
//! |---|---|
//! | `body` | a webhook as the API tells of it |
//! | `calls` | what it has answered, what it has not got, and sending events again |
//! | `upkeep` | another secret, a test, on and off |

pub mod body;
pub mod calls;
pub mod upkeep;

use super::{
    Administrator, Id,
    json::{Json, given},
    list::{self, Wanted},
    problem::Problem,
    version::{self, IfMatch},
};
use crate::http::state::Http;
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use body::{Webhook, read};
use domain::{
    ids::{ChannelId, QueueId, WebhookId},
    page::Page,
    webhook::{self, WebhookForm},
};
use engine::webhooks;
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where events are sent, and which.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewWebhook {
    /// What it is for.
    name: String,
    /// `https`, and a public address; others only in the networks of the setting `webhooks.networks`.
    address: String,
    /// The types of events that it gets; none: all.
    types: Vec<String>,
    /// It gets only what happens on these channels; none: whatever happens.
    channels: Vec<ChannelId>,
    /// It gets only what happens to sessions of these queues; none: whatever happens.
    queues: Vec<QueueId>,
}

/// What is missing stays as it is.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct WebhookChange {
    #[serde(deserialize_with = "given")]
    #[schema(nullable = false)]
    name: Option<String>,
    #[serde(deserialize_with = "given")]
    #[schema(nullable = false)]
    address: Option<String>,
    #[serde(deserialize_with = "given")]
    #[schema(nullable = false)]
    types: Option<Vec<String>>,
    #[serde(deserialize_with = "given")]
    #[schema(nullable = false)]
    channels: Option<Vec<ChannelId>>,
    #[serde(deserialize_with = "given")]
    #[schema(nullable = false)]
    queues: Option<Vec<QueueId>>,
}

/// A webhook with its secret.
#[derive(Serialize, ToSchema)]
#[schema(as = CreatedWebhook)]
struct Created {
    #[serde(flatten)]
    webhook: Webhook,
    /// It signs what is sent (HMAC-SHA256, as Standard Webhooks say), and cannot be shown again.
    secret: String,
}

impl From<NewWebhook> for WebhookForm {
    fn from(new: NewWebhook) -> Self {
        Self {
            name: new.name,
            address: new.address,
            wanted: webhook::Wanted {
                types: new.types,
                channels: new.channels,
                queues: new.queues,
            },
        }
    }
}

impl WebhookChange {
    fn form(self, now: webhook::Webhook) -> WebhookForm {
        WebhookForm {
            name: self.name.unwrap_or(now.name),
            address: self.address.unwrap_or(now.address),
            wanted: webhook::Wanted {
                types: self.types.unwrap_or(now.wanted.types),
                channels: self.channels.unwrap_or(now.wanted.channels),
                queues: self.queues.unwrap_or(now.wanted.queues),
            },
        }
    }
}

/// Lists the webhooks, the newest first.
#[utoipa::path(
    get,
    path = "/api/v1/webhooks",
    tag = "Webhooks",
    params(Wanted),
    responses((status = 200, description = "Done.", body = Page<Webhook>)),
    security(("token" = ["administer"]))
)]
pub async fn list(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Wanted(wanted): Wanted,
) -> Result<impl IntoResponse, Problem> {
    let page = webhooks::list(&http.engine, &actor, &wanted).await?;
    Ok(list::page(page, Webhook::from))
}

/// Creates a webhook, which gets the events that follow.
///
/// Each event is a POST of the JSON that `GET /api/v1/events` tells, with the headers `webhook-id`, `webhook-timestamp` and
/// `webhook-signature` of Standard Webhooks; an answer from 200 to 299 within 15 seconds takes it. Otherwise it is sent again
/// after 5 seconds, 5 and 30 minutes, 2, 5, 10 and 10 hours, and then given up. Of one session the events come in their order,
/// and an event may come twice, with the same `webhook-id`. An answer of 410, or five days in which nothing got through, switch
/// the webhook off.
#[utoipa::path(
    post,
    path = "/api/v1/webhooks",
    tag = "Webhooks",
    request_body = NewWebhook,
    responses((status = 201, description = "Created; `Location` is its address, `ETag` its version.", body = Created)),
    security(("token" = ["administer"]))
)]
pub async fn create(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Json(new): Json<NewWebhook>,
) -> Result<impl IntoResponse, Problem> {
    let created = webhooks::create(&http.engine, &actor, &new.into()).await?;
    let webhook = webhooks::get(&http.engine, &actor, created.id).await?;
    let location = [(header::LOCATION, format!("/api/v1/webhooks/{}", created.id))];
    let tag = version::tag(webhook.version);
    let body = Created {
        webhook: webhook.into(),
        secret: created.secret.expose_secret().to_owned(),
    };
    Ok((StatusCode::CREATED, tag, location, axum::Json(body)))
}

/// Reads a webhook.
#[utoipa::path(
    get,
    path = "/api/v1/webhooks/{id}",
    tag = "Webhooks",
    params(("id" = WebhookId, Path)),
    responses((status = 200, description = "Done; `ETag` is its version.", body = Webhook)),
    security(("token" = ["administer"]))
)]
pub async fn get(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Id(id): Id<WebhookId>,
) -> Result<impl IntoResponse, Problem> {
    read(&http.engine, &actor, id).await
}

/// Changes what is given of a webhook. What waits for it goes to its new address, and at once. What has these values already gets no
/// new version.
#[utoipa::path(
    patch,
    path = "/api/v1/webhooks/{id}",
    tag = "Webhooks",
    params(("id" = WebhookId, Path), IfMatch),
    request_body = WebhookChange,
    responses(
        (status = 200, description = "Done; `ETag` is its version.", body = Webhook),
        (status = 412, description = "`If-Match` names another version.", content_type = "application/problem+json", body = Problem)
    ),
    security(("token" = ["administer"]))
)]
pub async fn change(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Id(id): Id<WebhookId>,
    wanted: IfMatch,
    Json(change): Json<WebhookChange>,
) -> Result<impl IntoResponse, Problem> {
    let now = webhooks::get(&http.engine, &actor, id).await?;
    let version = now.version;
    wanted.allow(version)?;
    // The form is filled in from this version, so the save compares it in its transaction, asked for or not.
    let form = change.form(now);
    let saved = webhooks::change(&http.engine, &actor, id, version, &form).await;
    saved.map_err(|error| wanted.failed(error))?;
    read(&http.engine, &actor, id).await
}

/// Deletes a webhook, with what waits for it and what it has answered.
#[utoipa::path(
    delete,
    path = "/api/v1/webhooks/{id}",
    tag = "Webhooks",
    params(("id" = WebhookId, Path), IfMatch),
    responses(
        (status = 204, description = "Deleted."),
        (status = 412, description = "`If-Match` names another version.", content_type = "application/problem+json", body = Problem)
    ),
    security(("token" = ["administer"]))
)]
pub async fn delete(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Id(id): Id<WebhookId>,
    wanted: IfMatch,
) -> Result<StatusCode, Problem> {
    let now = webhooks::get(&http.engine, &actor, id).await?;
    wanted.allow(now.version)?;
    let deleted = webhooks::delete(&http.engine, &actor, id, wanted.version(now.version)).await;
    deleted.map_err(|error| wanted.failed(error))?;
    Ok(StatusCode::NO_CONTENT)
}
