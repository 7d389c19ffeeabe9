//! Events are hints with ids: whoever gets one reads the truth again, so a lost event costs nothing.

use crate::ids::{ChannelId, MessageId, SessionId};
use serde::{Deserialize, Serialize};

/// Something changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Rises by one with every event since the process started.
    pub number: u64,
    #[serde(flatten)]
    pub change: Change,
}

/// What changed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// A session appeared, was routed, picked up, closed or read.
    Session { session: SessionId },
    /// A message came in, went out, or its ticks moved.
    Message {
        session: SessionId,
        message: MessageId,
        inbound: bool,
    },
    /// A channel's settings or badge changed.
    Channel { channel: ChannelId },
    /// An extension or a queue changed.
    Directory,
    /// The allowed countries or their database changed.
    Countries,
    /// An item of a delivery could not be applied.
    DeadLetter,
    /// Some events may have been missed: read everything again.
    Resync,
}
