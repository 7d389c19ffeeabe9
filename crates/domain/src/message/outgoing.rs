//! An outgoing message.

use super::content::Content;
use crate::form::{Invalid, Problem};
use serde::{Deserialize, Serialize, de, ser};
use serde_json::{Map, Value, json};

/// Switchboard's own limit: Meta gives no number.
pub(super) const MAX_WAMID: usize = 1024;

/// What is sent to Meta, without the recipient. Stored beside the message, so that a retry sends the same again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    pub content: Content,
    /// The wamid of the message that it answers.
    pub answers: Option<String>,
}

/// Why a JSON object is not a message that can be sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotSendable {
    #[error("the type is not one that can be sent")]
    Type,
    #[error("{field}: {why}")]
    Field { field: String, why: String },
}

/// The kinds that can be sent.
const KINDS: [&str; 11] = [
    "text",
    "image",
    "video",
    "audio",
    "document",
    "sticker",
    "location",
    "contacts",
    "interactive",
    "reaction",
    "template",
];

impl From<Content> for Outgoing {
    fn from(content: Content) -> Self {
        Self {
            content,
            answers: None,
        }
    }
}

/// As Meta spells it.
impl Serialize for Outgoing {
    fn serialize<S: ser::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.to_meta().map_err(ser::Error::custom)?.serialize(to)
    }
}

impl<'de> Deserialize<'de> for Outgoing {
    fn deserialize<D: de::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::from_meta(Map::deserialize(from)?).map_err(de::Error::custom)
    }
}

impl Outgoing {
    /// # Errors
    /// The fields that Meta would refuse, or a kind that cannot be sent.
    pub fn check(&self) -> Result<(), Invalid> {
        self.content.check()?;
        let Some(wamid) = &self.answers else {
            return Ok(());
        };
        let problem = match wamid.chars().count() {
            _ if matches!(self.content, Content::Reaction(_)) => Problem::Unknown,
            _ if wamid.trim().is_empty() => Problem::Required,
            _ if wamid.contains(|c: char| c.is_control() || c.is_whitespace()) => Problem::NotAToken,
            1..=MAX_WAMID => return Ok(()),
            _ => Problem::TooLong,
        };
        Err(Invalid::field("context.message_id", problem))
    }

    /// Whether both send the same. What the customer reads of a template follows from it.
    pub fn is_same(&self, other: &Self) -> bool {
        let bare = |outgoing: &Self| {
            let mut outgoing = outgoing.clone();
            if let Content::Template(template) = &mut outgoing.content {
                template.text = None;
            }
            outgoing
        };
        bare(self) == bare(other)
    }

    /// Whether the message's row holds the whole content: a text with link previews that answers no message.
    pub fn is_plain(&self) -> bool {
        self.answers.is_none() && matches!(&self.content, Content::Text(text) if text.preview_url)
    }

    /// What Meta gets: `type`, the object of that name, and `context` if it answers a message.
    ///
    /// # Errors
    /// Serialisation fails, which no [`Content`] causes.
    pub fn to_meta(&self) -> Result<Map<String, Value>, serde_json::Error> {
        let mut message = self.to_stored()?;
        if let Some(Value::Object(template)) = message.get_mut("template") {
            template.remove("text");
        }
        Ok(message)
    }

    /// The same with what only Switchboard needs: the text of a template.
    ///
    /// # Errors
    /// As [`to_meta`](Self::to_meta).
    pub fn to_stored(&self) -> Result<Map<String, Value>, serde_json::Error> {
        let Value::Object(mut message) = serde_json::to_value(&self.content)? else {
            return Ok(Map::new());
        };
        message.insert("type".to_owned(), json!(self.content.kind()));
        if let Some(wamid) = &self.answers {
            message.insert("context".to_owned(), json!({ "message_id": wamid }));
        }
        Ok(message)
    }

    /// # Errors
    /// The first problem found.
    pub fn from_meta(mut message: Map<String, Value>) -> Result<Self, NotSendable> {
        let wrong = |field: &str, why: &str| NotSendable::Field {
            field: field.to_owned(),
            why: why.to_owned(),
        };
        let kind = match message.remove("type") {
            Some(Value::String(kind)) if KINDS.contains(&&*kind) => kind,
            Some(_) => return Err(NotSendable::Type),
            None => return Err(wrong("type", "is missing")),
        };
        let own = message.remove(&kind).ok_or_else(|| wrong(&kind, "is missing"))?;
        let answers = match message.remove("context") {
            None => None,
            Some(Value::Object(mut context)) => match (context.remove("message_id"), context.is_empty()) {
                (Some(Value::String(wamid)), true) => Some(wamid),
                _ => return Err(wrong("context", "holds a message_id, and nothing else")),
            },
            Some(_) => return Err(wrong("context", "is an object")),
        };
        if let Some(other) = message.keys().next() {
            return Err(wrong(other, "does not belong here"));
        }
        let content = serde_json::from_value(json!({ (kind.clone()): own }));
        Ok(Self {
            content: content.map_err(|error| wrong(&kind, &error.to_string()))?,
            answers,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(message: Value) -> Result<Outgoing, NotSendable> {
        match message {
            Value::Object(message) => Outgoing::from_meta(message),
            _ => Err(NotSendable::Type),
        }
    }

    #[test]
    fn it_is_written_as_it_was_read() {
        for message in [
            json!({"type": "text", "text": {"body": "Hello", "preview_url": false}, "context": {"message_id": "wamid.1"}}),
            json!({"type": "audio", "audio": {"id": "1", "voice": true}}),
            json!({"type": "location", "location": {"latitude": "50.08", "longitude": "14.420", "name": "Castle"}}),
            json!({"type": "contacts", "contacts": [{"name": {"formatted_name": "Jana Nová", "last_name": "Nová"},
                "org": {"company": "ACME"}, "phones": [{"phone": "+420", "type": "CELL", "wa_id": "420"}],
                "addresses": [{"street": "Dlouhá 1", "country_code": "cz", "type": "HOME"}], "birthday": "1964-02-29"}]}),
            json!({"type": "interactive", "interactive": {"type": "list", "header": {"type": "text", "text": "h"},
                "body": {"text": "?"}, "footer": {"text": "f"}, "action": {"button": "Days",
                "sections": [{"title": "t", "rows": [{"id": "1", "title": "Monday"}]}]}}}),
            json!({"type": "interactive", "interactive": {"type": "cta_url", "body": {"text": "?"}, "action": {
                "name": "cta_url", "parameters": {"display_text": "Open", "url": "https://example.com"}}}}),
            json!({"type": "interactive", "interactive": {"type": "location_request_message",
                "body": {"text": "Where are you?"}, "action": {"name": "send_location"}}}),
            json!({"type": "reaction", "reaction": {"message_id": "wamid.1", "emoji": "👍"}}),
            json!({"type": "template", "template": {"name": "hello", "language": {"code": "cs"}, "components": [
                {"type": "header", "parameters": [{"type": "image", "image": {"link": "https://example.com/a.png"}}]},
                {"type": "body", "parameters": [{"type": "text", "text": "Jana", "parameter_name": "name"},
                    {"type": "currency", "currency": {"fallback_value": "1 Kč", "code": "CZK", "amount_1000": 1000}}]},
                {"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": "a"}]},
                {"type": "carousel", "cards": [{"card_index": 0, "components": []}]}]}}),
        ] {
            let outgoing = read(message.clone());
            let written = outgoing.map(|outgoing| Value::Object(outgoing.to_meta().unwrap_or_default()));
            assert_eq!(written, Ok(message));
        }
    }

    #[test]
    fn what_does_not_belong_there_is_refused() {
        for (message, why) in [
            (json!({"text": {"body": "x"}}), "type: is missing"),
            (
                json!({"type": "order", "order": {}}),
                "the type is not one that can be sent",
            ),
            (json!({"type": "text"}), "text: is missing"),
            (json!({"type": "text", "text": {}}), "text: missing field `body`"),
            (
                json!({"type": "text", "text": {"body": "x"}, "image": {"id": "1"}}),
                "image: does not belong here",
            ),
            (
                json!({"type": "text", "text": {"body": "x"}, "context": {"id": "1"}}),
                "context: holds a message_id, and nothing else",
            ),
            (
                json!({"type": "location", "location": {"latitude": "north"}}),
                "location: no decimal number",
            ),
        ] {
            assert_eq!(
                read(message.clone()).map_err(|error| error.to_string()),
                Err(why.to_owned()),
                "{message}"
            );
        }
        let with_more = json!({"type": "text", "text": {"body": "x", "colour": "red"}});
        assert!(read(with_more).is_err());
    }
}
