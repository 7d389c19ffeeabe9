//! Messages as the console and the API show them.

use crate::{
    form::{Problem, unknown},
    ids::MessageId,
    message::{BubbleContent, Failure, Status, Waits, content::Content},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};
use uuid::Uuid;

/// Who wrote a message: the customer, or the company.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, EnumString, IntoStaticStr)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = MessageDirection))]
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

/// A message as the console and the API show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageView {
    pub id: MessageId,
    pub direction: Direction,
    /// Meta's word for the type: `text`, `image`, `reaction`, …
    pub kind: String,
    /// The text, or any other readable part: a caption, a file's name, a button's title.
    pub text: Option<String>,
    /// Inbound: Meta's time. Outbound: the process's time.
    pub at: Timestamp,
    /// Outbound only.
    pub status: Option<Status>,
    pub failure: Option<Failure>,
    /// For a queued message; only in a thread and in the API's list.
    #[serde(default)]
    pub waits: Option<Waits>,
    /// Who at the company wrote it.
    pub author: Option<String>,
    /// An API token did: the author is its name.
    #[serde(default)]
    pub by_token: bool,
    pub wamid: Option<String>,
    /// The failed message that this one retries.
    pub retry_of: Option<MessageId>,
    /// The wamid of the message that this one reacts to, edits or deletes.
    pub about: Option<String>,
    /// The effect of such messages on this one. Only a thread merges them; a list has every message as received.
    #[serde(default)]
    pub marks: Marks,
    /// Content besides the text, if any.
    #[serde(default)]
    pub content: Option<BubbleContent>,
    /// Somebody wrote it in the WhatsApp Business app on the company's phone.
    #[serde(default)]
    pub phone: bool,
}

impl MessageView {
    /// A message that the process does not have yet, under the key with which it will be sent.
    pub fn unsent(key: &str, content: &Content, at: Timestamp, status: Option<Status>) -> Self {
        let what = (!content.is_words()).then(|| content.clone());
        Self {
            id: key.parse().unwrap_or(MessageId::new(Uuid::nil())),
            direction: Direction::Outbound,
            kind: content.kind().to_owned(),
            text: content.words(),
            at,
            status,
            failure: None,
            waits: None,
            author: None,
            by_token: false,
            wamid: None,
            retry_of: None,
            about: None,
            marks: Marks::default(),
            content: what.map(|what| BubbleContent {
                what: Some(what),
                ..BubbleContent::default()
            }),
            phone: false,
        }
    }

    /// Meta's word for what is shown: a deleted message shows nothing but its deletion.
    pub fn shown_kind(&self) -> &str {
        if self.marks.deleted { "revoke" } else { &self.kind }
    }
}

/// The effect of later messages on a message.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Marks {
    /// The last reaction of each side.
    pub reactions: Vec<(Direction, String)>,
    pub edited: Option<Edited>,
    /// Deleted by its author's side.
    pub deleted: bool,
}

/// The text was edited.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Edited {
    /// The latest edit.
    pub by: MessageId,
    /// The original text.
    pub before: Option<String>,
}
