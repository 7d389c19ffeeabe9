//! The smaller parts of a message's content.

use crate::ids::FileId;
use serde::{Deserialize, Serialize};

/// A text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ContentText))]
#[serde(deny_unknown_fields)]
pub struct Text {
    pub body: String,
    /// Whether WhatsApp shows a preview of the first link.
    #[serde(default = "yes")]
    #[cfg_attr(feature = "openapi", schema(required))]
    pub preview_url: bool,
}

fn yes() -> bool {
    true
}

/// A file. An outbound file is stored at Meta (`id`), Meta fetches it from an address (`link`), or it was uploaded to
/// Switchboard (`file`), which passes it on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ContentFile))]
#[serde(deny_unknown_fields, default)]
pub struct Media {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<FileId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
    /// The file name that the sender chose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    /// A voice message.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub voice: bool,
}

/// A reaction to a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ContentReaction))]
#[serde(deny_unknown_fields)]
pub struct Reaction {
    /// The wamid of the message that the reaction is about.
    pub message_id: String,
    /// An empty or missing emoji removes the reaction.
    #[serde(default, serialize_with = "or_empty", deserialize_with = "unless_empty")]
    #[cfg_attr(feature = "openapi", schema(required, value_type = String))]
    pub emoji: Option<String>,
}

fn unless_empty<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let emoji = Option::<String>::deserialize(from)?;
    Ok(emoji.filter(|emoji| !emoji.is_empty()))
}

fn or_empty<S: serde::Serializer>(emoji: &Option<String>, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(emoji.as_deref().unwrap_or_default())
}

/// A tapped button.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ContentButton))]
pub struct Tapped {
    #[cfg_attr(feature = "openapi", schema(required))]
    pub text: Option<String>,
    /// What the template gave the button to come back.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub payload: Option<String>,
}

/// What a customer orders from a catalogue.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ContentOrder))]
pub struct Order {
    #[cfg_attr(feature = "openapi", schema(required))]
    pub text: Option<String>,
    pub lines: Vec<OrderLine>,
}

/// One product of an order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ContentOrderLine))]
pub struct OrderLine {
    /// The seller's own product id.
    pub product: String,
    /// A decimal number, if the order has one.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub quantity: Option<String>,
    /// The price of one piece, with its currency.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub price: Option<String>,
}

/// What WhatsApp itself tells, such as that a number has changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ContentSystem))]
pub struct System {
    #[cfg_attr(feature = "openapi", schema(required))]
    pub body: Option<String>,
}

/// The deletion of an earlier message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ContentRevoke))]
pub struct Revoke {
    /// The wamid of the deleted message.
    pub original_message_id: String,
}

/// One answer of a form, or one field of other content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ContentAnswer))]
pub struct Answer {
    /// The field's name; for nested fields the whole path. Empty if the form has no named fields.
    pub field: String,
    pub value: String,
}

/// A customer's call to the number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ContentCall))]
pub struct Call {
    pub is_over: bool,
    /// How long they talked; nothing: nobody has picked up.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub seconds: Option<u64>,
}
