//! What happened to a session.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Something that happened to a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionEvent {
    pub at: Timestamp,
    pub what: SessionEventKind,
    /// Who did it, or to whom it went.
    pub who: Option<String>,
    /// Who moved it to `who`.
    pub by: Option<String>,
    /// In the words of whoever moved it.
    pub reason: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionEventKind {
    Opened,
    RoutedToExtension,
    RoutedToQueue,
    RoutedToNobody,
    PickedUp,
    /// A supervisor took it from whoever had it.
    TakenOver,
    /// A supervisor gave it to an extension or a queue.
    Transferred,
    /// Its extension was disabled: it went back to its queue.
    BackInQueue,
    /// Its extension was disabled, and it had no queue: it waits where supervisors see it.
    LeftToNobody,
    Closed,
    /// Its customer turned out to be the same as another session's: the messages of both are in the earlier one.
    Joined,
}

impl SessionEventKind {
    const ALL: [Self; 11] = [
        Self::Opened,
        Self::RoutedToExtension,
        Self::RoutedToQueue,
        Self::RoutedToNobody,
        Self::PickedUp,
        Self::TakenOver,
        Self::Transferred,
        Self::BackInQueue,
        Self::LeftToNobody,
        Self::Closed,
        Self::Joined,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::RoutedToExtension => "routed_to_extension",
            Self::RoutedToQueue => "routed_to_queue",
            Self::RoutedToNobody => "routed_to_nobody",
            Self::PickedUp => "picked_up",
            Self::TakenOver => "taken_over",
            Self::Transferred => "transferred",
            Self::BackInQueue => "back_in_queue",
            Self::LeftToNobody => "left_to_nobody",
            Self::Closed => "closed",
            Self::Joined => "joined",
        }
    }

    pub fn from_stored(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|what| what.as_str() == text)
    }
}
