//! The form of every kind.

use super::{contact::TypedContact, section::TypedSection};
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
