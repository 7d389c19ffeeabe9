//! Two contacts of a batch become one, and so do their open sessions.

use crate::inbound::batch::Batch;
use domain::session::{SessionEventKind, State};
use uuid::Uuid;

impl Batch {
    /// Merges two contacts that turned out to be one: all that belongs to `gone` goes to `kept`.
    pub(crate) fn merge(&mut self, kept: Uuid, gone: Uuid) {
        for owner in self.identities.values_mut().filter(|owner| **owner == gone) {
            *owner = kept;
        }
        let theirs: Vec<_> = self
            .open
            .iter()
            .filter(|((contact, ..), _)| *contact == gone)
            .map(|(place, session)| (place.clone(), *session))
            .collect();
        for (place, session) in theirs {
            self.open.remove(&place);
            let (_, channel, group) = place;
            let survivor = match self.open_session(kept, channel, group.as_deref()) {
                Some(other) => self.join_sessions(other.min(session), other.max(session)),
                None => session,
            };
            self.open.insert((kept, channel, group), survivor);
        }
        for ((contact, channel, group), session) in std::mem::take(&mut self.closed) {
            let contact = if contact == gone { kept } else { contact };
            let newest = self.closed.entry((contact, channel, group)).or_insert(session);
            *newest = session.max(*newest);
        }
        for id in self.sessions.ids_where(|session| session.contact_id == gone) {
            if let Some(session) = self.sessions.change(id) {
                session.contact_id = kept;
            }
        }
        self.contacts.forget(gone);
        self.contact_changed(kept);
        self.written.merged(gone, kept);
    }

    /// The messages of the later session go into the earlier one, which keeps an owner if either had one.
    fn join_sessions(&mut self, earlier: Uuid, later: Uuid) -> Uuid {
        let Some(ended) = self.sessions.change(later) else {
            return earlier;
        };
        let was = ended.clone();
        ended.state = State::Closed.as_str().to_owned();
        ended.closed_at = Some(self.now);
        ended.unread = 0;
        ended.snoozed_until = None;
        if let Some(kept) = self.sessions.change(earlier) {
            kept.unread += was.unread;
            kept.snoozed_until = None;
            kept.waiting_since = kept.waiting_since.min(was.waiting_since);
            kept.last_inbound_at = kept.last_inbound_at.max(was.last_inbound_at);
            kept.window_closed_at = kept.window_closed_at.max(was.window_closed_at);
            if kept.last_message_id.is_none() || was.last_message_at > kept.last_message_at {
                kept.last_message_at = was.last_message_at;
                kept.last_message_id = was.last_message_id;
            }
            if kept.extension_id.is_none() && was.extension_id.is_some() {
                kept.extension_id = was.extension_id;
                kept.state = was.state;
            }
        }
        for id in self.messages.ids_where(|message| message.session_id == later) {
            if let Some(message) = self.messages.change(id) {
                message.move_to(earlier);
            }
        }
        self.session_event(later, SessionEventKind::Joined, None);
        self.session_event(earlier, SessionEventKind::Joined, None);
        self.written.moved(later, earlier);
        self.written.look_for_newest(earlier);
        self.session_changed(earlier);
        self.session_changed(later);
        earlier
    }
}
