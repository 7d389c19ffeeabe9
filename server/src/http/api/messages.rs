//! `/api/v1/sessions/{id}/messages`.

use super::{Operator, Reader, id, json::Json, list, list::Wanted, problem::Problem, time};
use crate::http::Http;
use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::IntoResponse,
};
use domain::{
    ids::MessageId,
    message::{Direction, Failure, MessageView, Status},
    refusal::{self, Refusal},
};
use engine::messages;
use serde::{Deserialize, Serialize};

/// Characters in an `Idempotency-Key` at the most.
const KEY_MOST: usize = 255;

#[derive(Debug, Serialize)]
struct Message {
    id: MessageId,
    direction: Direction,
    #[serde(rename = "type")]
    kind: String,
    /// Whatever in the message can be read.
    text: Option<Text>,
    timestamp: String,
    status: Option<Status>,
    error: Option<Failure>,
    wamid: Option<String>,
    author: Option<String>,
    retry_of: Option<MessageId>,
    /// The wamid of the message that this one reacts to, edits or deletes: each of these is a message of its own here.
    about: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    body: String,
}

impl From<MessageView> for Message {
    fn from(message: MessageView) -> Self {
        Self {
            id: message.id,
            direction: message.direction,
            kind: message.kind,
            text: message.text.map(|body| Text { body }),
            timestamp: time(message.at),
            status: message.status,
            error: message.failure,
            wamid: message.wamid,
            author: message.author,
            retry_of: message.retry_of,
            about: message.about,
        }
    }
}

/// As Meta spells it, so that a body written for the Graph API needs no translation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewMessage {
    #[serde(rename = "type")]
    kind: String,
    text: Option<Text>,
}

pub async fn list(
    Reader(actor): Reader,
    State(http): State<Http>,
    Path(session): Path<String>,
    Wanted(wanted): Wanted,
) -> Result<impl IntoResponse, Problem> {
    let page = messages::list(&http.engine, &actor, id(&session)?, &wanted).await?;
    Ok(list::page(page, Message::from))
}

/// 202: the message is in the outbox, and its status tells how far it has come. The same `Idempotency-Key` again
/// gives the same message and sends nothing.
pub async fn send(
    Operator(actor): Operator,
    State(http): State<Http>,
    Path(session): Path<String>,
    headers: HeaderMap,
    Json(new): Json<NewMessage>,
) -> Result<impl IntoResponse, Problem> {
    let session = id(&session)?;
    let key = match headers
        .get("idempotency-key")
        .map(|key| key.to_str().map(str::trim))
    {
        None => None,
        Some(Ok(key)) if (1..=KEY_MOST).contains(&key.len()) => Some(key),
        Some(_) => {
            let detail = format!("Idempotency-Key must have 1 to {KEY_MOST} ASCII characters");
            return Err(Problem::of(StatusCode::BAD_REQUEST, detail));
        }
    };
    if new.kind != "text" {
        return Err(Refusal::field("type", refusal::Problem::Unknown).into());
    }
    let text = new
        .text
        .ok_or_else(|| Refusal::field("text", refusal::Problem::Required))?;
    let message = messages::send_text(&http.engine, &actor, session, &text.body, key).await?;
    Ok((StatusCode::ACCEPTED, axum::Json(Message::from(message))))
}
