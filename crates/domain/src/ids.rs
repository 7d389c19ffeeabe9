//! Ids are newtypes over UUIDs, so that a session's id cannot be passed where a channel's is meant.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

/// The text cannot be parsed as an id: ids are UUIDs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an id")]
pub struct NotAnId;

macro_rules! id {
    ($($(#[doc = $doc:literal])* $name:ident)*) => {$(
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a UUID that comes from the clock or from the database.
            pub const fn new(id: Uuid) -> Self {
                Self(id)
            }
            /// The bare UUID, as the database stores it.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                text.trim().parse().map(Self).map_err(|_| NotAnId)
            }
        }
        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                crate::openapi::id(concat!($($doc),*))
            }
        }
        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $name {}
    )*};
}

id! {
    /// Somebody who logs in.
    UserId
    /// A number on the PBX, with a name.
    ExtensionId
    /// A message queue.
    QueueId
    /// A prepared text for replies.
    CannedReplyId
    /// A word by which sessions are sorted.
    LabelId
    /// A connected WhatsApp number.
    ChannelId
    /// A customer.
    ContactId
    /// One conversation of one contact on one channel, from its first message to its close.
    SessionId
    /// One message, in either direction.
    MessageId
    /// A line of a thread: a message, or an event of the timeline.
    LineId
    /// A file of a message. A received one has the id of its message.
    FileId
    /// One accepted webhook request from Meta.
    DeliveryId
    /// An item of a delivery that could not be applied.
    DeadLetterId
    /// An API token.
    TokenId
    /// A passkey of a user.
    PasskeyId
    /// An address to which events are sent.
    WebhookId
    /// An event on its way to a webhook.
    WebhookCallId
}

impl From<MessageId> for LineId {
    fn from(id: MessageId) -> Self {
        Self(id.0)
    }
}
