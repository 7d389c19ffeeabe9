//! `/api/v1/sessions/{id}/messages`.

use super::{Id, Operator, Reader, json::Json, key::key_of, list, list::Wanted, problem::Problem, time};
use crate::http::state::Http;
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::IntoResponse,
};
use domain::page::Page;
use domain::{
    access::Actor,
    file::FileView,
    form::{self, Problems},
    ids::{MessageId, SessionId},
    message::{
        Direction, Failure, MessageView, NotSendable, Outgoing, Status, Waits,
        content::{Content, ContentFields},
    },
    phone::same_customer_key,
    refusal::Refusal,
};
use engine::{
    Engine,
    sessions::{self, messages},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{
    ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Message {
    id: MessageId,
    direction: Direction,
    #[serde(rename = "type")]
    kind: String,
    /// The message's readable text, if any.
    #[schema(required)]
    text: Option<Text>,
    #[schema(format = DateTime)]
    timestamp: String,
    #[schema(required)]
    status: Option<Status>,
    /// What a queued message waits for.
    #[serde(skip_serializing_if = "Option::is_none")]
    waits: Option<Waits>,
    #[schema(required)]
    error: Option<Failure>,
    #[schema(required)]
    wamid: Option<String>,
    /// Who at the company wrote it: the name of a user, or of the API token.
    #[schema(required)]
    author: Option<String>,
    /// An API token has sent it.
    by_token: bool,
    #[schema(required)]
    retry_of: Option<MessageId>,
    /// The wamid of the message that this one reacts to, edits or deletes. Here each reaction, edit and deletion is a
    /// message of its own.
    #[schema(required)]
    about: Option<String>,
    /// The message that this one answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<Context>,
    /// The message's file: whether its bytes are here, and what they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<FileView>,
    /// Content other than text, under the name of its type.
    #[serde(flatten)]
    #[schema(value_type = ContentFields)]
    content: Option<Content>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MessageContext)]
struct Context {
    message_id: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MessageText)]
struct Text {
    body: String,
}

impl From<MessageView> for Message {
    fn from(message: MessageView) -> Self {
        let content = message.content.unwrap_or_default();
        Self {
            id: message.id,
            direction: message.direction,
            kind: message.kind,
            text: message.text.map(|body| Text { body }),
            timestamp: time(message.at),
            status: message.status,
            waits: message.waits,
            error: message.failure,
            wamid: message.wamid,
            author: message.author,
            by_token: message.by_token,
            retry_of: message.retry_of,
            about: message.about,
            context: content.answers.map(|message_id| Context { message_id }),
            file: content.file,
            content: content.what,
        }
    }
}

/// Spelt as Meta spells it, so that a body written for the Graph API works unchanged. Fields that the session already
/// determines may be repeated if they agree with it.
#[derive(Debug, Deserialize)]
pub struct NewMessage {
    messaging_product: Option<String>,
    recipient_type: Option<String>,
    to: Option<String>,
    /// `type`, the object of that name, and `context` if the message answers another one.
    #[serde(flatten)]
    message: Map<String, Value>,
}

impl utoipa::PartialSchema for NewMessage {
    fn schema() -> RefOr<Schema> {
        let word = || ObjectBuilder::new().schema_type(Type::String);
        Outgoing::described(|object| {
            object
                .property("messaging_product", word().enum_values(Some(["whatsapp"])))
                .property("recipient_type", word().enum_values(Some(["individual"])))
                .property("to", word().description(Some("The session's customer.")))
        })
    }
}

impl ToSchema for NewMessage {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        Outgoing::schemas(schemas);
    }
}

impl NewMessage {
    async fn check(self, engine: &Engine, actor: &Actor, session: SessionId) -> Result<Outgoing, Problem> {
        let mut problems = Problems::default();
        let mut only = |field: &str, value: Option<&str>, right: &str| {
            if value.is_some_and(|value| value != right) {
                problems.add(field, form::Problem::Unknown);
            }
        };
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
        if !problems.is_empty() {
            return Err(Refusal::from(problems.refuse()).into());
        }
        Outgoing::from_meta(self.message).map_err(|error| match error {
            NotSendable::Type => Refusal::field("type", form::Problem::Unknown).into(),
            NotSendable::Field { .. } => Problem::of(
                StatusCode::UNPROCESSABLE_ENTITY,
                format!("the body is JSON of another shape than is expected here: {error}"),
            ),
        })
    }
}

/// Lists the messages of a session, oldest first.
#[utoipa::path(
    get,
    path = "/api/v1/sessions/{id}/messages",
    tag = "Messages",
    params(("id" = SessionId, Path), Wanted),
    responses((status = 200, description = "Done.", body = Page<Message>)),
    security(("token" = ["read"]))
)]
pub async fn list(
    Reader(actor): Reader,
    State(http): State<Http>,
    Id(session): Id<SessionId>,
    Wanted(wanted): Wanted,
) -> Result<impl IntoResponse, Problem> {
    let page = messages::list(&http.engine, &actor, session, &wanted).await?;
    Ok(list::page(page, Message::from))
}

/// Sends a message.
///
/// It is put into the outbox, and its status shows its progress. A body written for the Graph API works unchanged.
#[utoipa::path(
    post,
    path = "/api/v1/sessions/{id}/messages",
    tag = "Messages",
    params(("id" = SessionId, Path), ("Idempotency-Key" = Option<String>, Header, nullable = false, min_length = 1, max_length = 255, description = "The same key with the same content gives the same message and sends nothing, for ever; with other content it is refused.")),
    request_body = NewMessage,
    responses(
        (status = 202, description = "The message is in the outbox; its status shows its progress.", body = Message),
        (status = 410, description = "The file is not kept any more.", content_type = "application/problem+json", body = Problem),
    ),
    security(("token" = ["operate"]))
)]
pub async fn send(
    Operator(actor): Operator,
    State(http): State<Http>,
    Id(session): Id<SessionId>,
    headers: HeaderMap,
    Json(new): Json<NewMessage>,
) -> Result<impl IntoResponse, Problem> {
    let key = key_of(&headers)?;
    let outgoing = new.check(&http.engine, &actor, session).await?;
    let message =
        engine::outbound::send::send(&http.engine, &actor, session, outgoing, key.as_deref()).await?;
    Ok((StatusCode::ACCEPTED, axum::Json(Message::from(message))))
}
