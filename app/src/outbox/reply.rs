//! A reply between the form in which it was written and the process.

use crate::api::ApiError;
use domain::{
    ids::SessionId,
    message::{
        Outgoing, Typed, TypedKind,
        content::{Content, Text},
    },
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// A reply may cause this many internal errors before the user is told.
const MAX_BREAKS: u8 = 3;

/// A reply on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Kept")]
pub struct OnItsWay {
    pub session: SessionId,
    pub key: String,
    /// `None` while its file is still being uploaded.
    pub content: Option<Content>,
    /// The wamid of the message that it answers.
    pub answers: Option<String>,
    /// The form in which it was written, so that a refused message comes back into its form.
    pub typed: Option<(TypedKind, Typed)>,
    /// The files that are sent with one press, and their text, which may still become the caption of the first of them.
    #[serde(skip)]
    pub group: Option<String>,
    /// When it was written, by this browser's clock.
    pub at: Timestamp,
    /// How many internal errors it has caused.
    #[serde(skip)]
    pub broke: u8,
}

/// A reply as this version or an earlier one has stored it.
#[derive(Deserialize)]
struct Kept {
    session: SessionId,
    key: String,
    /// An earlier version knew texts only.
    text: Option<String>,
    content: Option<Content>,
    answers: Option<String>,
    typed: Option<(TypedKind, Typed)>,
    at: Timestamp,
}

impl From<Kept> for OnItsWay {
    fn from(kept: Kept) -> Self {
        let text = kept.text.map(|text| Content::text_of(&text));
        Self {
            content: kept.content.or(text),
            answers: kept.answers,
            typed: kept.typed,
            ..Self::new(kept.session, kept.key, None, kept.at)
        }
    }
}

impl OnItsWay {
    pub fn new(session: SessionId, key: String, content: Option<Content>, at: Timestamp) -> Self {
        Self {
            session,
            key,
            content,
            answers: None,
            typed: None,
            group: None,
            at,
            broke: 0,
        }
    }

    /// The message, unless its file is still being uploaded.
    pub fn outgoing(&self) -> Option<Outgoing> {
        let content = self.content.clone()?;
        let answers = self.answers.clone();
        Some(Outgoing { content, answers })
    }

    /// What its writer typed into the field for replies: a text, or a file's caption.
    pub fn words(&self) -> Option<&str> {
        match self.content.as_ref()? {
            Content::Text(Text { body, .. }) => Some(body),
            other => other.media()?.caption.as_deref(),
        }
    }

    /// Whether it has caused so many internal errors that the user has to be told.
    pub fn stuck(&self) -> bool {
        self.broke >= MAX_BREAKS
    }
}

/// A reply that was refused, or that its writer took back. It is in its form again, a text in the draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    pub session: SessionId,
    /// The form that holds it.
    pub form: Option<TypedKind>,
    /// `None` when it was taken back.
    pub why: Option<ApiError>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_reply_that_an_earlier_version_stored_is_still_sent() {
        let session = "00000000-0000-7000-8000-000000000001";
        let kept = json!({"session": session, "key": "k", "text": "Hello", "answers": "wamid.1", "at": 5});
        let reply: OnItsWay = serde_json::from_value(kept).unwrap();
        let sent = reply.outgoing().unwrap();
        assert_eq!(
            (sent.content, sent.answers.as_deref()),
            (Content::text_of("Hello"), Some("wamid.1"))
        );
        let again: OnItsWay = serde_json::from_value(serde_json::to_value(&reply).unwrap()).unwrap();
        assert_eq!(again, reply);
    }
}
