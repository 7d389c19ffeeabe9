//! What happened to a session.

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
    /// Who did it, or to whom it went.
    pub who: Option<String>,
    /// Who moved it to `who`.
    pub by: Option<String>,
    /// In the words of whoever moved it.
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
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}
