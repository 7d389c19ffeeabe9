//! A message that is more than words, as a person types it: every field is a text, and a field that may be missing is
//! then empty. The same form holds every kind; each kind uses its part.

mod contact;
mod field;
mod form;
mod interactive;
mod section;

pub use contact::TypedContact;
pub use field::TypedField;
pub use form::{Typed, TypedKind};
pub use section::{TypedRow, TypedSection};

use super::content::{Content, Degrees, Location};
use crate::form::{optional, owned};

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

#[cfg(test)]
mod tests;
