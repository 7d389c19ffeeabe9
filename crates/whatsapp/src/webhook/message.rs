//! One message: its sender, the message it answers, its origin. Its content is in `content`.

use super::{
    call::Call,
    contact::{Contact, Contacts, Person},
    content::Content,
};
use crate::{
    errors::GraphErrorObject,
    ids::{Bsuid, WaId, Wamid},
    json::Object,
};

/// The fields of an echo that name the customer.
const ECHO_KEYS: [&str; 3] = ["to", "to_user_id", "to_parent_user_id"];

#[derive(Debug, Clone, PartialEq)]
pub struct InboundMessage {
    pub wamid: Wamid,
    /// When it was sent, in seconds since 1970; the service window counts from here.
    pub timestamp: Option<i64>,
    /// The customer. For an echo, which the business sent from its phone: the recipient.
    pub sender: Sender,
    pub content: Content,
    pub context: Option<Context>,
    /// The advertisement that led here (click-to-WhatsApp), as received; on any type of message.
    pub referral: Option<serde_json::Value>,
    pub group_id: Option<String>,
    pub errors: Vec<GraphErrorObject>,
}

/// The sender of a message. Since 2026 a sender may have a business-scoped id and no phone number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sender {
    pub wa_id: Option<WaId>,
    pub bsuid: Option<Bsuid>,
    pub parent_bsuid: Option<Bsuid>,
    /// The name that the person chose in WhatsApp.
    pub name: Option<String>,
    /// Not an identity: it may pass to another person.
    pub username: Option<String>,
}

/// What a message refers to. A forwarded message has no `wamid`; a reply may name an unknown one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    pub wamid: Option<Wamid>,
    /// The author of the answered message, as received.
    pub from: Option<String>,
    pub forwarded: bool,
    /// Forwarded more than five times.
    pub frequently_forwarded: bool,
}

impl InboundMessage {
    /// A customer's message; `None` without a valid id.
    pub(super) fn read<'c, 'a>(
        object: &Object<'_>,
        contacts: &'c Contacts<'a>,
    ) -> Option<(Self, Option<&'c Contact<'a>>)> {
        Self::with(object, ["from", "from_user_id", "from_parent_user_id"], contacts)
    }

    /// A message that the business wrote in the WhatsApp Business app; `None` without a valid id.
    /// <https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/smb_message_echoes>
    pub(super) fn read_echo<'c, 'a>(
        object: &Object<'_>,
        contacts: &'c Contacts<'a>,
    ) -> Option<(Self, Option<&'c Contact<'a>>)> {
        Self::with(object, ECHO_KEYS, contacts)
    }

    /// Whether an update is an echo, if the surrounding field does not tell: a customer's message names no recipient.
    pub(super) fn is_echo(object: &Object<'_>) -> bool {
        !Call::is_call(object) && ECHO_KEYS.iter().any(|key| object.text(key).is_some())
    }

    /// The array holds the fields that name the customer: a number, a user id, a parent's user id.
    fn with<'c, 'a>(
        object: &Object<'_>,
        [number, user, parent]: [&str; 3],
        contacts: &'c Contacts<'a>,
    ) -> Option<(Self, Option<&'c Contact<'a>>)> {
        let person = Person::read(object, number, user);
        let contact = contacts.of(&person);
        let content = Content::read(object);
        let message = Self {
            wamid: match content {
                Content::Call(_) => Call::wamid(object)?,
                _ => object.parsed("id")?,
            },
            timestamp: object.parsed("timestamp"),
            sender: Sender::join(person, object.parsed(parent), contact),
            content,
            context: object.object("context").map(|context| Context::read(&context)),
            referral: object.value("referral"),
            group_id: object.text("group_id"),
            errors: GraphErrorObject::list(object, "errors"),
        };
        Some((message, contact))
    }
}

impl Sender {
    fn join(person: Person, parent_bsuid: Option<Bsuid>, contact: Option<&Contact<'_>>) -> Self {
        Self {
            wa_id: person.wa_id.or_else(|| contact?.person.wa_id.clone()),
            bsuid: person.bsuid.or_else(|| contact?.person.bsuid.clone()),
            parent_bsuid: parent_bsuid.or_else(|| contact?.parent_bsuid.clone()),
            name: contact.and_then(|contact| contact.name.clone()),
            username: contact.and_then(|contact| contact.username.clone()),
        }
    }
}

impl Context {
    fn read(object: &Object<'_>) -> Self {
        Self {
            wamid: object.parsed("id"),
            from: object.text("from"),
            forwarded: object.flag("forwarded"),
            frequently_forwarded: object.flag("frequently_forwarded"),
        }
    }
}
