//! The rows of a batch, in memory, and how they change.

use crate::{
    Clock,
    costs::Ledger,
    entity::{channel, contact, dead_letter, message, message_status, session, session_moment},
    events::Deed,
    inbound::{
        batch::{additions::Additions, rows::Rows},
        identities::Identity,
        journal::Delivery,
    },
};
use domain::{
    channel::Destination,
    dead_letter::DeadReason,
    event::Change,
    ids::{ExtensionId, MessageId, QueueId},
    message::Direction,
    session::{SessionEventKind, State, Target},
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};
use uuid::Uuid;

/// What has at most one open session: a contact, on a channel, in a group or in private.
type Place = (Uuid, Uuid, Option<String>);

/// The rows of a batch, in memory.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) clock: Clock,
    /// Milliseconds; one moment for the whole batch.
    pub(crate) now: i64,
    /// By Meta's id of the number.
    pub(super) numbers: HashMap<String, Number>,
    pub(super) destinations: HashMap<Uuid, Named>,
    /// Fingerprints of the app secrets that may sign for an account; only of those whose templates changed.
    pub(super) accounts: HashMap<String, Vec<String>>,
    pub(crate) contacts: Rows<contact::Model>,
    pub(super) identities: HashMap<Identity, Uuid>,
    pub(super) new_identities: Vec<Identity>,
    pub(crate) sessions: Rows<session::Model>,
    pub(super) open: HashMap<Place, Uuid>,
    /// The newest session of a place, if it is closed; read only for messages that open none.
    pub(super) closed: HashMap<Place, Uuid>,
    /// Edits, by the message that they are about.
    pub(super) edits: HashMap<(String, String), Vec<Uuid>>,
    /// Statuses that came before the echo of their message.
    pub(super) quicker: Vec<message_status::Model>,
    pub(crate) messages: Rows<message::Model>,
    /// By Meta's id of the number and of the message.
    pub(super) by_wamid: HashMap<(String, String), Uuid>,
    /// Dead letters about a message that had not come, by that message.
    pub(super) waiting: HashMap<(String, String), Vec<dead_letter::Model>>,
    pub(super) session_events: Vec<session_moment::Model>,
    pub(crate) costs: Ledger,
    pub(super) written: Additions,
    pub(super) news: News,
}

/// A phone number of a channel, and all that routing asks about it.
#[derive(Debug)]
pub(crate) struct Number {
    pub(crate) channel: Arc<channel::Model>,
    /// Fingerprints of the app secrets that may sign for it.
    pub(crate) signers: Vec<String>,
    pub(crate) heard: Heard,
}

/// What a channel heard in this batch; milliseconds.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    pub(crate) inbound_at: Option<i64>,
    pub(crate) status_at: Option<i64>,
    /// Whether and when Meta refused a message for lack of payment.
    pub(crate) payment_refused_at: Option<Option<i64>>,
}

#[derive(Debug)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) disabled: bool,
}

/// The events of the batch: one for all messages of a session.
#[derive(Debug, Default)]
pub(super) struct News {
    /// The messages that changed, with their session, and whether a customer wrote them; in the order of their ids.
    pub(super) messages: BTreeMap<(Uuid, Uuid), bool>,
    /// What was done with them.
    pub(super) deeds: Vec<(MessageId, Deed)>,
    /// Sessions that changed otherwise than by a message of theirs: they became one, or their window opened.
    pub(super) sessions: BTreeSet<Uuid>,
    /// Contacts of whom Meta told something new, or that became one with another.
    pub(super) contacts: BTreeSet<Uuid>,
    /// Channels that Meta's *Test* button reached.
    pub(super) tested: BTreeSet<Uuid>,
    pub(super) everybody: Vec<Change>,
}

impl Named {
    pub(super) fn new(name: String, disabled_at: Option<i64>) -> Self {
        Self {
            name,
            disabled: disabled_at.is_some(),
        }
    }
}

impl Batch {
    pub(crate) fn number(&self, phone_number_id: &str) -> Option<&Number> {
        self.numbers.get(phone_number_id)
    }

    pub(crate) fn heard(&mut self, phone_number_id: &str) -> Option<&mut Heard> {
        self.numbers
            .get_mut(phone_number_id)
            .map(|number| &mut number.heard)
    }

    pub(crate) fn signers_of(&self, waba_id: &str) -> &[String] {
        self.accounts.get(waba_id).map(Vec::as_slice).unwrap_or_default()
    }

    /// The destination of a channel, then the fallback.
    pub(crate) fn targets(&self, channel: &channel::Model) -> Vec<Target> {
        let places = [
            (channel.extension_id, channel.queue_id),
            (channel.fallback_extension_id, channel.fallback_queue_id),
        ];
        let target = |(extension, queue): (Option<Uuid>, Option<Uuid>)| {
            let id = extension.or(queue)?;
            let destination = match extension {
                Some(id) => Destination::Extension(ExtensionId::new(id)),
                None => Destination::Queue(QueueId::new(id)),
            };
            let named = self.destinations.get(&id)?;
            Some(Target {
                destination,
                disabled: named.disabled,
            })
        };
        places.into_iter().filter_map(target).collect()
    }

    pub(crate) fn message(&self, phone_number_id: &str, wamid: &str) -> Option<&message::Model> {
        let id = self
            .by_wamid
            .get(&(phone_number_id.to_owned(), wamid.to_owned()))?;
        self.messages.get(*id)
    }

    /// Notes the wamid of a message of this batch, or of one that got it from a status.
    pub(crate) fn name_message(&mut self, phone_number_id: &str, wamid: &str, id: Uuid) {
        let key = (phone_number_id.to_owned(), wamid.to_owned());
        self.by_wamid.insert(key, id);
    }

    pub(crate) fn add_message(&mut self, row: message::Model, payload: &str) {
        if let Some(wamid) = &row.wamid {
            self.by_wamid
                .insert((row.phone_number_id.clone(), wamid.clone()), row.id);
        }
        self.written.payload(row.id, payload);
        self.written.new.insert(row.id);
        if let Some(session) = self.sessions.get(row.session_id) {
            self.written.traffic(session.channel_id, &row.direction, row.at);
        }
        self.messages.add(row.id, row);
    }

    pub(crate) fn identity(&self, identity: &Identity) -> Option<Uuid> {
        self.identities.get(identity).copied()
    }

    pub(crate) fn add_identity(&mut self, identity: Identity, contact: Uuid) {
        if self.identities.insert(identity.clone(), contact).is_none() {
            self.new_identities.push(identity);
        }
    }

    pub(crate) fn open_session(&self, contact: Uuid, channel: Uuid, group: Option<&str>) -> Option<Uuid> {
        self.open
            .get(&(contact, channel, group.map(str::to_owned)))
            .copied()
    }

    /// Notes an edit whose message is not here.
    pub(crate) fn edit_stands_alone(&mut self, id: Uuid) {
        if let Some(row) = self.messages.get(id)
            && let Some(wamid) = &row.target_wamid
        {
            let key = (row.phone_number_id.clone(), wamid.clone());
            self.edits.entry(key).or_default().push(id);
        }
    }

    /// Moves the edits that have stood for a message until now into its `session`, where they are no messages of their
    /// own any more. Returns whether somebody has read them.
    pub(crate) fn edited_before(
        &mut self,
        phone_number_id: &str,
        wamid: &str,
        session: Uuid,
        ours: bool,
    ) -> bool {
        if self.edits.is_empty() {
            return false;
        }
        let key = (phone_number_id.to_owned(), wamid.to_owned());
        let mut seen = false;
        for edit in self.edits.remove(&key).unwrap_or_default() {
            // Nobody edits another sender's message.
            let same_side = |row: &&message::Model| (row.direction == Direction::Outbound.as_str()) == ours;
            let Some(from) = self
                .messages
                .get(edit)
                .filter(same_side)
                .map(|row| row.session_id)
            else {
                continue;
            };
            if let Some(of) = self.sessions.change(from).filter(|_| !ours) {
                seen |= from == session && of.unread == 0;
                of.unread = (of.unread - 1).max(0);
            }
            if from != session
                && let Some(row) = self.messages.change(edit)
            {
                row.move_to(session);
                self.written.joined.insert(session);
            }
            self.written.look_for_newest(from);
            self.written.look_for_newest(session);
        }
        seen
    }

    /// The newest session of the contact on the channel, in the group or in private, if it is closed.
    pub(crate) fn closed_session(&self, contact: Uuid, channel: Uuid, group: Option<&str>) -> Option<Uuid> {
        self.closed
            .get(&(contact, channel, group.map(str::to_owned)))
            .copied()
    }

    /// The statuses that came before their message.
    pub(crate) fn quicker_statuses(&self, phone_number_id: &str, wamid: &str) -> Vec<message_status::Model> {
        let all = self.quicker.iter().chain(self.written.statuses());
        let of_it =
            |row: &&message_status::Model| row.phone_number_id == phone_number_id && row.wamid == wamid;
        all.filter(of_it).cloned().collect()
    }

    pub(crate) fn add_session(&mut self, row: session::Model) {
        let place = (row.contact_id, row.channel_id, row.group_id.clone());
        if row.state == State::Closed.as_str() {
            self.closed.insert(place, row.id);
        } else {
            self.open.insert(place, row.id);
            self.written.opened.insert(row.contact_id);
        }
        let known = self.contacts.get(row.contact_id);
        if known.is_some_and(|contact| contact.alone_since.is_some())
            && let Some(contact) = self.contacts.change(row.contact_id)
        {
            contact.alone_since = None;
        }
        self.sessions.add(row.id, row);
    }

    /// Adds a line to the session's timeline; `who` is the name of whoever got the session.
    pub(crate) fn session_event(&mut self, session: Uuid, what: SessionEventKind, who: Option<String>) {
        self.session_events.push(session_moment::Model {
            id: self.clock.new_id(),
            session_id: session,
            at: self.now,
            what: what.as_str().to_owned(),
            who,
            done_by: None,
            reason: None,
            lost_by: None,
            mentions: None,
        });
    }

    pub(crate) fn name_of(&self, destination: Option<Uuid>) -> Option<String> {
        Some(self.destinations.get(&destination?)?.name.clone())
    }

    pub(crate) fn announce_message(&mut self, session: Uuid, message: Uuid, inbound: bool) {
        *self.news.messages.entry((session, message)).or_default() |= inbound;
    }

    /// Notes what was done with a message that is announced.
    pub(crate) fn did(&mut self, message: Uuid, deed: Deed) {
        self.news.deeds.push((MessageId::new(message), deed));
    }

    pub(crate) fn session_changed(&mut self, session: Uuid) {
        self.news.sessions.insert(session);
    }

    pub(crate) fn contact_changed(&mut self, contact: Uuid) {
        self.news.contacts.insert(contact);
    }

    /// Adds an event that everybody may hear of.
    pub(crate) fn tell(&mut self, change: Change) {
        self.news.everybody.push(change);
    }

    /// Notes a dead letter that waits for a message.
    pub(crate) fn wait(&mut self, letter: &dead_letter::Model) {
        if letter.reason == DeadReason::NoMessage.as_str()
            && let (Some(number), Some(wamid)) = (&letter.phone_number_id, &letter.detail)
        {
            let key = (number.clone(), wamid.clone());
            self.waiting.entry(key).or_default().push(letter.clone());
        }
    }

    /// Takes out the dead letters that waited for this message.
    pub(crate) fn waiting_for(&mut self, phone_number_id: &str, wamid: &str) -> Vec<dead_letter::Model> {
        if self.waiting.is_empty() {
            return Vec::new();
        }
        let key = (phone_number_id.to_owned(), wamid.to_owned());
        self.waiting.remove(&key).unwrap_or_default()
    }

    /// Notes that the content of a dead letter is applied.
    pub(crate) fn letter_done(&mut self, letter: Uuid) {
        self.written.letter_done(letter);
        self.tell(Change::DeadLetter);
    }

    /// Notes that the *Test* button of Meta's dashboard reached a channel's address.
    pub(crate) fn metas_test(&mut self, delivery: &Delivery) {
        self.news.tested.insert(delivery.channel);
    }

    /// Notes that the delivery is processed.
    pub(crate) fn done(&mut self, delivery: &Delivery) {
        self.written.delivery(delivery.row(Some(self.now)));
    }

    pub(crate) fn written(&mut self) -> &mut Additions {
        &mut self.written
    }
}

/// The distinct values, for a query.
pub(super) fn distinct<T: std::hash::Hash + Eq>(values: impl IntoIterator<Item = T>) -> Vec<T> {
    values.into_iter().collect::<HashSet<_>>().into_iter().collect()
}
