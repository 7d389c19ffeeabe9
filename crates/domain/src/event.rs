//! Events say what changed. One about a session brings what the inbox shows of it, so that nobody has to ask; one without
//! that is a hint to read again, so a lost event costs nothing.

use crate::{
    ids::{ChannelId, MessageId, SessionId, UserId, WebhookId},
    message::MessageView,
    position::Position,
    session::{InboxCounts, SessionRow},
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How often a stream sends a ping. A comment would keep proxies from closing the stream, but scripts in the browser
/// cannot see comments.
pub const PING_EVERY: Duration = Duration::from_secs(5);
/// After this long without an event, the connection is lost: two pings are missing.
pub const SILENCE: Duration = Duration::from_secs(12);
/// The name of the event that only proves that the stream is alive.
pub const PING: &str = "ping";
/// The name of each stream's first event, a [`Hello`].
pub const HELLO: &str = "hello";

/// The name of the event that tells that a colleague writes, a [`Writing`]. It has no number, and nobody hears of it later.
pub const WRITING: &str = "writing";
/// How long a colleague counts as writing after this event.
pub const WRITES_FOR: Duration = Duration::from_secs(7);

/// A colleague writes a reply or a note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Writing {
    pub session: SessionId,
    pub user: UserId,
    pub name: String,
}

/// The start of a stream. The stream does not report events up to this position.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// The user whose log-in opened the stream.
    pub user: UserId,
    #[serde(flatten)]
    pub position: Position,
}

/// Something changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Increases with every event, across restarts too.
    pub number: u64,
    #[serde(flatten)]
    pub change: Change,
    /// Of a change of a session or of a message; without it, the inbox has to be read again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inbox: Option<InboxChange>,
}

/// What the inbox of one user shows after a change of a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxChange {
    /// `None`: the user does not see the session, or not any more.
    pub row: Option<SessionRow>,
    pub counts: InboxCounts,
    /// Of a change of a message: the message as the thread shows it. `None`: whoever shows the thread reads it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<MessageView>,
}

/// What changed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// A session was created, routed, picked up or closed.
    Session { session: SessionId },
    /// Somebody read messages of a session: nothing but what is unread has changed.
    Read { session: SessionId },
    /// A message came in, went out, or changed its status.
    Message {
        session: SessionId,
        message: MessageId,
        inbound: bool,
    },
    /// A note in a session calls for colleagues, or one of them has seen theirs.
    Mention { session: SessionId },
    /// The time calls for those who see the session.
    Reminder { session: SessionId, why: Reminder },
    /// A channel's settings or badge changed.
    Channel { channel: ChannelId },
    /// An extension or a queue changed.
    Directory,
    /// An operator has come or gone.
    Presence,
    /// The allowed countries or their database changed.
    Countries,
    /// Templates of a messaging account changed.
    Templates,
    /// An item of a delivery could not be applied.
    DeadLetter,
    /// A webhook was changed, or switched on or off, or begins to fail, or works again.
    Webhook { webhook: WebhookId },
    /// Some events may have been missed: read everything again.
    Resync,
}

/// What the time has brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reminder {
    /// The session was put off, and its time has come.
    SnoozeOver,
    /// The customer waits, and the service window closes soon.
    WindowCloses,
}

impl Change {
    /// The session that changed, or whose message did.
    pub fn session(&self) -> Option<SessionId> {
        match *self {
            Self::Session { session }
            | Self::Read { session }
            | Self::Message { session, .. }
            | Self::Mention { session }
            | Self::Reminder { session, .. } => Some(session),
            Self::Channel { .. }
            | Self::Directory
            | Self::Presence
            | Self::Countries
            | Self::Templates
            | Self::DeadLetter
            | Self::Webhook { .. }
            | Self::Resync => None,
        }
    }
}
