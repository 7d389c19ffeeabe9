//! A message to send, and the JSON that Meta wants of it.

use serde_json::{Value, json};

use crate::ids::{Bsuid, WaId, Wamid};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outbound {
    pub to: Recipient,
    pub body: OutboundBody,
    /// The message that this one answers.
    pub reply_to: Option<Wamid>,
    /// Handed back with every status, at most 512 characters. The sender's own id belongs here: it is
    /// the only way to recognise a message whose answer was lost.
    pub callback_data: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recipient {
    WaId(WaId),
    Bsuid(Bsuid),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutboundBody {
    /// At most 4096 characters.
    Text { body: String, preview_url: bool },
}

impl Outbound {
    pub(super) fn to_json(&self) -> Value {
        let mut message = json!({
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
        });
        // Never both: if both are present Meta takes `to`, and a BSUID in `to` may be dropped in silence.
        match &self.to {
            Recipient::WaId(wa_id) => message["to"] = json!(wa_id),
            Recipient::Bsuid(bsuid) => message["recipient"] = json!(bsuid),
        }
        match &self.body {
            OutboundBody::Text { body, preview_url } => {
                message["type"] = json!("text");
                message["text"] = json!({ "body": body, "preview_url": preview_url });
            }
        }
        if let Some(wamid) = &self.reply_to {
            message["context"] = json!({ "message_id": wamid });
        }
        if let Some(data) = &self.callback_data {
            message["biz_opaque_callback_data"] = json!(data);
        }
        message
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(to: Recipient) -> Outbound {
        let body = OutboundBody::Text {
            body: "Dobrý den".into(),
            preview_url: false,
        };
        Outbound {
            to,
            body,
            reply_to: None,
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
        message.reply_to = Some(Wamid::parse("wamid.A").unwrap());
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
