//! A reply between the field in which it was written and the process.

use crate::api::ApiError;
use domain::{ids::SessionId, time::Timestamp};
use serde::{Deserialize, Serialize};

/// A reply may cause this many internal errors before the user is told.
const MAX_BREAKS: u8 = 3;

/// A reply on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnItsWay {
    pub session: SessionId,
    pub key: String,
    pub text: String,
    /// The wamid of the message that it answers.
    #[serde(default)]
    pub answers: Option<String>,
    /// When it was written, by this browser's clock.
    pub at: Timestamp,
    /// How many internal errors it has caused.
    #[serde(skip)]
    pub broke: u8,
}

impl OnItsWay {
    /// Whether it has caused so many internal errors that the user has to be told.
    pub fn stuck(&self) -> bool {
        self.broke >= MAX_BREAKS
    }
}

/// A reply that was refused, or that its writer took back. Its text is in the draft again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    pub session: SessionId,
    /// `None` when it was taken back.
    pub why: Option<ApiError>,
}
