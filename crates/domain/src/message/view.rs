//! Messages as people and scripts see them.

use crate::{
    form::{Problem, unknown},
    ids::MessageId,
    message::{BubbleContent, Failure, Status, Waits},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case", parse_err_ty = Problem, parse_err_fn = unknown)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    Inbound,
    Outbound,
}

impl Direction {
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// Whether a message of this kind is WhatsApp's own, such as that a customer's number has changed: nobody has to answer
/// it, and it opens no service window.
pub fn is_by_whatsapp(kind: &str) -> bool {
    kind == SYSTEM
}

/// The kind of WhatsApp's own messages.
pub const SYSTEM: &str = "system";

/// A message as people and scripts see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageView {
    pub id: MessageId,
    pub direction: Direction,
    /// Meta's word for the type: `text`, `image`, `reaction`, …
    pub kind: String,
    /// The text, or whatever in it can be read: a caption, a file's name, a button's title.
    pub text: Option<String>,
    /// Meta's time for inbound, ours for outbound.
    pub at: Timestamp,
    /// Outbound only.
    pub status: Option<Status>,
    pub failure: Option<Failure>,
    /// Of a queued one; only in a thread.
    #[serde(default)]
    pub waits: Option<Waits>,
    /// Who of ours wrote it.
    pub author: Option<String>,
    pub wamid: Option<String>,
    /// The failed message that this one tries again.
    pub retry_of: Option<MessageId>,
    /// The wamid of the message that this one reacts to, edits or deletes.
    pub about: Option<String>,
    /// What such messages made of it. Only a thread shows it so; a list has every message as it came.
    #[serde(default)]
    pub marks: Marks,
    /// What it says beside its text, where there is such.
    #[serde(default)]
    pub content: Option<BubbleContent>,
    /// One of ours wrote it in the WhatsApp Business app on a phone.
    #[serde(default)]
    pub phone: bool,
}

impl MessageView {
    /// Meta's word for what is shown: of one that was taken back nothing is left but that.
    pub fn shown_kind(&self) -> &str {
        if self.marks.deleted { "revoke" } else { &self.kind }
    }
}

/// What became of a message through later ones.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Marks {
    /// The last one of each side.
    pub reactions: Vec<(Direction, String)>,
    pub edited: Option<Edited>,
    /// By whoever wrote it.
    pub deleted: bool,
}

/// The text is another than it was.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Edited {
    /// The message that says so.
    pub by: MessageId,
    /// The text at first.
    pub before: Option<String>,
}
