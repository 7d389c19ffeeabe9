//! An outbound message, and its JSON for Meta.

use crate::ids::{Bsuid, WaId};
use serde_json::{Map, Value, json};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outbound {
    pub to: Recipient,
    /// `type`, the object of that name, and `context` if the message answers another.
    pub message: Map<String, Value>,
    /// Returned with every status, at most 512 characters. Put the sender's own id here: it is the only way to
    /// recognise a message whose answer was lost.
    pub callback_data: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recipient {
    WaId(WaId),
    Bsuid(Bsuid),
}

impl Outbound {
    pub(super) fn to_json(&self) -> Value {
        let mut message = self.message.clone();
        message.insert("messaging_product".to_owned(), json!("whatsapp"));
        message.insert("recipient_type".to_owned(), json!("individual"));
        // Never both: if both are present Meta uses `to`, and a BSUID in `to` may be dropped silently.
        match &self.to {
            Recipient::WaId(wa_id) => message.insert("to".to_owned(), json!(wa_id)),
            Recipient::Bsuid(bsuid) => message.insert("recipient".to_owned(), json!(bsuid)),
        };
        if let Some(data) = &self.callback_data {
            message.insert("biz_opaque_callback_data".to_owned(), json!(data));
        }
        Value::Object(message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(to: Recipient) -> Outbound {
        let text = json!({ "body": "Dobrý den", "preview_url": false });
        Outbound {
            to,
            message: Map::from_iter([("type".to_owned(), json!("text")), ("text".to_owned(), text)]),
            callback_data: None,
        }
    }

    #[test]
    fn a_plain_text_to_a_number() {
        let message = text(Recipient::WaId(WaId::parse("420777123456").unwrap()));
        assert_eq!(
            message.to_json(),
            json!({
                "messaging_product": "whatsapp",
                "recipient_type": "individual",
                "to": "420777123456",
                "type": "text",
                "text": { "body": "Dobrý den", "preview_url": false },
            })
        );
    }

    #[test]
    fn a_reply_to_a_person_without_a_number() {
        let mut message = text(Recipient::Bsuid(Bsuid::parse("CZ.123").unwrap()));
        let context = json!({ "message_id": "wamid.A" });
        message.message.insert("context".to_owned(), context);
        message.callback_data = Some("message-7".into());
        assert_eq!(
            message.to_json(),
            json!({
                "messaging_product": "whatsapp",
                "recipient_type": "individual",
                "recipient": "CZ.123",
                "type": "text",
                "text": { "body": "Dobrý den", "preview_url": false },
                "context": { "message_id": "wamid.A" },
                "biz_opaque_callback_data": "message-7",
            })
        );
    }
}
