//! What a customer's message says beside its text, as a bubble shows it.

use crate::ids::MessageId;
use serde::{Deserialize, Serialize};

/// The parts of a message that are not its text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    pub what: What,
    /// The wamid of the message that it answers.
    pub answers: Option<String>,
    /// That message, when the thread shows it.
    pub quote: Option<Quote>,
    pub forwarded: Option<Forwarded>,
    pub advert: Option<Advert>,
    /// Whoever asks may see its JSON.
    pub json: bool,
}

impl Said {
    /// Whether the text is all there is.
    pub fn is_nothing(&self) -> bool {
        *self
            == Self {
                json: self.json,
                ..Self::default()
            }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum What {
    /// The text says it.
    #[default]
    Text,
    Media {
        /// Recorded in WhatsApp.
        voice: bool,
        /// Chosen by the sender.
        file_name: Option<String>,
    },
    Place {
        /// Latitude and longitude, in degrees.
        coordinates: String,
        name: Option<String>,
        address: Option<String>,
    },
    Contacts(Vec<Card>),
    Order(Vec<OrderLine>),
    /// Meta received it and does not pass it on.
    Unsupported {
        /// Meta's word for what it was.
        kind: Option<String>,
        /// Meta's reason.
        reason: Option<String>,
    },
    /// A type that this version does not know.
    Unknown,
}

/// A contact that the customer shared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    pub name: Option<String>,
    pub phones: Vec<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderLine {
    /// The seller's own id of the product.
    pub product: String,
    pub quantity: i64,
    /// Of one piece, with its currency.
    pub price: Option<String>,
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
