//! `/api/v1/sessions/{id}/messages`.

use super::{Id, Operator, Reader, json::Json, list, list::Wanted, problem::Problem, time};
use crate::http::state::Http;
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::IntoResponse,
};
use domain::{
    access::Actor,
    form::{self, Problems},
    ids::{MessageId, SessionId},
    message::{Direction, Failure, MessageView, Status, idempotency_key},
    phone::same_customer_key,
    refusal::Refusal,
};
use engine::{
    Engine,
    sessions::{self, messages},
};
use serde::{Deserialize, Serialize};

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

#[derive(Debug, Serialize)]
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

/// As Meta spells it, so that a body written for the Graph API needs no translation. What the session says already may
/// be said again where it is true.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewMessage {
    #[serde(rename = "type")]
    kind: String,
    text: Option<NewText>,
    messaging_product: Option<String>,
    recipient_type: Option<String>,
    to: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewText {
    body: String,
    /// Links always have a preview.
    preview_url: Option<bool>,
}

impl NewMessage {
    /// The text to send.
    async fn check(self, engine: &Engine, actor: &Actor, session: SessionId) -> Result<String, Problem> {
        let mut problems = Problems::default();
        let mut only = |field: &str, value: Option<&str>, right: &str| {
            if value.is_some_and(|value| value != right) {
                problems.add(field, form::Problem::Unknown);
            }
        };
        only("type", Some(&self.kind), "text");
        only("messaging_product", self.messaging_product.as_deref(), "whatsapp");
        only("recipient_type", self.recipient_type.as_deref(), "individual");
        if let Some(to) = &self.to {
            let contact = sessions::row(engine, actor, session).await?.contact;
            let digits = |number: &str| number.chars().filter(char::is_ascii_digit).collect::<String>();
            let key = |number: &str| same_customer_key(&digits(number));
            if contact.number.is_none_or(|number| key(&number) != key(to)) {
                problems.add("to", form::Problem::Unknown);
            }
        }
        match self.text {
            None => problems.add("text", form::Problem::Required),
            Some(NewText {
                preview_url: Some(false),
                ..
            }) => problems.add("text.preview_url", form::Problem::Unknown),
            Some(text) if problems.is_empty() => return Ok(text.body),
            Some(_) => {}
        }
        Err(Refusal::from(problems.refuse()).into())
    }
}

pub async fn list(
    Reader(actor): Reader,
    State(http): State<Http>,
    Id(session): Id<SessionId>,
    Wanted(wanted): Wanted,
) -> Result<impl IntoResponse, Problem> {
    let page = messages::list(&http.engine, &actor, session, &wanted).await?;
    Ok(list::page(page, Message::from))
}

/// 202: the message is in the outbox, and its status tells how far it has come. The same `Idempotency-Key` again
/// gives the same message and sends nothing; with another text it is refused.
pub async fn send(
    Operator(actor): Operator,
    State(http): State<Http>,
    Id(session): Id<SessionId>,
    headers: HeaderMap,
    Json(new): Json<NewMessage>,
) -> Result<impl IntoResponse, Problem> {
    let key = headers.get("idempotency-key");
    let key = key
        .map(|key| idempotency_key(key.to_str().unwrap_or("\0")))
        .transpose();
    let key = key.map_err(|problem| Refusal::field("Idempotency-Key", problem))?;
    let text = new.check(&http.engine, &actor, session).await?;
    let message =
        engine::outbound::send::send_text(&http.engine, &actor, session, &text, key.as_deref()).await?;
    Ok((StatusCode::ACCEPTED, axum::Json(Message::from(message))))
}
