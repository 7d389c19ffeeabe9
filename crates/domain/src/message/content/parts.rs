//! The smaller parts of a message's content.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    pub body: String,
    /// Whether WhatsApp shows a preview of the first link.
    #[serde(default = "yes")]
    pub preview_url: bool,
}

fn yes() -> bool {
    true
}

/// A file. One that goes out is at Meta (`id`), or where Meta fetches it (`link`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Media {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
    /// Chosen by the sender.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    /// A voice message.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub voice: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reaction {
    /// The wamid of the message that it is about.
    pub message_id: String,
    /// An empty one, or none, takes the reaction back.
    #[serde(default, serialize_with = "or_empty")]
    pub emoji: Option<String>,
}

fn or_empty<S: serde::Serializer>(emoji: &Option<String>, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(emoji.as_deref().unwrap_or_default())
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    pub name: String,
    pub language: TemplateLanguage,
    /// As Meta spells them: what fills the template's places.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<serde_json::Value>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TemplateLanguage {
    /// Exactly as it was approved: `en` is not `en_US`.
    pub code: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tapped {
    pub text: Option<String>,
    pub payload: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    pub text: Option<String>,
    pub lines: Vec<OrderLine>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderLine {
    /// The seller's own id of the product.
    pub product: String,
    /// As a decimal number, when it was told.
    pub quantity: Option<String>,
    /// Of one piece, with its currency.
    pub price: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct System {
    pub body: Option<String>,
}

/// An earlier message was taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revoke {
    pub original_message_id: String,
}

/// One answer of a form, or one field of something else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The field's name; of nested ones the whole way. Empty where the form is no set of fields.
    pub field: String,
    pub value: String,
}
