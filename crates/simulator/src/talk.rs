//! What people and Meta do: customers write and read, the business sends, and Meta reports statuses.

use std::sync::Arc;
use std::time::Instant;

use serde_json::{Value, json};
use url::Url;

use crate::fate::{Attachment, Failure, Fate, Valid, digits};
use crate::ids;
use crate::kinds::FileKind;
use crate::payload::{self, Update};
use crate::shared::Shared;
use crate::store::StoredFile;
use crate::world::{
    CustomerFile, CustomerId, DeliveryId, INBOUND_LIVES_MS, Media, MessageContent, Outcome, ReadMark,
    SentMessage, TemplateEvent, Unknown, World,
};

/// What a customer can tap or choose in a message of the business.
pub(crate) fn offers(body: &Value) -> Vec<Value> {
    let interactive = &body["interactive"];
    let action = &interactive["action"];
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    match interactive["type"].as_str() {
        Some("button") => {
            let buttons = list(&action["buttons"]);
            buttons.iter().map(|button| button["reply"].clone()).collect()
        }
        Some("list") => {
            let sections = list(&action["sections"]);
            sections
                .iter()
                .flat_map(|section| list(&section["rows"]))
                .collect()
        }
        _ => Vec::new(),
    }
}

/// A typing indicator disappears after this time:
/// <https://developers.facebook.com/documentation/business-messaging/whatsapp/typing-indicators>
const TYPING_MS: i64 = 25_000;
/// An older message cannot be marked as read.
const MARKABLE_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// Graph's answer about the recipient of a message.
#[derive(Debug)]
pub(crate) struct Accepted {
    pub wamid: String,
    pub wa_id: Option<String>,
    pub bsuid: Option<String>,
}

impl Shared {
    /// A customer writes; the message is queued for the number's callback.
    pub(crate) fn customer_says(
        self: &Arc<Self>,
        id: CustomerId,
        phone_number_id: &str,
        text: &str,
    ) -> Result<String, Unknown> {
        self.write(id, phone_number_id, "text", json!({ "body": text }), None)
    }

    /// A customer taps a reply button, or chooses a row of a list, in a message of the business.
    pub(crate) fn customer_chooses(
        self: &Arc<Self>,
        customer: CustomerId,
        wamid: &str,
        choice: &str,
    ) -> Result<String, Unknown> {
        let (number, content) = {
            let world = self.world();
            let sent = world.sent.iter().find(|sent| sent.wamid == wamid);
            let sent = sent.filter(|sent| sent.customer == Some(customer));
            let sent = sent.ok_or_else(|| Unknown::Message(wamid.to_owned()))?;
            let offered = offers(&sent.body)
                .into_iter()
                .find(|offer| offer["id"] == *choice);
            let offered = offered.ok_or_else(|| Unknown::Choice(choice.to_owned()))?;
            let kind = match sent.body["interactive"]["type"].as_str() {
                Some("list") => "list_reply",
                _ => "button_reply",
            };
            let content = json!({ "type": kind, kind: offered });
            (sent.phone_number_id.clone(), content)
        };
        self.write(customer, &number, "interactive", content, Some(wamid))
    }

    /// A customer sends a place.
    pub(crate) fn customer_is_at(
        self: &Arc<Self>,
        id: CustomerId,
        phone_number_id: &str,
        latitude: f64,
        longitude: f64,
    ) -> Result<String, Unknown> {
        let place = json!({ "latitude": latitude, "longitude": longitude });
        self.write(id, phone_number_id, "location", place, None)
    }

    /// A customer sends a file, which Meta keeps for the business.
    pub(crate) fn customer_sends(
        self: &Arc<Self>,
        id: CustomerId,
        phone_number_id: &str,
        spec: &CustomerFile,
        stored: StoredFile,
    ) -> Result<String, Unknown> {
        let media = Media {
            phone_number_id: phone_number_id.to_owned(),
            mime_type: spec.mime_type.clone(),
            file: stored.clone(),
            until: (self.options.now)() + INBOUND_LIVES_MS,
        };
        let media_id = self.change(|world| world.add_media(media));
        let content = payload::file(spec, &stored, &media_id, &self.download_address(&media_id));
        self.write(id, phone_number_id, spec.kind.name(), content, None)
    }

    fn write(
        self: &Arc<Self>,
        id: CustomerId,
        phone_number_id: &str,
        kind: &str,
        content: Value,
        answers: Option<&str>,
    ) -> Result<String, Unknown> {
        let at = (self.options.now)();
        let (wamid, message) = {
            let world = self.world();
            let number = digits(&world.number(phone_number_id)?.spec.display_phone_number);
            let customer = world.customer(id)?;
            let wamid = ids::wamid(customer.wa_id.as_deref().unwrap_or_default());
            let mut message = payload::message(customer, &wamid, kind, content, at);
            if let Some(answers) = answers {
                message["context"] = json!({ "from": number, "id": answers });
            }
            (wamid, message)
        };
        // What a blocked person writes never reaches the business.
        if !self.world().blocked.contains(&(phone_number_id.to_owned(), id)) {
            let update = Update {
                messages: vec![message],
                ..Update::default()
            };
            self.queue(phone_number_id, update)?;
        }
        Ok(wamid)
    }

    /// Accepts a message from the business and, with automatic statuses, reports on it.
    pub(crate) fn accept(self: &Arc<Self>, phone_number_id: &str, token: &str, valid: Valid) -> Accepted {
        let at = (self.options.now)();
        let window_counts = self.options.service_window;
        let (accepted, fate) = self.change(|world| {
            let fate = valid.fate(world, phone_number_id, at, window_counts);
            let reached = match fate {
                Fate::Reaches(customer) | Fate::Fetches(customer, ..) => Some(customer),
                Fate::Fails(_) | Fate::Vanishes => None,
            };
            if let Some(customer) = reached {
                world.typing.remove(&(phone_number_id.to_owned(), customer));
            }
            let customer = reached.and_then(|id| world.customers.get(&id));
            let wa_id = customer.and_then(|customer| customer.wa_id.clone());
            let wa_id = wa_id.or_else(|| valid.to.as_deref().map(digits));
            let wamid = ids::wamid(wa_id.as_deref().unwrap_or_default());
            let bsuid = valid.recipient.clone();
            let accepted = Instant::now();
            let since_start = accepted.duration_since(self.started).as_millis();
            world.sent.push(SentMessage {
                wamid: wamid.clone(),
                phone_number_id: phone_number_id.to_owned(),
                to: valid.to,
                recipient: valid.recipient,
                customer: reached,
                body: valid.body,
                token: token.to_owned(),
                at,
                accepted,
                accepted_ms: u64::try_from(since_start).unwrap_or(u64::MAX),
                file: valid.attachment.and_then(Attachment::here),
                statuses: Vec::new(),
            });
            if let Fate::Fetches(..) = fate {
                world.pending += 1;
            }
            (Accepted { wamid, wa_id, bsuid }, fate)
        });
        match fate {
            Fate::Reaches(_) => self.report(&accepted.wamid, None),
            Fate::Fetches(_, kind, link) => {
                let (shared, wamid) = (Arc::clone(self), accepted.wamid.clone());
                self.spawn(async move { shared.fetch_for(&wamid, kind, &link).await });
            }
            Fate::Fails(failure) => self.report(&accepted.wamid, Some(&failure)),
            Fate::Vanishes => {}
        }
        accepted
    }

    /// Fetches the file of an accepted message; its statuses follow.
    async fn fetch_for(self: &Arc<Self>, wamid: &str, kind: FileKind, link: &Url) {
        let fetched = self.fetch(kind, link).await;
        let failure = fetched.as_ref().err().map(|details| Failure::of_file(details));
        self.change(|world| {
            if let Some(sent) = world.sent.iter_mut().rfind(|sent| sent.wamid == wamid) {
                sent.file = fetched.ok();
            }
        });
        self.report(wamid, failure.as_ref());
        self.change(|world| world.pending -= 1);
    }

    /// Reports automatically on an accepted message: `sent` and `delivered`, or `failed`.
    fn report(self: &Arc<Self>, wamid: &str, failure: Option<&Failure>) {
        if !self.options.auto_statuses || self.world().graph.silent {
            return;
        }
        let reported = match failure {
            None => ["sent", "delivered"]
                .iter()
                .try_for_each(|status| self.post_status(wamid, status, &[])),
            Some(Failure { code, title, details }) => {
                let error = json!({
                    "code": code,
                    "title": title,
                    "message": title,
                    "error_data": { "details": details },
                    "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
                });
                self.post_status(wamid, "failed", &[error])
            }
        };
        if let Err(error) = reported {
            tracing::warn!(%error, "no automatic status");
        }
    }

    /// Something happens to a template; the webhook goes to the account's first number.
    pub(crate) fn template_event(
        self: &Arc<Self>,
        waba_id: &str,
        name: &str,
        language: &str,
        event: TemplateEvent,
    ) -> Result<(), Unknown> {
        let now = self.now_seconds();
        let (number, change) = self.change(|world| {
            let mut templates = world.templates_of(waba_id);
            let found = templates
                .iter_mut()
                .find(|template| template.name == name && template.language == language)
                .ok_or_else(|| Unknown::Template(format!("{name} ({language})")))?;
            let change = found.happens(event, now);
            world.templates.insert(waba_id.to_owned(), templates);
            let number = world
                .numbers
                .values()
                .find(|number| number.spec.waba_id == waba_id);
            let number = number.ok_or_else(|| Unknown::Number(waba_id.to_owned()))?;
            let app = world.apps.get(&number.spec.app_id);
            let subscribed = app.is_some_and(|app| app.fields.iter().any(|field| field == change.0));
            Ok((number.spec.phone_number_id.clone(), subscribed.then_some(change)))
        })?;
        if change.is_some() {
            let update = Update {
                change,
                ..Update::default()
            };
            self.queue(&number, update)?;
        }
        Ok(())
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

    /// The business marks a message and all earlier ones in that chat as read; false if the message is unknown or too
    /// old.
    pub(crate) fn business_reads(&self, phone_number_id: &str, wamid: &str, typing: bool) -> bool {
        let now = (self.options.now)();
        self.change(|world| {
            let fits = |said: &MessageContent| {
                said.wamid == wamid && said.phone_number_id == phone_number_id && now - said.at <= MARKABLE_MS
            };
            let Some(place) = world.said.iter().position(fits) else {
                return false;
            };
            let customer = world.said[place].customer;
            world.marks.push(ReadMark {
                phone_number_id: phone_number_id.to_owned(),
                wamid: wamid.to_owned(),
                typing,
            });
            world.said[place].read = true;
            let World { said, deliveries, .. } = world;
            let arrived = |id: &DeliveryId| deliveries[id.0].outcome == Outcome::Arrived;
            for earlier in &mut said[..place] {
                let same_chat = earlier.customer == customer && earlier.phone_number_id == phone_number_id;
                earlier.read |= same_chat && earlier.deliveries.iter().any(arrived);
            }
            if typing {
                world
                    .typing
                    .insert((phone_number_id.to_owned(), customer), now + TYPING_MS);
            }
            true
        })
    }
}
