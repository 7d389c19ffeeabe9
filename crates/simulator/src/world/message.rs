//! The messages of both sides.

use serde::Serialize;
use serde_json::Value;
use std::time::Instant;

use super::customer::CustomerId;
use super::delivery::DeliveryId;
use super::media::SentFile;

/// A message that Graph has accepted from the business.
#[derive(Debug, Clone, Serialize)]
pub struct SentMessage {
    pub wamid: String,
    pub phone_number_id: String,
    pub to: Option<String>,
    /// The BSUID, if the message was sent to one.
    pub recipient: Option<String>,
    /// The customer that the message reaches, if any.
    pub customer: Option<CustomerId>,
    pub body: Value,
    #[serde(skip)]
    pub token: String,
    /// Unix milliseconds.
    pub at: i64,
    /// By the machine's own clock: `at` may be moved by hand.
    #[serde(skip)]
    pub accepted: Instant,
    /// The same in milliseconds since the simulator's start.
    pub accepted_ms: u64,
    /// The file, once Meta has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<SentFile>,
    /// The statuses reported so far, oldest first.
    pub statuses: Vec<String>,
}

/// A call by which the business marked a message, and all before it, as read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReadMark {
    pub phone_number_id: String,
    pub wamid: String,
    /// It also showed that somebody types.
    pub typing: bool,
}

/// A message that a customer has written.
#[derive(Debug, Clone)]
pub(crate) struct MessageContent {
    pub wamid: String,
    pub customer: CustomerId,
    pub phone_number_id: String,
    pub text: String,
    pub at: i64,
    pub deliveries: Vec<DeliveryId>,
    /// The business has marked it as read.
    pub read: bool,
}

/// What a chat shows of a message, inbound or outbound: its text, or else its type in brackets.
pub(crate) fn gist(message: &Value) -> String {
    let kind = message["type"].as_str().unwrap_or("text");
    let content = &message[kind];
    let words = [
        &content["body"],
        &content["caption"],
        &content["emoji"],
        &content["body"]["text"],
        &content["button_reply"]["title"],
        &content["list_reply"]["title"],
    ];
    match words.iter().find_map(|words| words.as_str()) {
        Some(words) if kind == "text" => words.to_owned(),
        Some(words) => format!("[{kind}] {words}"),
        None => match content["name"].as_str().or(content["filename"].as_str()) {
            Some(name) => format!("[{kind}] {name}"),
            None => format!("[{kind}]"),
        },
    }
}
