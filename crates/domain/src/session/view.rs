//! Sessions as the inbox and the API list them.

use crate::{
    form::{Problem, unknown},
    ids::SessionId,
    message::{Direction, MessageView, Status},
    page::Page,
    refs::{ChannelRef, ContactRef, ExtensionRef, LabelRef, QueueRef},
    session::{Holder, State},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

/// Maximum number of characters of a preview's text: more than a line shows, and a list stays small whatever was written.
const MAX_PREVIEW: usize = 300;

/// The newest message of a session in one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    pub direction: Direction,
    pub kind: String,
    pub text: Option<String>,
    pub status: Option<Status>,
}

impl Preview {
    pub fn of(message: &MessageView) -> Self {
        Self {
            direction: message.direction,
            kind: message.shown_kind().to_owned(),
            text: message.text.as_deref().map(beginning),
            status: message.status,
        }
    }
}

/// At most [`MAX_PREVIEW`] characters of a text.
fn beginning(text: &str) -> String {
    match text.char_indices().nth(MAX_PREVIEW) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// A row of the inbox, and of the API's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRow {
    pub id: SessionId,
    pub state: State,
    pub contact: ContactRef,
    pub channel: ChannelRef,
    pub queue: Option<QueueRef>,
    pub owner: Option<ExtensionRef>,
    /// The customer's messages since an operator last looked.
    pub unread: u32,
    pub last_message: Option<Preview>,
    pub last_message_at: Timestamp,
    pub window_closes_at: Option<Timestamp>,
    pub opened_at: Timestamp,
    pub closed_at: Option<Timestamp>,
    /// When the customer wrote the first message that nobody has answered yet.
    pub waiting_since: Option<Timestamp>,
    /// Until when its owner has put it off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snoozed_until: Option<Timestamp>,
    /// The customer writes in a WhatsApp group, where others read along.
    #[serde(default)]
    pub group: bool,
    /// By name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<LabelRef>,
}

impl SessionRow {
    /// The owner of an open session, or the place where it waits.
    pub fn holder(&self) -> Holder {
        match (&self.owner, &self.queue) {
            (Some(owner), _) => Holder::Extension(owner.id),
            (None, Some(queue)) => Holder::Queue(queue.id),
            (None, None) => Holder::Nobody,
        }
    }
}

/// Which columns the rows need, because the values differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Several {
    pub channels: bool,
    pub queues: bool,
}

/// One page of the inbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxPage {
    pub rows: Page<SessionRow>,
    #[serde(default)]
    pub several: Several,
}

/// The tabs of the inbox.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Default,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[strum(serialize_all = "snake_case", parse_err_ty = Problem, parse_err_fn = unknown)]
#[serde(rename_all = "snake_case")]
pub enum Tab {
    /// Open and owned by the user; those that are put off only where the list is narrowed to them.
    #[default]
    Mine,
    /// Open without an owner, in the user's queues.
    Waiting,
    /// Every session that the user may see, including closed ones.
    All,
}

impl Tab {
    pub const ALL: &'static [Self] = Self::VARIANTS;

    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// The counts on the tabs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct InboxCounts {
    pub mine: u32,
    pub waiting: u32,
    /// Open sessions with unread messages that the user owns or may pick up: the number in the window's title.
    pub unread: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preview_is_a_line_whatever_was_written() {
        assert_eq!(beginning("Dobrý den"), "Dobrý den");
        let exact = "ž".repeat(MAX_PREVIEW);
        assert_eq!(beginning(&exact), exact);
        assert_eq!(beginning(&"ž".repeat(2_000_000)), format!("{exact}…"));
    }
}
