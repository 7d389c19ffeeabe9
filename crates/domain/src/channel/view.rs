//! Channels as the list and the editor show them.

use crate::{
    channel::{Badge, DestinationRef, Sending, TokenState},
    doctor::Check,
    ids::ChannelId,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// A row of the channels page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelRow {
    pub id: ChannelId,
    pub name: String,
    pub phone_number: Option<String>,
    pub phone_number_id: Option<String>,
    pub destination: Option<DestinationRef>,
    pub badge: Badge,
    /// The failed checks that degrade the channel.
    pub degraded_by: Vec<Check>,
    pub last_inbound_at: Option<Timestamp>,
    /// Messages received in the last 24 h.
    pub inbound_day: u32,
    /// Messages written in the last 24 h.
    pub outbound_day: u32,
}

/// A channel in its editor. It contains no secrets, only their last four characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelView {
    pub id: ChannelId,
    /// Incremented by every save; a save of an older version is refused. 0: nothing has been saved yet.
    pub version: i64,
    pub name: String,
    pub webhook_url: String,
    pub verify_token: String,
    pub access_token_end: Option<String>,
    pub app_secret_end: Option<String>,
    /// The end of a second app secret that is valid beside the first.
    pub next_app_secret_end: Option<String>,
    pub phone_number: Option<String>,
    pub phone_number_id: Option<String>,
    pub waba_id: Option<String>,
    pub destination: Option<DestinationRef>,
    pub fallback: Option<DestinationRef>,
    pub sending: Sending,
    /// The badge of a draft does not say it.
    pub paused: bool,
    pub badge: Badge,
    pub degraded_by: Vec<Check>,
    pub webhook_seen_at: Option<Timestamp>,
    pub last_inbound_at: Option<Timestamp>,
    pub token: TokenState,
    pub token_checked_at: Option<Timestamp>,
    /// Meta's error message, if Meta refused the token.
    pub token_answer: Option<String>,
}

impl ChannelView {
    /// Before the first save, a channel has only an address and a verify token.
    pub fn is_saved(&self) -> bool {
        self.version > 0
    }

    /// The empty fields that keep the channel a draft.
    pub fn missing(&self) -> Vec<&'static str> {
        let fields = [
            ("access_token", self.access_token_end.is_none()),
            ("app_secret", self.app_secret_end.is_none()),
            ("phone_number_id", self.phone_number_id.is_none()),
            ("destination", self.destination.is_none()),
        ];
        let missing = fields.into_iter().filter(|(_, missing)| *missing);
        missing.map(|(field, _)| field).collect()
    }
}

/// A channel, or the fact that it is deleted: an editor that is open when somebody else deletes the channel says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    Here(Box<ChannelView>),
    Deleted {
        name: String,
        /// A user's log-in or a token's name.
        by: Option<String>,
        at: Timestamp,
    },
}
