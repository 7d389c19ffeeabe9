//! `POST /{phone number id}/messages`: validates as Meta does, then accepts, unless a fault is scripted.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages>

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Json;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::attachment;
use super::auth::Token;
use super::change::success;
use super::content;
use super::edge::{page, pause};
use super::error::GraphError;
use super::template;
use crate::fate::{Valid, digits, looks_like_bsuid};
use crate::faults::SendFault;
use crate::shared::Shared;
use crate::talk::Accepted;
use crate::wire::Scissors;
use crate::world::{TooFast, World};

/// In characters.
const LONGEST_TEXT: usize = 4096;
const LONGEST_CALLBACK_DATA: usize = 512;
const TYPES: [&str; 13] = [
    "text",
    "image",
    "audio",
    "video",
    "document",
    "sticker",
    "location",
    "contacts",
    "interactive",
    "template",
    "reaction",
    "pin",
    "order",
];

pub(crate) async fn send(
    State(shared): State<Arc<Shared>>,
    Path((_, id)): Path<(String, String)>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    token: Token,
    body: Bytes,
) -> Result<Response, GraphError> {
    let (own_number, per_second) = {
        let world = shared.world();
        let number = token.sender(&world, "post", &id)?;
        (digits(&number.spec.display_phone_number), number.per_second())
    };
    let object: Map<String, Value> = serde_json::from_slice(&body)
        .map_err(|_| GraphError::parameter("The parameter messaging_product is required."))?;
    check_product(&object)?;
    if object.contains_key("status") {
        return mark_read(&shared, &id, &object).map(IntoResponse::into_response);
    }
    let mut valid = check(object, &own_number)?;
    if valid.body["type"] == "template" {
        template::check(&shared.world(), &id, &valid.body["template"])?;
    }
    valid.attachment = attachment::of(&shared.world(), &id, &valid.body, (shared.options.now)())?;
    let fault = shared.change(|world| next_fault(world, &id, &valid.person(), per_second))?;
    let accept = |valid: Valid| {
        let input = valid.to.clone().or_else(|| valid.recipient.clone());
        answer(input, shared.accept(&id, &token.text, valid))
    };
    match fault {
        None => Ok(accept(valid)),
        Some(SendFault::Delay { ms }) => {
            pause(&shared, Duration::from_millis(ms)).await;
            Ok(accept(valid))
        }
        Some(SendFault::Status5xx { code, body }) => Ok(page(code, body)),
        Some(SendFault::RateCode) => Err(over_throughput()),
        Some(SendFault::ErrorCode { code, http }) => Err(GraphError::coded(code, http)),
        Some(SendFault::Hang { seconds }) => {
            let answer = accept(valid);
            pause(&shared, seconds.map_or(Duration::MAX, Duration::from_secs)).await;
            Ok(answer)
        }
        Some(SendFault::DropConnection) => {
            scissors.cut();
            Ok(StatusCode::NO_CONTENT.into_response())
        }
        Some(SendFault::AcceptThenDrop) => {
            scissors.cut();
            Ok(accept(valid))
        }
        Some(SendFault::AcceptThenPage { code, body }) => {
            accept(valid);
            Ok(page(code, body))
        }
        Some(SendFault::AcceptAs { wamid }) => {
            let input = valid.to.clone().or_else(|| valid.recipient.clone());
            let accepted = shared.accept(&id, &token.text, valid);
            Ok(answer(input, Accepted { wamid, ..accepted }))
        }
        Some(SendFault::Busy {
            http,
            code,
            retry_after,
        }) => {
            let mut response = match code {
                Some(code) => GraphError::coded(code, http).into_response(),
                None => page(http, "<h1>Service unavailable</h1>"),
            };
            if let Ok(value) = HeaderValue::from_str(&retry_after) {
                response.headers_mut().insert(RETRY_AFTER, value);
            }
            Ok(response)
        }
    }
}

/// The scripted fault of a message that keeps the pace, which counts it unless the fault refuses it.
fn next_fault(
    world: &mut World,
    number: &str,
    person: &str,
    per_second: u32,
) -> Result<Option<SendFault>, GraphError> {
    let now = Instant::now();
    match world.pace.check(number, person, per_second, now) {
        Ok(()) => {}
        Err(TooFast::Number) => return Err(over_throughput()),
        Err(TooFast::Pair) => {
            let details = "Message failed to send because there were too many messages sent from this phone number \
                           to the same phone number in a short period of time.";
            return Err(GraphError::coded(131056, 400).with_details(details));
        }
    }
    let fault = world.send_faults.pop_front();
    if fault.as_ref().is_none_or(SendFault::accepts) {
        world.pace.count(number, person, now);
    }
    Ok(fault)
}

fn over_throughput() -> GraphError {
    GraphError::coded(130429, 400).with_details("Message throughput has been reached.")
}

fn answer(input: Option<String>, accepted: Accepted) -> Response {
    let mut contact = Map::new();
    contact.insert("input".into(), json!(input));
    for (key, value) in [("wa_id", accepted.wa_id), ("user_id", accepted.bsuid)] {
        if let Some(value) = value {
            contact.insert(key.into(), json!(value));
        }
    }
    Json(json!({
        "messaging_product": "whatsapp",
        "contacts": [contact],
        "messages": [{ "id": accepted.wamid }],
    }))
    .into_response()
}

fn required<'a>(object: &'a Map<String, Value>, name: &str) -> Result<&'a str, GraphError> {
    match object.get(name) {
        Some(Value::String(text)) if !text.is_empty() => Ok(text),
        None | Some(Value::Null | Value::String(_)) => Err(GraphError::parameter(format_args!(
            "The parameter {name} is required."
        ))),
        Some(_) => Err(GraphError::parameter(format_args!(
            "Param {name} must be a string."
        ))),
    }
}

fn optional<'a>(object: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, GraphError> {
    match object.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str()).filter(|text| !text.is_empty())),
        Some(_) => Err(GraphError::parameter(format_args!(
            "Param {name} must be a string."
        ))),
    }
}

fn check_product(object: &Map<String, Value>) -> Result<(), GraphError> {
    if required(object, "messaging_product")? != "whatsapp" {
        return Err(GraphError::parameter(
            "Param messaging_product must be one of {WHATSAPP}",
        ));
    }
    Ok(())
}

fn check(object: Map<String, Value>, own_number: &str) -> Result<Valid, GraphError> {
    let to = optional(&object, "to")?.map(ToOwned::to_owned);
    let recipient = optional(&object, "recipient")?.map(ToOwned::to_owned);
    match (&to, &recipient) {
        (None, None) => return Err(GraphError::parameter("The parameter to is required.")),
        (Some(to), _) => check_to(to, own_number)?,
        (None, Some(recipient)) if !looks_like_bsuid(recipient) => {
            return Err(GraphError::value("recipient is not a business-scoped user id"));
        }
        (None, Some(_)) => {}
    }
    if object.get("biz_opaque_callback_data").is_some() {
        let data = optional(&object, "biz_opaque_callback_data")?.unwrap_or_default();
        at_most("biz_opaque_callback_data", data, LONGEST_CALLBACK_DATA)?;
    }
    let kind = optional(&object, "type")?.unwrap_or("text");
    if !TYPES.contains(&kind) {
        let message = format!(
            "Param type must be one of {{{}}} - got \"{kind}\".",
            TYPES.join(", ")
        );
        return Err(GraphError::parameter(message));
    }
    let content = object
        .get(kind)
        .filter(|content| content.is_object() || content.is_array());
    let content =
        content.ok_or_else(|| GraphError::parameter(format_args!("The parameter {kind} is required.")))?;
    if kind == "text" {
        let Some(body) = content["body"].as_str().filter(|body| !body.is_empty()) else {
            return Err(GraphError::parameter("The parameter text['body'] is required."));
        };
        at_most("text['body']", body, LONGEST_TEXT)?;
    }
    content::check(kind, content)?;
    Ok(Valid {
        to,
        recipient,
        body: Value::Object(object),
        attachment: None,
    })
}

fn check_to(to: &str, own_number: &str) -> Result<(), GraphError> {
    if looks_like_bsuid(to) {
        return Ok(());
    }
    let wa_id = digits(to);
    let is_number = to
        .chars()
        .all(|character| character.is_ascii_digit() || "+-() ".contains(character));
    if !is_number || !(5..=15).contains(&wa_id.len()) {
        return Err(GraphError::value("Recipient phone number is not valid"));
    }
    if wa_id == own_number {
        return Err(GraphError::coded(131021, 400).with_details("Sender and recipient are the same number."));
    }
    Ok(())
}

fn at_most(name: &str, text: &str, limit: usize) -> Result<(), GraphError> {
    if text.chars().count() > limit {
        let message = format!("Param {name} must be at most {limit} characters long.");
        return Err(GraphError::parameter(message));
    }
    Ok(())
}

/// A read mark, with or without a typing indicator.
fn mark_read(
    shared: &Shared,
    phone_number_id: &str,
    object: &Map<String, Value>,
) -> Result<Json<Value>, GraphError> {
    if required(object, "status")? != "read" {
        return Err(GraphError::parameter("Param status must be one of {READ}"));
    }
    let wamid = required(object, "message_id")?;
    let typing = match object.get("typing_indicator") {
        None => false,
        Some(Value::Object(indicator)) if indicator.get("type") == Some(&json!("text")) => true,
        Some(_) => {
            return Err(GraphError::parameter(
                "Param typing_indicator[type] must be one of {TEXT}",
            ));
        }
    };
    match shared.business_reads(phone_number_id, wamid, typing) {
        true => Ok(success()),
        false => Err(GraphError::value(
            "message_id is not a message that this number has received in the last 30 days",
        )),
    }
}
