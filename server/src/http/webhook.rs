//! Meta's webhook. The engine gets the raw bytes; 200 means that they are on disk.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/create-webhook-endpoint>

use super::{body_limit, client_address, request::DURATION, state::Http};
use axum::{
    extract::{
        Path, Query, Request, State,
        rejection::{PathRejection, QueryRejection},
    },
    http::{Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::countries::Door;
use engine::{
    countries,
    inbound::webhook::{Handshake, NotAccepted},
    metrics::{DELIVERIES_REFUSED, HANDSHAKES_REFUSED},
    seldom::{EVERY_SECOND, Seldom},
};
use serde::Deserialize;
use std::time::{Duration, Instant};
use tokio::time::timeout;

const ROUTE: &str = "/webhooks/whatsapp/{webhook_id}";
const SIGNATURE: &str = "x-hub-signature-256";

/// Seconds after which the sender may retry. Meta follows its own schedule; other senders may obey this.
const RETRY_AFTER: &str = "5";

/// The layer around both methods: it checks the allowed countries and measures. It logs no line per request, because
/// thousands arrive every second.
pub async fn protect(State(http): State<Http>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let post = request.method() == Method::POST;
    let from = client_address::of(&request, &http.settings);
    let admitted = match from {
        Some(address) => countries::admits(&http.engine, Door::Webhooks, address).await,
        None => true,
    };
    let answer = match admitted {
        true => next.run(request).await,
        false => {
            metrics::counter!(DELIVERIES_REFUSED, "reason" => "country").increment(1);
            StatusCode::FORBIDDEN.into_response()
        }
    };
    let accepted = post && answer.status() == StatusCode::OK;
    if let Some(address) = from.filter(|_| accepted) {
        countries::webhook_came_from(&http.engine, address);
    }
    measure(post, answer.status(), started.elapsed());
    answer
}

fn measure(post: bool, status: StatusCode, took: Duration) {
    let histogram = match (post, status) {
        // The frequent case: its labels are compile-time constants.
        (true, StatusCode::OK) => {
            metrics::histogram!(DURATION, "method" => "POST", "route" => ROUTE, "status" => "200")
        }
        (post, status) => {
            let method = if post { "POST" } else { "GET" };
            metrics::histogram!(DURATION, "method" => method, "route" => ROUTE, "status" => status.as_str().to_owned())
        }
    };
    histogram.record(took.as_secs_f64());
}

#[derive(Debug, Deserialize)]
pub struct Subscription {
    #[serde(rename = "hub.mode", default)]
    mode: String,
    #[serde(rename = "hub.verify_token", default)]
    verify_token: String,
    #[serde(rename = "hub.challenge", default)]
    challenge: String,
}

type WebhookPath = Result<Path<String>, PathRejection>;

/// A path that is not UTF-8 becomes an empty id, which no webhook has.
fn webhook_id(path: WebhookPath) -> String {
    path.map_or_else(|_| String::new(), |Path(id)| id)
}

/// The longest challenge that is returned; Meta's has some ten digits.
const MAX_CHALLENGE: usize = 128;

/// Whoever makes up a link with the verify token also makes up the challenge: what a browser could take for a page or a
/// script is not returned.
fn is_challenge(text: &str) -> bool {
    let harmless = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    (1..=MAX_CHALLENGE).contains(&text.len()) && text.chars().all(harmless)
}

/// Answers Meta's handshake when a callback address is set: it returns the challenge verbatim, as plain text.
pub async fn handshake(
    State(http): State<Http>,
    path: WebhookPath,
    query: Result<Query<Subscription>, QueryRejection>,
) -> Response {
    let webhook_id = webhook_id(path);
    let refused = |reason, answer: Response| {
        metrics::counter!(HANDSHAKES_REFUSED, "reason" => reason).increment(1);
        answer
    };
    let asked = match query {
        Ok(Query(asked)) if asked.mode == "subscribe" && is_challenge(&asked.challenge) => asked,
        _ => return refused("no_handshake", StatusCode::FORBIDDEN.into_response()),
    };
    match engine::inbound::webhook::handshake(&http.engine, &webhook_id, &asked.verify_token).await {
        Ok(Handshake::Accepted) => asked.challenge.into_response(),
        Ok(Handshake::WrongToken) => refused("verify_token", StatusCode::FORBIDDEN.into_response()),
        Ok(Handshake::UnknownWebhook) => refused("unknown_webhook", StatusCode::NOT_FOUND.into_response()),
        Err(error) => {
            tracing::error!(%error, "the handshake could not be checked");
            refused("unavailable", unavailable())
        }
    }
}

/// Accepts a notification. The content type is ignored: the signature proves that Meta sent it.
pub async fn accept(State(http): State<Http>, path: WebhookPath, request: Request) -> Response {
    let webhook_id = webhook_id(path);
    let (head, body) = request.into_parts();
    let limits = &http.settings.http;
    let signature = head.headers.get(SIGNATURE);
    let signature = signature.and_then(|value| value.to_str().ok());
    // A stranger's body is read only to be discarded.
    let call = match engine::inbound::webhook::call(&http.engine, &webhook_id, signature).await {
        Ok(call) => call,
        Err(why) => {
            body_limit::throw_away(&head.headers, body).await;
            return refuse(&why);
        }
    };
    let body = body_limit::whole(
        &http.webhook_bodies,
        &head.headers,
        body,
        limits.webhook_body_bytes,
    );
    let body = timeout(limits.request_seconds, body).await;
    let (body, _taken) = match body.unwrap_or(Err(StatusCode::REQUEST_TIMEOUT)) {
        Ok(body) => body,
        Err(status) => {
            let reason = match status {
                StatusCode::PAYLOAD_TOO_LARGE => "too_large",
                StatusCode::REQUEST_TIMEOUT => "too_slow",
                StatusCode::SERVICE_UNAVAILABLE => "no_room",
                _ => "broken_off",
            };
            metrics::counter!(DELIVERIES_REFUSED, "reason" => reason).increment(1);
            return match status {
                StatusCode::SERVICE_UNAVAILABLE => unavailable(),
                status => status.into_response(),
            };
        }
    };
    match engine::inbound::webhook::accept(&http.engine, call, body).await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(why) => refuse(&why),
    }
}

fn refuse(why: &NotAccepted) -> Response {
    match why {
        NotAccepted::UnknownWebhook => StatusCode::NOT_FOUND.into_response(),
        NotAccepted::Signature(error) => {
            static REFUSED: Seldom = Seldom::every(EVERY_SECOND);
            if let Some(left_out) = REFUSED.due() {
                tracing::warn!(%error, left_out, "a webhook request was refused");
            }
            StatusCode::UNAUTHORIZED.into_response()
        }
        NotAccepted::Unavailable => unavailable(),
    }
}

fn unavailable() -> Response {
    (
        StatusCode::SERVICE_UNAVAILABLE,
        [(header::RETRY_AFTER, RETRY_AFTER)],
    )
        .into_response()
}
