//! What a customer's message says beside its text, as a bubble shows it.

use crate::ids::MessageId;
use serde::{Deserialize, Serialize};

/// The parts of a message that are not its text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageContent {
    pub what: ContentKind,
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

impl MessageContent {
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
pub enum ContentKind {
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
        coordinates: Option<String>,
        name: Option<String>,
        address: Option<String>,
        /// The page of the place, as it came.
        url: Option<String>,
    },
    Contacts(Vec<Card>),
    /// The answers of a form in WhatsApp (a flow), which may have none.
    Flow(Vec<Answer>),
    Order(Vec<OrderLine>),
    /// Meta received it and does not pass it on.
    Unsupported {
        /// Meta's word for what it was.
        kind: Option<String>,
    },
    /// A type that this version does not know.
    Unknown,
}

/// A contact that the customer shared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    pub name: Option<String>,
    pub facts: Vec<Fact>,
    /// The card as the sender's phone keeps it.
    pub vcard: Option<String>,
}

/// One line of a contact card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    pub what: FactKind,
    /// The sender's word for which one it is: `WORK`, `HOME`.
    pub which: Option<String>,
    pub value: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum FactKind {
    Phone,
    Email,
    Organisation,
    Department,
    Title,
    Address,
    Url,
    Birthday,
    /// Meta's word for it.
    Other(String),
}

/// One answer of a form, or one field of something else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The field's name; of nested ones the whole way. Empty where the form is no set of fields.
    pub field: String,
    pub value: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderLine {
    /// The seller's own id of the product.
    pub product: String,
    /// As a decimal number, when it was told.
    pub quantity: Option<String>,
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
