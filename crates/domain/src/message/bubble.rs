//! What a bubble shows of a message beside its text.

use crate::{
    ids::MessageId,
    message::content::{Answer, Content},
};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BubbleContent {
    /// Unless its words are all that there is of it.
    pub what: Option<Content>,
    /// Whatever else it says: the words below a chosen row, the product in question, the fields of what is not known.
    #[serde(default)]
    pub details: Vec<Answer>,
    /// The wamid of the message that it answers.
    pub answers: Option<String>,
    /// That message, when the thread shows it.
    pub quote: Option<Quote>,
    pub forwarded: Option<Forwarded>,
    pub advert: Option<Advert>,
    /// Meta's words for what is wrong with the message.
    #[serde(default)]
    pub trouble: Option<String>,
    /// Whoever asks may see its JSON.
    pub json: bool,
}

impl BubbleContent {
    /// Whether the text is all there is.
    pub fn is_nothing(&self) -> bool {
        *self
            == Self {
                json: self.json,
                ..Self::default()
            }
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
    /// Which advertisement it was, and how it greeted.
    #[serde(default)]
    pub details: Vec<Answer>,
}

/// The message that another one answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    pub id: MessageId,
    /// One of us wrote it.
    pub ours: bool,
    pub author: Option<String>,
    pub kind: String,
    pub text: Option<String>,
}
