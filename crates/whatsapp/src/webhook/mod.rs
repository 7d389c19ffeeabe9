//! The content of a notification. One POST may carry up to a thousand updates of several numbers. A body is therefore
//! read into a list of items, each with its own text as received; an unreadable part is an item too.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages>

mod call;
mod card;
mod contact;
mod content;
mod fields;
mod interactive;
mod message;
mod status;
mod template;

use serde_json::value::RawValue;

use crate::json::{self, Object};
use contact::Contacts;

pub use crate::errors::GraphErrorObject;
pub use call::Call;
pub use card::{SharedAddress, SharedContact, SharedPhone, Typed};
pub use content::{Content, MediaKind, OrderItem, SystemChange};
pub use fields::{Field, fields, fields_at};
pub use interactive::Interactive;
pub use message::{Context, InboundMessage, Sender};
pub use status::{Pricing, Status, StatusUpdate};
pub use template::{TEMPLATE_FIELDS, TemplateChange, TemplateUpdate};

/// The `object` of every WhatsApp notification.
pub const OBJECT: &str = "whatsapp_business_account";

/// Why a body contains no items at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    #[error("the body is not JSON: {0}")]
    NotJson(String),
    /// Another product of Meta, or not a notification; `object` is empty if it was missing.
    #[error("the notification is for {object:?}, not for WhatsApp")]
    NotWhatsApp { object: String },
}

/// One update of a notification.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Meta's id of the number; absent in updates about a whole account.
    pub phone_number_id: Option<String>,
    pub display_phone_number: Option<String>,
    /// The WhatsApp Business Account; "0" in the tests of Meta's dashboard.
    pub waba_id: Option<String>,
    /// The item's own JSON, as received.
    pub raw: String,
    /// The JSON of the contact that belongs to a message or status, as received.
    pub contact_raw: Option<String>,
    pub kind: ItemKind,
}

#[derive(Debug, Clone, PartialEq)]
pub enum ItemKind {
    /// A customer's call counts as one, too.
    Message(Box<InboundMessage>),
    /// A message that the business wrote in the WhatsApp Business app on its phone.
    Echo(Box<InboundMessage>),
    Status(StatusUpdate),
    /// An error of the number as a whole, which may consist only of its reason.
    Error(GraphErrorObject),
    /// Something about a message template of the account.
    Template(TemplateUpdate),
    /// A field that is not read, or an empty change of one that is.
    Change {
        field: String,
    },
    /// A part without the required form, such as a message without an id.
    Malformed {
        reason: String,
    },
}

/// Reads a notification's body into its items, in the order of the body.
///
/// # Errors
/// [`BodyError`] if the body is not a WhatsApp notification. A broken part of a notification is an
/// [`ItemKind::Malformed`] item.
pub fn parse(body: &[u8]) -> Result<Vec<Item>, BodyError> {
    // A sender between Meta and the server may insert a byte order mark.
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let raw: &RawValue =
        serde_json::from_slice(body).map_err(|error| BodyError::NotJson(error.to_string()))?;
    let body = Object::open(raw);
    let object = body
        .as_ref()
        .and_then(|body| body.text("object"))
        .unwrap_or_default();
    match body {
        Some(body) if object == OBJECT => {
            let mut items = Vec::new();
            body.list("entry")
                .into_iter()
                .for_each(|raw| entry(raw, &mut items));
            Ok(items)
        }
        _ => Err(BodyError::NotWhatsApp {
            object: object.chars().take(64).collect(),
        }),
    }
}

/// Reads a message or an echo back from its item's own JSON, without the contact that came beside it.
pub fn message(raw: &str) -> Option<InboundMessage> {
    match message_item(raw)? {
        ItemKind::Message(message) | ItemKind::Echo(message) => Some(*message),
        _ => None,
    }
}

/// Like [`message`], and tells which of the two it is.
pub fn message_item(raw: &str) -> Option<ItemKind> {
    let raw: &RawValue = serde_json::from_str(raw).ok()?;
    let (object, nobody) = (Object::open(raw)?, Contacts::default());
    if InboundMessage::is_echo(&object) {
        let (message, _) = InboundMessage::read_echo(&object, &nobody)?;
        Some(ItemKind::Echo(Box::new(message)))
    } else {
        let (message, _) = InboundMessage::read(&object, &nobody)?;
        Some(ItemKind::Message(Box::new(message)))
    }
}

fn entry(raw: &RawValue, items: &mut Vec<Item>) {
    let origin = Origin::default();
    let Some(object) = Object::open(raw) else {
        return items.push(origin.malformed(raw, "an entry that is not an object"));
    };
    let origin = Origin {
        waba_id: object.text("id"),
        ..origin
    };
    let changes = object.list("changes");
    if changes.is_empty() {
        items.push(origin.malformed(raw, "an entry without changes"));
    }
    for raw in changes {
        change(raw, &origin, items);
    }
}

fn change(raw: &RawValue, origin: &Origin, items: &mut Vec<Item>) {
    let Some(object) = Object::open(raw) else {
        return items.push(origin.malformed(raw, "a change that is not an object"));
    };
    let field = object.text("field").unwrap_or_default();
    let Some(value) = object.object("value") else {
        return items.push(origin.item(raw, ItemKind::Change { field }));
    };
    let origin = origin.within(&value);
    let before = items.len();
    match field.as_str() {
        "messages" => updates(&value, &origin, items),
        "smb_message_echoes" => echoes(&value, &origin, items),
        "calls" => calls(&value, raw, &origin, items),
        field if TEMPLATE_FIELDS.contains(&field) => {
            items.push(match TemplateUpdate::read(field, &value) {
                Some(update) => origin.item(raw, ItemKind::Template(update)),
                None => origin.malformed(raw, "a change of a template without its id or its event"),
            });
        }
        _ => {}
    }
    if items.len() == before {
        items.push(origin.item(raw, ItemKind::Change { field }));
    }
}

/// One value may contain both messages and statuses.
fn updates(value: &Object<'_>, origin: &Origin, items: &mut Vec<Item>) {
    let messages = value.list("messages");
    let statuses = value.list("statuses");
    let contacts = Contacts::read(value, messages.len() + statuses.len() == 1);

    for raw in messages {
        items.push(match Object::open(raw) {
            None => origin.malformed(raw, "a message that is not an object"),
            Some(object) => match InboundMessage::read(&object, &contacts) {
                None => origin.malformed(raw, "a message without a valid id"),
                Some((message, contact)) => origin
                    .item(raw, ItemKind::Message(Box::new(message)))
                    .beside(contact.map(|contact| contact.raw)),
            },
        });
    }
    for raw in statuses {
        items.push(match Object::open(raw) {
            None => origin.malformed(raw, "a status that is not an object"),
            Some(object) => match StatusUpdate::read(&object) {
                None => origin.malformed(raw, "a status without a valid id or without its status"),
                Some(status) => {
                    let contact = contacts.of(&status.person());
                    origin
                        .item(raw, ItemKind::Status(status))
                        .beside(contact.map(|contact| contact.raw))
                }
            },
        });
    }
    errors(value, origin, items);
}

/// Errors of the number as a whole.
fn errors(value: &Object<'_>, origin: &Origin, items: &mut Vec<Item>) {
    for raw in value.list("errors") {
        let error = match Object::open(raw) {
            None => json::string(raw).and_then(|text| GraphErrorObject::bare(&text)),
            Some(object) => Some(GraphErrorObject::read(&object)),
        };
        items.push(match error {
            None => origin.malformed(raw, "an error that says nothing"),
            Some(error) => origin.item(raw, ItemKind::Error(error)),
        });
    }
}

/// Customers' calls. Recordings, transcripts, and what is told of the business's own calls, are kept as a change.
fn calls(value: &Object<'_>, change: &RawValue, origin: &Origin, items: &mut Vec<Item>) {
    let calls = value.list("calls");
    let contacts = Contacts::read(value, calls.len() == 1);
    let mut others = !value.list("statuses").is_empty();
    for raw in calls {
        let Some(object) = Object::open(raw).filter(Call::is_call) else {
            others = true;
            continue;
        };
        items.push(match InboundMessage::read(&object, &contacts) {
            None => origin.malformed(raw, "a call without a valid id"),
            Some((call, contact)) => origin
                .item(raw, ItemKind::Message(Box::new(call)))
                .beside(contact.map(|contact| contact.raw)),
        });
    }
    errors(value, origin, items);
    if others {
        let field = "calls".to_owned();
        items.push(origin.item(change, ItemKind::Change { field }));
    }
}

/// Messages that the business wrote in the WhatsApp Business app on its phone.
fn echoes(value: &Object<'_>, origin: &Origin, items: &mut Vec<Item>) {
    let echoes = value.list("message_echoes");
    let contacts = Contacts::read(value, echoes.len() == 1);
    for raw in echoes {
        items.push(match Object::open(raw) {
            None => origin.malformed(raw, "an echo that is not an object"),
            Some(object) => match InboundMessage::read_echo(&object, &contacts) {
                None => origin.malformed(raw, "an echo without a valid id"),
                Some((message, contact)) => origin
                    .item(raw, ItemKind::Echo(Box::new(message)))
                    .beside(contact.map(|contact| contact.raw)),
            },
        });
    }
}

/// The origin of an update, as far as it is known at this depth of the body.
#[derive(Debug, Clone, Default)]
struct Origin {
    waba_id: Option<String>,
    phone_number_id: Option<String>,
    display_phone_number: Option<String>,
}

impl Origin {
    /// `messaging_handovers` has no metadata: its number is the recipient. Changes of a number's quality or name have
    /// the number directly in the value.
    fn within(&self, value: &Object<'_>) -> Self {
        let places = [value.object("metadata"), value.object("recipient")];
        let find = |key: &str| {
            places
                .iter()
                .flatten()
                .find_map(|place| place.text(key))
                .or_else(|| value.text(key))
        };
        Self {
            waba_id: self.waba_id.clone(),
            phone_number_id: find("phone_number_id"),
            display_phone_number: find("display_phone_number"),
        }
    }

    fn item(&self, raw: &RawValue, kind: ItemKind) -> Item {
        Item {
            phone_number_id: self.phone_number_id.clone(),
            display_phone_number: self.display_phone_number.clone(),
            waba_id: self.waba_id.clone(),
            raw: raw.get().to_owned(),
            contact_raw: None,
            kind,
        }
    }

    fn malformed(&self, raw: &RawValue, reason: &str) -> Item {
        self.item(
            raw,
            ItemKind::Malformed {
                reason: reason.to_owned(),
            },
        )
    }
}

impl Item {
    fn beside(mut self, contact: Option<&RawValue>) -> Self {
        self.contact_raw = contact.map(|raw| raw.get().to_owned());
        self
    }
}
