//! A message that is more than words, as a person types it: every field is a text, and a field that may be missing is
//! then empty. The same form holds every kind; each kind uses its part.

mod contact;
mod field;
mod interactive;

pub use contact::TypedContact;
pub use field::TypedField;
pub use interactive::{TypedRow, TypedSection};

use super::content::{Content, Degrees, Location};
use crate::form::optional;
use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

/// The kinds of message that have a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum TypedKind {
    Location,
    Contacts,
    Buttons,
    List,
    Link,
    /// Asks the customer for their location.
    AskLocation,
}

impl TypedKind {
    pub const ALL: &'static [Self] = Self::VARIANTS;

    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Typed {
    pub header: String,
    pub body: String,
    pub footer: String,
    /// The titles of reply buttons.
    pub buttons: Vec<String>,
    /// The label of the button that opens a list or a page.
    pub label: String,
    pub sections: Vec<TypedSection>,
    pub url: String,
    pub latitude: String,
    pub longitude: String,
    pub name: String,
    pub address: String,
    pub contacts: Vec<TypedContact>,
}

impl Default for Typed {
    /// One empty field of each that there must be.
    fn default() -> Self {
        let none = String::new;
        Self {
            header: none(),
            body: none(),
            footer: none(),
            buttons: vec![none()],
            label: none(),
            sections: vec![TypedSection::default()],
            url: none(),
            latitude: none(),
            longitude: none(),
            name: none(),
            address: none(),
            contacts: vec![TypedContact::default()],
        }
    }
}

impl Typed {
    /// What is typed, as a message. It need not be one that can be sent: [`Content::check`] tells.
    pub fn content(&self, kind: TypedKind) -> Content {
        match kind {
            TypedKind::Location => Content::Location(Location {
                latitude: optional(&self.latitude).map(Degrees::typed),
                longitude: optional(&self.longitude).map(Degrees::typed),
                name: owned(&self.name),
                address: owned(&self.address),
                url: None,
            }),
            TypedKind::Contacts => {
                Content::Contacts(self.contacts.iter().map(TypedContact::contact).collect())
            }
            TypedKind::Buttons => Content::Interactive(interactive::buttons(self)),
            TypedKind::List => Content::Interactive(interactive::list(self)),
            TypedKind::Link => Content::Interactive(interactive::link(self)),
            TypedKind::AskLocation => Content::Interactive(interactive::ask_location(self)),
        }
    }
}

/// An optional field: an empty one is missing.
fn owned(text: &str) -> Option<String> {
    optional(text).map(str::to_owned)
}

#[cfg(test)]
mod tests;
