//! What came from Meta and could not be applied.

use crate::{ids::DeadLetterId, time::Timestamp};
use serde::{Deserialize, Serialize};

/// Why an item of a delivery was not applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeadReason {
    /// The body had a good signature but is not a notification of WhatsApp's.
    UnreadableBody,
    /// The item lacks what every item of its kind has, such as an id.
    UnreadableItem,
    /// No channel has this phone-number id.
    UnknownNumber,
    /// A channel has it, but the app secret that signed is not that channel's.
    ForeignSecret,
    /// It was tried several times and failed each time.
    Failed,
}

impl DeadReason {
    pub const ALL: [Self; 5] = [
        Self::UnreadableBody,
        Self::UnreadableItem,
        Self::UnknownNumber,
        Self::ForeignSecret,
        Self::Failed,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::UnreadableBody => "unreadable_body",
            Self::UnreadableItem => "unreadable_item",
            Self::UnknownNumber => "unknown_number",
            Self::ForeignSecret => "foreign_secret",
            Self::Failed => "failed",
        }
    }

    pub fn from_stored(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text)
    }
}

/// An item that could not be applied, kept as it came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetter {
    pub id: DeadLetterId,
    pub at: Timestamp,
    pub reason: DeadReason,
    pub detail: Option<String>,
    pub phone_number_id: Option<String>,
    /// The channel at whose webhook address it arrived.
    pub arrived_at: Option<String>,
    /// The item's JSON as Meta sent it.
    pub raw: String,
}
