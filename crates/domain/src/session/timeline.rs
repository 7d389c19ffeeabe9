//! The events in a session's life.

use crate::{
    form::{Problem, unknown},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};

/// Something that happened to a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionEvent {
    pub at: Timestamp,
    pub what: SessionEventKind,
    /// Who did it, or who received the session.
    pub who: Option<String>,
    /// Who moved it to `who`.
    pub by: Option<String>,
    /// As typed by whoever moved it.
    pub reason: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case", parse_err_ty = Problem, parse_err_fn = unknown)]
#[serde(rename_all = "snake_case")]
pub enum SessionEventKind {
    Opened,
    RoutedToExtension,
    RoutedToQueue,
    RoutedToNobody,
    PickedUp,
    /// A supervisor took it from its owner.
    TakenOver,
    /// A supervisor gave it to an extension or a queue.
    Transferred,
    /// Its extension was disabled: the session went back to its queue.
    BackInQueue,
    /// Its extension was disabled, and the session had no queue: it waits where supervisors see it.
    LeftToNobody,
    Closed,
    /// Somebody sent a template after it was closed.
    Reopened,
    /// Nobody had written for the number of hours in `who`.
    ClosedIdle,
    /// Its customer turned out to be the same as another session's: the messages of both are in the earlier session.
    Joined,
}

impl SessionEventKind {
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}
