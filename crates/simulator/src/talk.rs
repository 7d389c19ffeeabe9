//! What people and Meta do: customers write and read, the business sends, and Meta reports statuses.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::ids;
use crate::payload::{self, Update};
use crate::shared::Shared;
use crate::world::{CustomerId, DeliveryId, MessageContent, Outcome, SentMessage, Unknown, World};

/// The customer service window: <https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages>
const SERVICE_WINDOW_MS: i64 = 24 * 60 * 60 * 1000;
/// A typing indicator disappears after this time:
/// <https://developers.facebook.com/documentation/business-messaging/whatsapp/typing-indicators>
const TYPING_MS: i64 = 25_000;

/// A message that has passed Graph's checks.
#[derive(Debug)]
pub(crate) struct Valid {
    pub to: Option<String>,
    pub recipient: Option<String>,
    pub body: Value,
}

/// Graph's answer about the recipient of a message.
#[derive(Debug)]
pub(crate) struct Accepted {
    pub wamid: String,
    pub wa_id: Option<String>,
    pub bsuid: Option<String>,
}

/// The fate of an accepted message.
#[derive(Debug)]
enum Fate {
    Reaches(CustomerId),
    Fails {
        code: i64,
        title: &'static str,
        details: &'static str,
    },
    /// No status ever follows.
    Vanishes,
}

impl Shared {
    /// A customer writes; the message is queued for the number's callback.
    pub(crate) fn customer_says(
        self: &Arc<Self>,
        id: CustomerId,
        phone_number_id: &str,
        text: &str,
    ) -> Result<String, Unknown> {
        let at = (self.options.now)();
        let (wamid, message) = {
            let world = self.world();
            world.number(phone_number_id)?;
            let customer = world.customer(id)?;
            let wamid = ids::wamid(customer.wa_id.as_deref().unwrap_or_default());
            let message = payload::text_message(customer, &wamid, text, at);
            (wamid, message)
        };
        let update = Update {
            messages: vec![message],
            ..Update::default()
        };
        self.queue(phone_number_id, update)?;
        Ok(wamid)
    }

    /// Accepts a message from the business and, with automatic statuses, reports on it.
    pub(crate) fn accept(self: &Arc<Self>, phone_number_id: &str, token: &str, valid: Valid) -> Accepted {
        let at = (self.options.now)();
        let window_counts = self.options.service_window;
        let (accepted, fate) = self.change(|world| {
            let fate = fate(world, phone_number_id, &valid, at, window_counts);
            let reached = match fate {
                Fate::Reaches(customer) => Some(customer),
                Fate::Fails { .. } | Fate::Vanishes => None,
            };
            if let Some(customer) = reached {
                world.typing.remove(&(phone_number_id.to_owned(), customer));
            }
            let customer = reached.and_then(|id| world.customers.get(&id));
            let wa_id = customer.and_then(|customer| customer.wa_id.clone());
            let wa_id = wa_id.or_else(|| valid.to.as_deref().map(digits));
            let wamid = ids::wamid(wa_id.as_deref().unwrap_or_default());
            let bsuid = valid.recipient.clone();
            world.sent.push(SentMessage {
                wamid: wamid.clone(),
                phone_number_id: phone_number_id.to_owned(),
                to: valid.to,
                recipient: valid.recipient,
                customer: reached,
                body: valid.body,
                token: token.to_owned(),
                at,
                accepted: std::time::Instant::now(),
                statuses: Vec::new(),
            });
            (Accepted { wamid, wa_id, bsuid }, fate)
        });
        if self.options.auto_statuses && !self.world().graph.silent {
            let reported = match fate {
                Fate::Reaches(_) => ["sent", "delivered"]
                    .iter()
                    .try_for_each(|status| self.post_status(&accepted.wamid, status, &[])),
                Fate::Fails { code, title, details } => {
                    let error = json!({
                        "code": code,
                        "title": title,
                        "message": title,
                        "error_data": { "details": details },
                        "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
                    });
                    self.post_status(&accepted.wamid, "failed", &[error])
                }
                Fate::Vanishes => Ok(()),
            };
            if let Err(error) = reported {
                tracing::warn!(%error, "no automatic status");
            }
        }
        accepted
    }

    /// Queues a status for a message that the business has sent.
    pub(crate) fn post_status(
        self: &Arc<Self>,
        wamid: &str,
        status: &str,
        errors: &[Value],
    ) -> Result<(), Unknown> {
        let at = (self.options.now)();
        let (phone_number_id, report) = self.change(|world| {
            let place = world.sent.iter().rposition(|sent| sent.wamid == wamid);
            let place = place.ok_or_else(|| Unknown::Message(wamid.to_owned()))?;
            world.sent[place].statuses.push(status.to_owned());
            let sent = &world.sent[place];
            Ok((
                sent.phone_number_id.clone(),
                payload::status(world, sent, status, errors, at),
            ))
        })?;
        self.queue(
            &phone_number_id,
            Update {
                statuses: vec![report],
                ..Update::default()
            },
        )?;
        Ok(())
    }

    /// The customer reads the business's messages, from one number or from all; each is read once.
    pub(crate) fn customer_reads(
        self: &Arc<Self>,
        id: CustomerId,
        phone_number_id: Option<&str>,
    ) -> Result<(), Unknown> {
        let unread: Vec<String> = {
            let world = self.world();
            world.customer(id)?;
            let here = |sent: &&SentMessage| {
                sent.customer == Some(id)
                    && phone_number_id.is_none_or(|number| number == sent.phone_number_id)
                    && !sent
                        .statuses
                        .iter()
                        .any(|status| matches!(status.as_str(), "read" | "failed"))
            };
            world
                .sent
                .iter()
                .filter(here)
                .map(|sent| sent.wamid.clone())
                .collect()
        };
        unread
            .iter()
            .try_for_each(|wamid| self.post_status(wamid, "read", &[]))
    }

    /// The business marks a message and all earlier ones in that chat as read; false if the message is unknown.
    pub(crate) fn business_reads(&self, phone_number_id: &str, wamid: &str, typing: bool) -> bool {
        let until = (self.options.now)() + TYPING_MS;
        self.change(|world| {
            let fits = |said: &MessageContent| said.wamid == wamid && said.phone_number_id == phone_number_id;
            let Some(place) = world.said.iter().position(fits) else {
                return false;
            };
            let customer = world.said[place].customer;
            world.said[place].read = true;
            let World { said, deliveries, .. } = world;
            let arrived = |id: &DeliveryId| deliveries[id.0].outcome == Outcome::Arrived;
            for earlier in &mut said[..place] {
                let same_chat = earlier.customer == customer && earlier.phone_number_id == phone_number_id;
                earlier.read |= same_chat && earlier.deliveries.iter().any(arrived);
            }
            if typing {
                world.typing.insert((phone_number_id.to_owned(), customer), until);
            }
            true
        })
    }
}

fn fate(world: &World, phone_number_id: &str, valid: &Valid, at: i64, window_counts: bool) -> Fate {
    let customer = match (&valid.to, &valid.recipient) {
        // A BSUID belongs in `recipient`; in `to` the message is accepted and lost.
        (Some(to), _) if looks_like_bsuid(to) => return Fate::Vanishes,
        (Some(to), _) => world.customer_by_wa_id(&digits(to)),
        (None, Some(bsuid)) => world.customer_by_bsuid(bsuid),
        (None, None) => None,
    };
    let Some(customer) = customer else {
        return Fate::Fails {
            code: 131026,
            title: "Message undeliverable",
            details: "The recipient is not on WhatsApp.",
        };
    };
    let last_words = world.last_words.get(&(phone_number_id.to_owned(), customer));
    let open = last_words.is_some_and(|last| at - last < SERVICE_WINDOW_MS);
    if window_counts && !open && valid.body["type"] != "template" {
        return Fate::Fails {
            code: 131047,
            title: "Re-engagement message",
            details: "Message failed to send because more than 24 hours have passed since the customer last \
                      replied to this number.",
        };
    }
    Fate::Reaches(customer)
}

/// `CC.` and letters or digits: <https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids>
pub(crate) fn looks_like_bsuid(text: &str) -> bool {
    let Some((country, rest)) = text.split_once('.') else {
        return false;
    };
    country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase()) && !rest.is_empty()
}

/// A phone number without the characters `+`, `-`, `()` and space, which Graph accepts.
pub(crate) fn digits(number: &str) -> String {
    number.chars().filter(char::is_ascii_digit).collect()
}
