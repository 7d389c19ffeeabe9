//! The keys of what a batch has to read.

use crate::{
    entity::dead_letter,
    inbound::identities::{self, Identity},
};
use domain::ids::MessageId;
use std::collections::HashMap;
use uuid::Uuid;
use whatsapp::webhook::{InboundMessage, Item, ItemKind};

/// Values in one `IN`: SQLite has 32,766 parameters per statement, PostgreSQL twice as many.
pub(super) const AT_ONCE: usize = 10_000;

/// The keys of what has to be read.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    /// Wamids by the number they belong to.
    pub(super) wamids: HashMap<String, Vec<String>>,
    /// Our own ids, which Meta hands back with a status.
    pub(super) ours: Vec<Uuid>,
    pub(super) identities: Vec<Identity>,
}

impl Wanted {
    pub(super) fn of(items: &[&Item]) -> Self {
        let mut wanted = Self::default();
        for item in items {
            let Some(number) = &item.phone_number_id else {
                continue;
            };
            match &item.kind {
                ItemKind::Message(message) | ItemKind::Echo(message) => wanted.message(number, message),
                ItemKind::Status(update) => {
                    let wamids = wanted.of_number(number);
                    wamids.push(update.wamid.as_str().to_owned());
                    let ours = update.callback_data.as_deref();
                    let ours = ours.and_then(|id| id.parse::<MessageId>().ok());
                    wanted.ours.extend(ours.map(MessageId::uuid));
                }
                ItemKind::Template(_)
                | ItemKind::Error(_)
                | ItemKind::Change { .. }
                | ItemKind::Malformed { .. } => {
                    wanted.of_number(number);
                }
            }
        }
        wanted
    }

    fn of_number(&mut self, number: &str) -> &mut Vec<String> {
        self.wamids.entry(number.to_owned()).or_default()
    }

    fn message(&mut self, number: &str, inbound: &InboundMessage) {
        let wamids = self.of_number(number);
        wamids.push(inbound.wamid.as_str().to_owned());
        wamids.extend(inbound.content.about().map(str::to_owned));
        self.identities.extend(identities::identities(inbound));
    }

    /// Adds a dead letter that may be applied with the message for which it waits.
    pub(super) fn dead_letter(&mut self, letter: &dead_letter::Model) {
        let number = letter.phone_number_id.as_deref();
        if let (Some(number), Some(inbound)) = (number, whatsapp::webhook::message(&letter.raw)) {
            self.message(number, &inbound);
        }
    }
}
