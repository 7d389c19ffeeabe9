//! A contact card that the customer sent. Every part is optional, and any of them may be the only one.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/contacts>

use super::fields::{Field, fields};
use crate::{ids::WaId, json::Object};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SharedContact {
    /// The whole name, or its parts in the order in which people write them.
    pub name: Option<String>,
    pub phones: Vec<SharedPhone>,
    pub emails: Vec<Typed>,
    pub organisation: Option<String>,
    pub department: Option<String>,
    pub title: Option<String>,
    pub addresses: Vec<SharedAddress>,
    pub urls: Vec<Typed>,
    pub birthday: Option<String>,
    /// The vCard from the sender's phone.
    pub vcard: Option<String>,
    /// `contact_request` if the card answers a request for contact details, else `other`.
    pub origin: Option<String>,
    /// Any other fields.
    pub other: Vec<Field>,
}

/// A value and its type: `WORK`, `HOME`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Typed {
    pub value: String,
    pub kind: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SharedPhone {
    pub phone: Option<String>,
    pub wa_id: Option<WaId>,
    pub kind: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SharedAddress {
    pub street: Option<String>,
    pub city: Option<String>,
    pub state: Option<String>,
    pub zip: Option<String>,
    pub country: Option<String>,
    pub kind: Option<String>,
}

/// The fields that are read by name, and the names of their objects' fields that are read.
const KNOWN: [(&str, &[&str]); 9] = [
    (
        "name",
        &[
            "formatted_name",
            "prefix",
            "first_name",
            "middle_name",
            "last_name",
            "suffix",
        ],
    ),
    ("phones", &["phone", "wa_id", "type"]),
    ("emails", &["email", "type"]),
    ("org", &["company", "department", "title"]),
    (
        "addresses",
        &[
            "street",
            "city",
            "state",
            "zip",
            "country",
            "country_code",
            "type",
        ],
    ),
    ("urls", &["url", "type"]),
    ("birthday", &[]),
    ("vcard", &[]),
    ("origin", &[]),
];

impl SharedContact {
    pub(super) fn read(card: &Object<'_>) -> Self {
        let name = card.object("name");
        let name_part = |key: &str| name.as_ref().and_then(|name| name.text(key));
        let parts = ["prefix", "first_name", "middle_name", "last_name", "suffix"];
        let parts: Vec<String> = parts.into_iter().filter_map(name_part).collect();
        let org = card.object("org");
        let org_part = |key: &str| org.as_ref().and_then(|org| org.text(key));
        Self {
            name: name_part("formatted_name")
                .or(Some(parts.join(" ")))
                .filter(|name| !name.is_empty())
                .or_else(|| card.text("name")),
            phones: card
                .each("phones")
                .map(|(object, text)| match object {
                    Some(phone) => SharedPhone {
                        phone: phone.text("phone"),
                        wa_id: phone.parsed("wa_id"),
                        kind: phone.text("type"),
                    },
                    None => SharedPhone {
                        phone: text,
                        ..SharedPhone::default()
                    },
                })
                .collect(),
            emails: typed(card, "emails", "email"),
            organisation: org_part("company").or_else(|| card.text("org")),
            department: org_part("department"),
            title: org_part("title"),
            addresses: card
                .each("addresses")
                .map(|(object, text)| match object {
                    Some(address) => SharedAddress {
                        street: address.text("street"),
                        city: address.text("city"),
                        state: address.text("state"),
                        zip: address.text("zip"),
                        country: address.text("country").or_else(|| address.text("country_code")),
                        kind: address.text("type"),
                    },
                    None => SharedAddress {
                        street: text,
                        ..SharedAddress::default()
                    },
                })
                .collect(),
            urls: typed(card, "urls", "url"),
            birthday: card.text("birthday"),
            vcard: card.text("vcard"),
            origin: card.text("origin"),
            other: other(card),
        }
    }
}

fn typed(card: &Object<'_>, key: &str, value: &str) -> Vec<Typed> {
    let one = |(object, text): (Option<Object<'_>>, Option<String>)| {
        Some(Typed {
            value: match &object {
                Some(object) => object.text(value)?,
                None => text?,
            },
            kind: object.and_then(|object| object.text("type")),
        })
    };
    card.each(key).filter_map(one).collect()
}

/// Everything that is not read by name, with the names of the fields.
fn other(card: &Object<'_>) -> Vec<Field> {
    let mut keys: Vec<_> = card.keys().collect();
    keys.sort_unstable();
    let of = |key: &str| {
        let known = KNOWN.iter().find(|(name, _)| *name == key);
        // Fields with a type are lists.
        let listed = known.is_some_and(|(_, names)| names.contains(&"type"));
        let is_text = card.string(key).is_some();
        let inside = card.raw(key).and_then(|raw| fields(raw.get()));
        let is_read = |field: &Field| {
            let place = match field.place.split_first() {
                Some((number, rest)) if listed && number.bytes().all(|b| b.is_ascii_digit()) => rest,
                _ => &field.place,
            };
            match (known, place) {
                (Some(_), []) => is_text || !field.place.is_empty(),
                (Some((_, names)), [name]) => names.contains(&name.as_str()),
                _ => false,
            }
        };
        let unread = inside.unwrap_or_default().into_iter();
        let unread = unread.filter(|field| !field.value.is_empty() && !is_read(field));
        let named = unread.map(|mut field| {
            field.place.insert(0, key.to_owned());
            field
        });
        named.collect::<Vec<_>>()
    };
    keys.into_iter().flat_map(of).collect()
}
