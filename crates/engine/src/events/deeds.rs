//! What was done, in the words of scripts: an event tells pages only what to read again.

use domain::{
    event::Change,
    ids::{ChannelId, ContactId, ExtensionId, LineId, MessageId, SessionId, WebhookId},
    message::Status,
    webhook::WhyOff,
};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use std::collections::HashMap;

/// Something that was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// The session's timeline says what.
    Line(LineId),
    /// A label was put on the session, or taken off.
    Labelled,
    /// The session's contact has another name, note or number, or was merged or separated.
    Contact,
    /// A contact is gone: it was erased, or is a part of another one.
    ContactDeleted {
        contact: ContactId,
        merged_into: Option<ContactId>,
    },
    /// The settings of the channel changed, or its status.
    Channel,
    ChannelDeleted,
    /// An outbound message was written, here or on the phone.
    Sent,
    /// The message's status moved here.
    Status(Status),
    /// Meta told of a template.
    Template {
        waba_id: String,
        id: String,
    },
    /// Somebody chose whether the extension gets new sessions.
    Availability(ExtensionId),
    /// The webhook gets no events any more.
    WebhookOff(WhyOff),
    /// A newer version wrote it. It keeps its place among the others, so that both versions count them alike.
    Unknown,
}

/// The events that tell a deed: those about this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum About {
    Session(SessionId),
    Message(MessageId),
    Channel(ChannelId),
    /// Contacts that have no session to tell of them.
    Contacts,
    Presence,
    Templates,
    Webhook(WebhookId),
}

/// The deeds of a transaction.
#[derive(Debug, Default)]
pub(crate) struct Deeds(HashMap<About, Vec<Deed>>);

impl Deeds {
    /// What was done twice is told once.
    pub(crate) fn add(&mut self, about: About, deed: Deed) {
        let deeds = self.0.entry(about).or_default();
        if !deeds.contains(&deed) {
            deeds.push(deed);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes out what this event tells. Of several about the same thing the first tells all: no deed needs a row of its
    /// own.
    pub(super) fn told_by(&mut self, change: &Change) -> Vec<Deed> {
        let abouts = match *change {
            Change::Session { session } => [Some(About::Session(session)), None],
            Change::Message { session, message, .. } => {
                [Some(About::Session(session)), Some(About::Message(message))]
            }
            Change::Channel { channel } => [Some(About::Channel(channel)), None],
            Change::Directory => [Some(About::Contacts), None],
            Change::Presence => [Some(About::Presence), None],
            Change::Templates => [Some(About::Templates), None],
            Change::Webhook { webhook } => [Some(About::Webhook(webhook)), None],
            _ => [None, None],
        };
        let told = abouts.into_iter().flatten();
        told.filter_map(|about| self.0.remove(&about)).flatten().collect()
    }
}

/// Reads deeds; a newer version may have written others than this one knows.
pub(super) fn known<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Deed>, D::Error> {
    let all = Vec::<Value>::deserialize(from)?.into_iter();
    Ok(all
        .map(|deed| serde_json::from_value(deed).unwrap_or(Deed::Unknown))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn one_event_tells_of_its_session_and_of_its_message() {
        let (session, message) = (
            SessionId::new(Uuid::from_u128(1)),
            MessageId::new(Uuid::from_u128(2)),
        );
        let mut deeds = Deeds::default();
        deeds.add(About::Message(message), Deed::Sent);
        for _ in 0..2 {
            deeds.add(About::Session(session), Deed::Labelled);
        }
        let about_session = Change::Session { session };
        let about_message = Change::Message {
            session,
            message,
            inbound: false,
        };
        assert!(deeds.told_by(&Change::Read { session }).is_empty());
        assert!(!deeds.is_empty());
        assert_eq!(deeds.told_by(&about_message), [Deed::Labelled, Deed::Sent]);
        assert!(deeds.is_empty());
        assert!(deeds.told_by(&about_session).is_empty());
    }

    #[test]
    fn a_deed_of_a_newer_version_keeps_its_place() {
        let mut json = serde_json::Deserializer::from_str(r#"["sent",{"flown":3},{"status":"read"}]"#);
        assert_eq!(
            known(&mut json).unwrap(),
            [Deed::Sent, Deed::Unknown, Deed::Status(Status::Read)]
        );
    }
}
