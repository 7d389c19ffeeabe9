//! The `contacts` beside messages and statuses: sparse, in any order, with or without a phone number. A contact belongs
//! to a message by its identity, never by its position in the list.

use serde_json::value::RawValue;

use crate::{
    ids::{Bsuid, WaId, person},
    json::Object,
};

/// The ids that identify a person.
#[derive(Debug, Clone, Default)]
pub(super) struct Person {
    pub wa_id: Option<WaId>,
    pub bsuid: Option<Bsuid>,
}

impl Person {
    /// Reads a phone-number field that may hold a business-scoped id, and the field of that id.
    pub fn read(object: &Object<'_>, number_key: &str, user_key: &str) -> Self {
        let (wa_id, misplaced) = person(object.text(number_key));
        Self {
            wa_id,
            bsuid: object.parsed(user_key).or(misplaced),
        }
    }

    fn is(&self, other: &Person) -> bool {
        same(&self.bsuid, &other.bsuid) == Some(true) || same(&self.wa_id, &other.wa_id) == Some(true)
    }

    fn contradicts(&self, other: &Person) -> bool {
        same(&self.bsuid, &other.bsuid) == Some(false) || same(&self.wa_id, &other.wa_id) == Some(false)
    }
}

fn same<T: PartialEq>(one: &Option<T>, other: &Option<T>) -> Option<bool> {
    Some(one.as_ref()? == other.as_ref()?)
}

#[derive(Debug)]
pub(super) struct Contact<'a> {
    pub raw: &'a RawValue,
    pub person: Person,
    pub parent_bsuid: Option<Bsuid>,
    pub name: Option<String>,
    pub username: Option<String>,
}

#[derive(Debug, Default)]
pub(super) struct Contacts<'a> {
    all: Vec<Contact<'a>>,
    /// The value holds one message or status, so its only contact almost certainly belongs to it.
    of_one_update: bool,
}

impl<'a> Contacts<'a> {
    pub fn read(value: &Object<'a>, of_one_update: bool) -> Self {
        let contact = |raw: &'a RawValue| {
            let object = Object::open(raw)?;
            let profile = object.object("profile");
            let profile = |key: &str| profile.as_ref().and_then(|profile| profile.text(key));
            Some(Contact {
                raw,
                person: Person::read(&object, "wa_id", "user_id"),
                parent_bsuid: object.parsed("parent_user_id"),
                name: profile("name"),
                username: profile("username"),
            })
        };
        Self {
            all: value.list("contacts").into_iter().filter_map(contact).collect(),
            of_one_update,
        }
    }

    pub fn of(&self, person: &Person) -> Option<&Contact<'a>> {
        let mut compatible = self
            .all
            .iter()
            .filter(|contact| !contact.person.contradicts(person));
        compatible
            .clone()
            .find(|contact| contact.person.is(person))
            .or_else(|| {
                let only = self.of_one_update && self.all.len() == 1;
                only.then(|| compatible.next()).flatten()
            })
    }
}
