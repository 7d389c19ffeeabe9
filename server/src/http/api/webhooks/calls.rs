//! What a webhook has answered, the events that it has not got, and sending events again.

use crate::http::{
    api::{
        Administrator, Id,
        json::Json,
        list::{self, Asked, Wanted},
        parsed_time,
        problem::Problem,
        time,
    },
    state::Http,
};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::IntoResponse,
};
use domain::{
    ids::{SessionId, WebhookCallId, WebhookId},
    page::Page,
    refusal::Refusal,
    webhook::{Attempt, Call, CallState, NoAnswer, Replayed},
};
use engine::webhooks;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An event that a webhook has not got.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookCall)]
struct CallBody {
    id: WebhookCallId,
    /// Its `webhook-id`.
    event: String,
    #[serde(rename = "type")]
    kind: String,
    #[schema(required)]
    session: Option<SessionId>,
    /// When it happened.
    #[schema(format = DateTime)]
    at: String,
    state: CallState,
    /// How often it was tried.
    attempts: u32,
    /// `null`: it is under way, waits behind another event of its session, or was given up.
    #[schema(required, format = DateTime)]
    next_attempt_at: Option<String>,
    #[schema(required, format = DateTime)]
    given_up_at: Option<String>,
}

impl From<Call> for CallBody {
    fn from(call: Call) -> Self {
        Self {
            id: call.id,
            event: call.event,
            kind: call.kind,
            session: call.session,
            at: time(call.at),
            state: call.state,
            attempts: call.attempts,
            next_attempt_at: call.next_attempt_at.map(time),
            given_up_at: call.given_up_at.map(time),
        }
    }
}

/// One request to a webhook.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookAttempt)]
struct AttemptBody {
    /// The `webhook-id` of the event.
    event: String,
    #[serde(rename = "type")]
    kind: String,
    #[schema(format = DateTime)]
    at: String,
    /// How long the answer took.
    milliseconds: u64,
    /// `null`: there was no answer.
    #[schema(required)]
    status: Option<u16>,
    /// Why there was none.
    #[schema(required)]
    failure: Option<NoAnswer>,
    /// The first 1,024 bytes of the answer.
    excerpt: String,
}

impl From<Attempt> for AttemptBody {
    fn from(attempt: Attempt) -> Self {
        Self {
            event: attempt.event,
            kind: attempt.kind,
            at: time(attempt.at),
            milliseconds: attempt.milliseconds,
            status: attempt.status,
            failure: attempt.failure,
            excerpt: attempt.excerpt,
        }
    }
}

/// Which of the events that a webhook has not got.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct InState {
    /// Only those that wait, or that were given up.
    #[serde(default)]
    state: Option<CallState>,
}

/// Which events to send again.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = NewWebhookReplay)]
pub struct Again {
    /// All that happened since then; if missing, all that was given up. What waits for a later attempt is sent at once in both cases.
    #[schema(format = DateTime)]
    since: Option<String>,
}

/// How many events are sent again.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookReplayed)]
struct ReplayedBody {
    /// By now, without those that wait behind another event of their session.
    replayed: u64,
    /// Whether that is all; otherwise the rest follows, and `replay` of the webhook says how many by now.
    done: bool,
}

impl From<Replayed> for ReplayedBody {
    fn from(Replayed { events, is_all }: Replayed) -> Self {
        Self {
            replayed: events,
            done: is_all,
        }
    }
}

/// Lists the events that a webhook has not got, the latest first.
#[utoipa::path(
    get,
    path = "/api/v1/webhooks/{id}/calls",
    tag = "Webhooks",
    params(("id" = WebhookId, Path), InState, Wanted),
    responses((status = 200, description = "Done.", body = Page<CallBody>)),
    security(("token" = ["administer"]))
)]
pub async fn calls(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Id(id): Id<WebhookId>,
    Asked(InState { state }): Asked<InState>,
    Wanted(wanted): Wanted,
) -> Result<impl IntoResponse, Problem> {
    let page = webhooks::calls(&http.engine, &actor, id, state, &wanted).await?;
    Ok(list::page(page, CallBody::from))
}

/// Lists what a webhook has answered, the latest first. Attempts are kept for 14 days.
#[utoipa::path(
    get,
    path = "/api/v1/webhooks/{id}/attempts",
    tag = "Webhooks",
    params(("id" = WebhookId, Path), Wanted),
    responses((status = 200, description = "Done.", body = Page<AttemptBody>)),
    security(("token" = ["administer"]))
)]
pub async fn attempts(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Id(id): Id<WebhookId>,
    Wanted(wanted): Wanted,
) -> Result<impl IntoResponse, Problem> {
    let page = webhooks::attempts(&http.engine, &actor, id, None, &wanted).await?;
    Ok(list::page(page, AttemptBody::from))
}

/// Lists what a webhook answered when it was sent this event, the latest first.
#[utoipa::path(
    get,
    path = "/api/v1/webhooks/{id}/calls/{call}/attempts",
    tag = "Webhooks",
    params(("id" = WebhookId, Path), ("call" = WebhookCallId, Path), Wanted),
    responses((status = 200, description = "Done.", body = Page<AttemptBody>)),
    security(("token" = ["administer"]))
)]
pub async fn attempts_of_call(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Path(path): Path<(String, String)>,
    Wanted(wanted): Wanted,
) -> Result<impl IntoResponse, Problem> {
    let (id, call) = ids(&path)?;
    let page = webhooks::attempts(&http.engine, &actor, id, Some(call), &wanted).await?;
    Ok(list::page(page, AttemptBody::from))
}

/// Sends an event that was given up again, or one that waits for a later attempt at once. What waits before it in its session goes
/// first. The webhook is not left alone any longer.
#[utoipa::path(
    post,
    path = "/api/v1/webhooks/{id}/calls/{call}/replay",
    tag = "Webhooks",
    params(("id" = WebhookId, Path), ("call" = WebhookCallId, Path)),
    responses((status = 204, description = "It is on its way.")),
    security(("token" = ["administer"]))
)]
pub async fn replay(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Path(path): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let (id, call) = ids(&path)?;
    webhooks::replay_one(&http.engine, &actor, id, call).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends events again: all that were given up, or all since a time that the webhook wants and that are kept (14 days), also those
/// that it has had. What waits for a later attempt is sent at once, and `held_until` ends. An event keeps its `webhook-id`. After
/// ten seconds the answer comes before the end, and the rest follows.
#[utoipa::path(
    post,
    path = "/api/v1/webhooks/{id}/replay",
    tag = "Webhooks",
    params(("id" = WebhookId, Path)),
    request_body = Again,
    responses((status = 200, description = "They are on their way.", body = ReplayedBody)),
    security(("token" = ["administer"]))
)]
pub async fn replay_all(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Id(id): Id<WebhookId>,
    Json(Again { since }): Json<Again>,
) -> Result<impl IntoResponse, Problem> {
    let replayed = match since {
        None => webhooks::replay_all(&http.engine, &actor, id).await?,
        Some(since) => {
            let since = parsed_time("since", &since)?;
            webhooks::replay_since(&http.engine, &actor, id, since).await?
        }
    };
    Ok(axum::Json(ReplayedBody::from(replayed)))
}

/// The ids in the path. Unparsable ids are answered with 404.
fn ids((webhook, call): &(String, String)) -> Result<(WebhookId, WebhookCallId), Problem> {
    match (webhook.parse(), call.parse()) {
        (Ok(webhook), Ok(call)) => Ok((webhook, call)),
        _ => Err(Refusal::NotFound.into()),
    }
}
