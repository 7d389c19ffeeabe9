//! The delivery statuses of sent messages. Statuses arrive late, twice and out of order, and may concern messages that
//! another application sent; `read` without `delivered` is normal.

use std::fmt;

use super::contact::Person;
use crate::{
    errors::GraphErrorObject,
    ids::{Bsuid, WaId, Wamid},
    json::Object,
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusUpdate {
    pub wamid: Wamid,
    pub status: Status,
    /// Seconds since 1970.
    pub timestamp: Option<i64>,
    pub recipient_wa_id: Option<WaId>,
    pub recipient_bsuid: Option<Bsuid>,
    /// In a group every member has their own status; this names the member, as received.
    pub participant: Option<String>,
    /// `biz_opaque_callback_data`: data that the sender gave Meta to return.
    pub callback_data: Option<String>,
    /// What Meta charges; with `sent`, and with one of `delivered` and `read`.
    pub pricing: Option<Pricing>,
    pub errors: Vec<GraphErrorObject>,
}

/// The price of a message in Meta's words, as received. Meta never tells an amount.
/// <https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/status>
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pricing {
    pub billable: Option<bool>,
    /// `PMP` (per message) or the older `CBP` (per conversation).
    pub model: Option<String>,
    /// `regular`, `free_customer_service`, `free_entry_point`, …
    pub kind: Option<String>,
    /// `marketing`, `utility`, `authentication`, `service`, …
    pub category: Option<String>,
}

impl Pricing {
    fn read(object: &Object<'_>) -> Self {
        Self {
            billable: object
                .raw("billable")
                .and_then(|raw| raw.get().trim_matches('"').parse().ok()),
            model: object.text("pricing_model"),
            kind: object.text("type"),
            category: object.text("category"),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Status {
    Sent,
    Delivered,
    Read,
    /// The customer listened to a voice message.
    Played,
    Failed,
    /// Another word of Meta's, such as the old `deleted` and `warning`.
    Other(String),
}

impl Status {
    /// Meta's word.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Played => "played",
            Self::Failed => "failed",
            Self::Other(word) => word,
        }
    }
}

impl From<String> for Status {
    fn from(word: String) -> Self {
        match word.as_str() {
            "sent" => Self::Sent,
            "delivered" => Self::Delivered,
            "read" => Self::Read,
            "played" => Self::Played,
            "failed" => Self::Failed,
            _ => Self::Other(word),
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl StatusUpdate {
    /// `None` without a valid id or without a status.
    pub(super) fn read(object: &Object<'_>) -> Option<Self> {
        let in_group = object.text("recipient_type").as_deref() == Some("group");
        // The recipient of a group message is the group; the person is the participant.
        let number_key = if in_group {
            "recipient_participant_id"
        } else {
            "recipient_id"
        };
        let recipient = Person::read(object, number_key, "recipient_user_id");
        let member = || {
            recipient
                .bsuid
                .as_ref()
                .filter(|_| in_group)
                .map(Bsuid::to_string)
        };
        Some(Self {
            wamid: object.parsed("id")?,
            status: object.text("status")?.into(),
            timestamp: object.parsed("timestamp"),
            participant: object.text("recipient_participant_id").or_else(member),
            recipient_wa_id: recipient.wa_id,
            recipient_bsuid: recipient.bsuid,
            callback_data: object.text("biz_opaque_callback_data"),
            pricing: object.object("pricing").as_ref().map(Pricing::read),
            errors: GraphErrorObject::list(object, "errors"),
        })
    }

    pub(super) fn person(&self) -> Person {
        Person {
            wa_id: self.recipient_wa_id.clone(),
            bsuid: self.recipient_bsuid.clone(),
        }
    }
}
