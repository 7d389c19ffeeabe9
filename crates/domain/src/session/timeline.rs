//! The events in a session's life.

use crate::{
    form::{Invalid, Problem, Problems, lines, unknown},
    ids::LineId,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};

/// The longest note, in characters.
pub const MAX_NOTE: usize = 4096;

/// The most notes in one session: everybody who opens it reads all of them.
pub const MAX_NOTES: u64 = 500;

/// Checks a note.
///
/// # Errors
/// It is empty or too long, or has control characters.
pub fn note(text: &str) -> Result<String, Invalid> {
    let mut problems = Problems::default();
    match lines(text, MAX_NOTE) {
        Ok(text) => return Ok(text),
        Err(Problem::TooLong) => problems.add_too_long("text", MAX_NOTE),
        Err(problem) => problems.add("text", problem),
    }
    Err(problems.refuse())
}

/// Something that happened to a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionEvent {
    pub id: LineId,
    pub at: Timestamp,
    pub what: SessionEventKind,
    /// Who did it, or who received the session.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub who: Option<String>,
    /// Who moved it to `who`.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub by: Option<String>,
    /// As typed by whoever moved it; the text of a note.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub reason: Option<String>,
    /// The colleagues for whom a note calls.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<String>,
}

/// What happened to a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[strum(serialize_all = "snake_case", parse_err_ty = Problem, parse_err_fn = unknown)]
#[serde(rename_all = "snake_case")]
pub enum SessionEventKind {
    Opened,
    RoutedToExtension,
    RoutedToQueue,
    RoutedToNobody,
    PickedUp,
    /// Its queue gave it to somebody who was online.
    Given,
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
    /// Somebody blocked the customer on the session's channel.
    Blocked,
    Unblocked,
    /// Its owner put it off.
    Snoozed,
    /// It came back: somebody brought it, or its time had come.
    Woken,
    /// Somebody wrote a note for colleagues. The customer never sees it.
    Noted,
    /// Somebody merged its customer with the one whose number, or name, is the reason.
    ContactMerged,
    /// Somebody undid that.
    ContactSeparated,
}

impl SessionEventKind {
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_a_text_of_several_lines() {
        assert_eq!(
            note(" Call back.\r\nAfter five. \n").as_deref(),
            Ok("Call back.\nAfter five.")
        );
        for (text, problem) in [
            ("", Problem::Required),
            (" \n\t", Problem::Required),
            ("a\u{0}b", Problem::NotAToken),
            (&"é".repeat(MAX_NOTE + 1), Problem::TooLong),
        ] {
            assert_eq!(note(text).unwrap_err().fields[0].problem, problem, "{text:?}");
        }
        assert!(note(&"é".repeat(MAX_NOTE)).is_ok());
    }
}
