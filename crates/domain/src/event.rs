//! Events are hints with ids: whoever gets one reads the truth again, so a lost event costs nothing.

use crate::ids::{ChannelId, MessageId, SessionId, UserId};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How often a stream says that it is alive. A comment would keep proxies content, but a browser's script cannot see
/// one.
pub const PING_EVERY: Duration = Duration::from_secs(5);
/// Whoever hears nothing for this long has lost the connection: two pings are missing.
pub const SILENCE: Duration = Duration::from_secs(12);
/// The name of the event that says nothing else.
pub const PING: &str = "ping";
/// The name of each stream's first event, a [`Hello`].
pub const HELLO: &str = "hello";

/// A place among the events: everything up to this number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Position {
    pub number: u64,
}

/// How a stream begins: what has happened up to here it does not tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// Whose log-in the stream was opened with.
    pub user: UserId,
    #[serde(flatten)]
    pub position: Position,
}

/// Something changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Rises with every event, also over restarts.
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
