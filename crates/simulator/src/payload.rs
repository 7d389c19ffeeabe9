//! The bodies of webhook deliveries, field by field as Meta documents them:
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages>
//! A field that Meta leaves out is left out here, never null or empty.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};

use crate::fate::digits;
use crate::kinds::FileKind;
use crate::store::StoredFile;
use crate::world::{CustomerFile, CustomerSpec, NumberSpec, SentMessage, World};

/// The content of one `messages` delivery.
#[derive(Debug, Clone, Default)]
pub(crate) struct Update {
    pub messages: Vec<Value>,
    pub statuses: Vec<Value>,
    pub without_contacts: bool,
    /// Another field than `messages`, and its value.
    pub change: Option<(&'static str, Value)>,
}

impl Update {
    /// Each message and status in its own update, without contacts.
    pub(crate) fn split(self) -> Vec<Self> {
        let messages = self.messages.into_iter().map(|message| Self {
            messages: vec![message],
            ..Self::bare()
        });
        let statuses = self.statuses.into_iter().map(|status| Self {
            statuses: vec![status],
            ..Self::bare()
        });
        messages.chain(statuses).collect()
    }

    fn bare() -> Self {
        Self {
            without_contacts: true,
            ..Self::default()
        }
    }

    /// The complete body of the delivery.
    pub(crate) fn body(&self, world: &World, number: &NumberSpec) -> Value {
        if let Some((field, value)) = &self.change {
            return json!({
                "object": "whatsapp_business_account",
                "entry": [{ "id": number.waba_id, "changes": [{ "value": value, "field": field }] }],
            });
        }
        let mut value = Map::new();
        value.insert("messaging_product".into(), json!("whatsapp"));
        value.insert("metadata".into(), number.metadata());
        for (key, array) in [
            ("contacts", self.contacts(world)),
            ("messages", self.messages.clone()),
            ("statuses", self.statuses.clone()),
        ] {
            if !array.is_empty() {
                value.insert(key.into(), Value::Array(array));
            }
        }
        json!({
            "object": "whatsapp_business_account",
            "entry": [{ "id": number.waba_id, "changes": [{ "value": value, "field": "messages" }] }],
        })
    }

    fn contacts(&self, world: &World) -> Vec<Value> {
        if self.without_contacts {
            return Vec::new();
        }
        let mut contacts = Vec::new();
        for customer in self
            .messages
            .iter()
            .filter_map(|message| world.writer_of(message))
        {
            contacts.push(contact(&world.customers[&customer], true));
        }
        for status in &self.statuses {
            let by_number = status["recipient_id"]
                .as_str()
                .and_then(|id| world.customer_by_wa_id(id));
            let by_bsuid = || {
                status["recipient_user_id"]
                    .as_str()
                    .and_then(|id| world.customer_by_bsuid(id))
            };
            if let Some(customer) = by_number.or_else(by_bsuid) {
                contacts.push(contact(&world.customers[&customer], false));
            }
        }
        contacts.dedup();
        contacts
    }
}

/// A contact; in status deliveries without the profile.
pub(crate) fn contact(customer: &CustomerSpec, with_profile: bool) -> Value {
    let mut contact = Map::new();
    if with_profile {
        let mut profile = Map::new();
        profile.insert("name".into(), json!(customer.name));
        put(&mut profile, "username", customer.username.as_deref());
        contact.insert("profile".into(), Value::Object(profile));
    }
    put(&mut contact, "wa_id", customer.wa_id.as_deref());
    put(&mut contact, "user_id", customer.bsuid.as_deref());
    Value::Object(contact)
}

impl NumberSpec {
    /// The part of a value that names the number.
    pub(crate) fn metadata(&self) -> Value {
        let digits = digits(&self.display_phone_number);
        json!({ "display_phone_number": digits, "phone_number_id": self.phone_number_id })
    }
}

/// What is told of a customer's call.
pub(crate) fn call(
    number: &NumberSpec,
    customer: &CustomerSpec,
    id: &str,
    event: &str,
    at: i64,
) -> Map<String, Value> {
    let mut call = Map::new();
    call.insert("id".into(), json!(id));
    call.insert("to".into(), json!(digits(&number.display_phone_number)));
    put(&mut call, "from", customer.wa_id.as_deref());
    put(&mut call, "from_user_id", customer.bsuid.as_deref());
    call.insert("event".into(), json!(event));
    call.insert("timestamp".into(), json!(seconds(at)));
    call.insert("direction".into(), json!("USER_INITIATED"));
    call
}

/// A customer's message of this kind.
pub(crate) fn message(customer: &CustomerSpec, wamid: &str, kind: &str, content: Value, at: i64) -> Value {
    let mut message = Map::new();
    put(&mut message, "from", customer.wa_id.as_deref());
    put(&mut message, "from_user_id", customer.bsuid.as_deref());
    message.insert("id".into(), json!(wamid));
    message.insert("timestamp".into(), json!(seconds(at)));
    message.insert("type".into(), json!(kind));
    message.insert(kind.into(), content);
    Value::Object(message)
}

/// The content of a message with a file. Webhooks give the hash in Base64, Graph in hex.
pub(crate) fn file(spec: &CustomerFile, stored: &StoredFile, id: &str, url: &str) -> Value {
    let mut content = Map::new();
    put(&mut content, "caption", spec.caption.as_deref());
    put(&mut content, "filename", spec.filename.as_deref());
    content.insert("mime_type".into(), json!(spec.mime_type));
    content.insert("sha256".into(), json!(STANDARD.encode(stored.sha256)));
    content.insert("id".into(), json!(id));
    content.insert("url".into(), json!(url));
    match spec.kind {
        FileKind::Audio => content.insert("voice".into(), json!(spec.voice)),
        FileKind::Sticker => content.insert("animated".into(), json!(stored.animated)),
        FileKind::Document | FileKind::Image | FileKind::Video => None,
    };
    Value::Object(content)
}

/// A service message is free, and so is a utility template within the service window.
/// <https://developers.facebook.com/documentation/business-messaging/whatsapp/pricing>
fn pricing(world: &World, sent: &SentMessage) -> Value {
    let category = world
        .template_of(sent)
        .map(|template| template.category.to_lowercase());
    let open = sent
        .customer
        .is_some_and(|customer| world.window_is_open(&sent.phone_number_id, customer, sent.at));
    let free = match category.as_deref() {
        None => true,
        Some("utility") => open,
        Some(_) => false,
    };
    json!({
        "billable": !free,
        "pricing_model": "PMP",
        "category": category.as_deref().unwrap_or("service"),
        "type": if free { "free_customer_service" } else { "regular" },
    })
}

/// The status of a message that the business has sent.
pub(crate) fn status(world: &World, sent: &SentMessage, status: &str, errors: &[Value], at: i64) -> Value {
    let mut report = Map::new();
    report.insert("id".into(), json!(sent.wamid));
    report.insert("status".into(), json!(status));
    report.insert("timestamp".into(), json!(seconds(at)));
    let customer = sent.customer.and_then(|id| world.customers.get(&id));
    let wa_id = customer
        .and_then(|customer| customer.wa_id.as_deref())
        .or(sent.to.as_deref());
    let bsuid = customer
        .and_then(|customer| customer.bsuid.as_deref())
        .or(sent.recipient.as_deref());
    put(&mut report, "recipient_id", wa_id);
    put(&mut report, "recipient_user_id", bsuid);
    put(
        &mut report,
        "biz_opaque_callback_data",
        sent.body["biz_opaque_callback_data"].as_str(),
    );
    if matches!(status, "sent" | "delivered") {
        report.insert("pricing".into(), pricing(world, sent));
    }
    if !errors.is_empty() {
        report.insert("errors".into(), json!(errors));
    }
    Value::Object(report)
}

/// The bytes on the wire: Meta escapes the slash and every character beyond ASCII, with lower-case hex, and signs the
/// escaped text. See "Validate Payloads" in
/// <https://developers.facebook.com/docs/messenger-platform/webhooks#validate-payloads>.
pub(crate) fn wire_text(body: &Value) -> String {
    let mut wire = String::new();
    let mut units = [0; 2];
    for character in body.to_string().chars() {
        match character {
            '/' => wire.push_str("\\/"),
            ascii if ascii.is_ascii() => wire.push(ascii),
            other => {
                for unit in other.encode_utf16(&mut units) {
                    wire.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    wire
}

fn put(object: &mut Map<String, Value>, key: &str, value: Option<&str>) {
    if let Some(value) = value {
        object.insert(key.to_owned(), json!(value));
    }
}

fn seconds(milliseconds: i64) -> String {
    milliseconds.div_euclid(1000).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wire_text_is_escaped_as_meta_escapes_it_and_means_the_same() {
        let body = json!({ "body": "Dobrý den 👋 a/b" });
        let wire = wire_text(&body);
        assert_eq!(wire, r#"{"body":"Dobr\u00fd den \ud83d\udc4b a\/b"}"#);
        assert_eq!(serde_json::from_str::<Value>(&wire).unwrap(), body);
    }
}
