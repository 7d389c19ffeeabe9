//! One request to a webhook.

use crate::{
    Engine,
    database::storable,
    entity::{webhook_call, webhook_event},
    web::guard::NotAllowed,
    webhooks::{row::Target, secret::signature},
};
use bytes::Bytes;
use domain::{
    time::Timestamp,
    webhook::{MAX_EXCERPT, NoAnswer},
};
use reqwest::{Response, StatusCode, header::CONTENT_TYPE};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::time::timeout;
use whatsapp::graph::{RetryAfter, causes};

/// How long an answer is waited for: its status is known already.
const READ_WITHIN: Duration = Duration::from_secs(2);
/// Bytes of an answer that are read: a connection whose answer was read serves the next request, too.
const MAX_READ: usize = 64 * 1024;

/// What became of a request, until it is written down.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) call: webhook_call::Model,
    pub(super) at: Timestamp,
    pub(super) took: Duration,
    pub(super) answer: Result<Answer, NoAnswer>,
}

#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) excerpt: String,
    /// How long it asks to be left alone.
    pub(super) asked: Option<Duration>,
}

impl Outcome {
    /// No request was made: what it takes cannot be read.
    pub(super) fn unreadable(call: webhook_call::Model, at: Timestamp) -> Self {
        Self {
            call,
            at,
            took: Duration::ZERO,
            answer: Err(NoAnswer::Unreadable),
        }
    }

    pub(super) fn is_success(&self) -> bool {
        matches!(&self.answer, Ok(answer) if answer.status.is_success())
    }

    /// Whether there is nobody any more:
    /// <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#delivery>
    pub(super) fn is_gone(&self) -> bool {
        matches!(&self.answer, Ok(answer) if answer.status == StatusCode::GONE)
    }

    /// How long the whole webhook asks to be left alone.
    pub(super) fn asked(&self) -> Option<Duration> {
        let answer = self.answer.as_ref().ok()?;
        answer.asked.filter(|_| !answer.status.is_success())
    }
}

pub(super) async fn call(
    engine: Engine,
    target: Arc<Target>,
    call: webhook_call::Model,
    event: webhook_event::Model,
) -> Outcome {
    let (at, begun) = (engine.clock().now(), Instant::now());
    let answer = request(&engine, &target, event, at).await;
    Outcome {
        call,
        at,
        took: begun.elapsed(),
        answer,
    }
}

async fn request(
    engine: &Engine,
    target: &Target,
    event: webhook_event::Model,
    at: Timestamp,
) -> Result<Answer, NoAnswer> {
    let web = engine.webhooks.client(&target.url);
    let seconds = at.millis() / 1000;
    let signature = signature(&target.secrets, &event.name, seconds, &event.body);
    let request = web
        .ok_or(NoAnswer::AddressNotAllowed)?
        .post(target.url.clone())
        .header(CONTENT_TYPE, "application/json")
        .header("webhook-id", event.name)
        .header("webhook-timestamp", seconds)
        .header("webhook-signature", signature)
        .body(Bytes::from(event.body));
    let response = request.send().await.map_err(|error| why(&error))?;
    Ok(Answer {
        status: response.status(),
        asked: RetryAfter::of(response.headers()).map(|asked| asked.wait(seconds)),
        excerpt: excerpt(response).await,
    })
}

fn why(error: &reqwest::Error) -> NoAnswer {
    if causes(error).any(|cause| cause.is::<NotAllowed>()) {
        NoAnswer::AddressNotAllowed
    } else if error.is_timeout() {
        NoAnswer::TimedOut
    } else if error.is_connect() {
        NoAnswer::Unreachable
    } else {
        NoAnswer::BrokenOff
    }
}

/// The beginning of the answer.
async fn excerpt(mut response: Response) -> String {
    let (mut excerpt, mut read) = (Vec::new(), 0);
    let reading = async {
        while read < MAX_READ
            && let Ok(Some(chunk)) = response.chunk().await
        {
            read += chunk.len();
            excerpt.extend_from_slice(&chunk[..chunk.len().min(MAX_EXCERPT - excerpt.len())]);
        }
    };
    // What has come by then is enough.
    let _ = timeout(READ_WITHIN, reading).await;
    storable(String::from_utf8_lossy(&excerpt).into_owned())
}
