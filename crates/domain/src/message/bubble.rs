//! What a bubble shows of a message besides its text.

use crate::{
    file::FileView,
    ids::MessageId,
    message::content::{Answer, Content},
};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BubbleContent {
    /// `None` if the text is the whole content.
    pub what: Option<Content>,
    /// The message's file, if it has one.
    #[serde(default)]
    pub file: Option<FileView>,
    /// Everything else: the text below a chosen row, the product in question, the fields of unknown content.
    #[serde(default)]
    pub details: Vec<Answer>,
    /// The wamid of the message that it answers.
    pub answers: Option<String>,
    /// The answered message, if the thread shows it.
    pub quote: Option<Quote>,
    pub forwarded: Option<Forwarded>,
    pub advert: Option<Advert>,
    /// Meta's error text about the message.
    #[serde(default)]
    pub trouble: Option<String>,
}

impl BubbleContent {
    /// Whether there is nothing besides the text.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Forwarded {
    Once,
    /// More than five times.
    Often,
}

/// The advertisement that led the customer here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advert {
    pub headline: Option<String>,
    pub body: Option<String>,
    /// `http` or `https`.
    pub link: Option<String>,
    /// Further facts about the advertisement, and its greeting.
    #[serde(default)]
    pub details: Vec<Answer>,
}

/// The message that another one answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    pub id: MessageId,
    /// The message is outbound.
    pub ours: bool,
    pub author: Option<String>,
    /// An API token sent it: the author is its name.
    #[serde(default)]
    pub by_token: bool,
    pub kind: String,
    pub text: Option<String>,
}
