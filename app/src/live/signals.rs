//! What has changed, as counters: the read ends for the components that show it, the write ends for the connection.

use super::changes::{Change as InboxChange, Changes};
use crate::browser::now;
use domain::{
    event::{Change, Event, WRITES_FOR, Writing},
    ids::SessionId,
    position::Position,
    time::Timestamp,
};
use leptos::prelude::*;
use std::{collections::HashMap, time::Duration};

/// Counters that rise whenever a thing of their kind may have changed.
#[derive(Debug, Clone, Copy)]
pub struct Live {
    pub sessions: ReadSignal<u64>,
    pub messages: ReadSignal<u64>,
    pub channels: ReadSignal<u64>,
    pub directory: ReadSignal<u64>,
    pub presence: ReadSignal<u64>,
    pub dead_letters: ReadSignal<u64>,
    pub countries: ReadSignal<u64>,
    pub templates: ReadSignal<u64>,
    pub mentions: ReadSignal<u64>,
    pub webhooks: ReadSignal<u64>,
    /// Whether this tab listens, for itself and for the browser's other tabs of this user.
    pub leads: ReadSignal<bool>,
    /// Whether events from the process arrive now.
    pub connected: ReadSignal<bool>,
    /// Disconnected for longer than a brief interruption.
    pub offline: ReadSignal<bool>,
    /// The log-in has ended while the page was open.
    pub signed_out: ReadSignal<bool>,
    /// What inboxes show of the latest events.
    pub changes: ReadSignal<Changes>,
    /// Rises when the inbox has to be read again.
    pub inbox: ReadSignal<u64>,
    by_session: ReadSignal<BySession>,
    writing: ReadSignal<Vec<(Writing, Timestamp)>>,
}

#[derive(Debug, Clone, Default)]
struct BySession {
    all: u64,
    each: HashMap<SessionId, u64>,
}

impl Live {
    /// Rises when this session, or a message in it, may have changed, and the event did not bring the change.
    pub fn session(&self, id: SessionId) -> u64 {
        self.by_session
            .with(|changes| changes.all + changes.each.get(&id).copied().unwrap_or(0))
    }
}

impl Live {
    /// The colleagues who write in this session now.
    pub fn writers(&self, id: SessionId) -> Vec<String> {
        self.writing.with(|all| {
            let here = all.iter().filter(|(writing, _)| writing.session == id);
            here.map(|(writing, _)| writing.name.clone()).collect()
        })
    }
}

/// The signals that [`provide_live`] made.
pub fn use_live() -> Live {
    expect_context()
}

/// The write ends of [`Live`]'s signals.
#[derive(Clone, Copy)]
pub(super) struct Notifiers {
    sessions: WriteSignal<u64>,
    messages: WriteSignal<u64>,
    channels: WriteSignal<u64>,
    directory: WriteSignal<u64>,
    presence: WriteSignal<u64>,
    dead_letters: WriteSignal<u64>,
    countries: WriteSignal<u64>,
    templates: WriteSignal<u64>,
    mentions: WriteSignal<u64>,
    webhooks: WriteSignal<u64>,
    leads: WriteSignal<bool>,
    pub(super) connected: WriteSignal<bool>,
    pub(super) offline: WriteSignal<bool>,
    pub(super) signed_out: WriteSignal<bool>,
    changes: WriteSignal<Changes>,
    inbox: WriteSignal<u64>,
    by_session: WriteSignal<BySession>,
    writing: WriteSignal<Vec<(Writing, Timestamp)>>,
}

pub(super) fn signals() -> (Live, Notifiers) {
    let (sessions, notify_sessions) = signal(0);
    let (messages, notify_messages) = signal(0);
    let (channels, notify_channels) = signal(0);
    let (directory, notify_directory) = signal(0);
    let (presence, notify_presence) = signal(0);
    let (dead_letters, notify_dead_letters) = signal(0);
    let (countries, notify_countries) = signal(0);
    let (templates, notify_templates) = signal(0);
    let (mentions, notify_mentions) = signal(0);
    let (webhooks, notify_webhooks) = signal(0);
    let (leads, set_leads) = signal(false);
    let (connected, set_connected) = signal(true);
    let (offline, set_offline) = signal(false);
    let (signed_out, set_signed_out) = signal(false);
    let (changes, add_change) = signal(Changes::default());
    let (inbox, notify_inbox) = signal(0);
    let (by_session, notify_session) = signal(BySession::default());
    let (writing, write) = signal(Vec::new());
    (
        Live {
            sessions,
            messages,
            channels,
            directory,
            presence,
            dead_letters,
            countries,
            templates,
            mentions,
            webhooks,
            leads,
            connected,
            offline,
            signed_out,
            changes,
            inbox,
            by_session,
            writing,
        },
        Notifiers {
            sessions: notify_sessions,
            messages: notify_messages,
            channels: notify_channels,
            directory: notify_directory,
            presence: notify_presence,
            dead_letters: notify_dead_letters,
            countries: notify_countries,
            templates: notify_templates,
            mentions: notify_mentions,
            webhooks: notify_webhooks,
            leads: set_leads,
            connected: set_connected,
            offline: set_offline,
            signed_out: set_signed_out,
            changes: add_change,
            inbox: notify_inbox,
            by_session: notify_session,
            writing: write,
        },
    )
}

impl Notifiers {
    pub(super) fn notify(self, event: Event) {
        if let Some(session) = event.change.session() {
            let what = event.change.clone();
            match event.inbox {
                Some(inbox) => self.changes.update(|changes| {
                    let at = Position { number: event.number };
                    changes.add(InboxChange {
                        at,
                        session,
                        what,
                        inbox,
                    });
                }),
                None => {
                    self.inbox.update(|n| *n += 1);
                    self.touch(session);
                }
            }
        }
        match event.change {
            Change::Session { .. } => self.sessions.update(|n| *n += 1),
            Change::Message { session, inbound, .. } => {
                self.messages.update(|n| *n += 1);
                if !inbound {
                    self.writing
                        .update(|all| all.retain(|(writing, _)| writing.session != session));
                }
            }
            Change::Read { .. } | Change::Reminder { .. } => {}
            Change::Mention { .. } => self.mentions.update(|n| *n += 1),
            Change::Channel { .. } => self.channels.update(|n| *n += 1),
            Change::Directory => {
                // Its rows name extensions and queues.
                self.inbox.update(|n| *n += 1);
                self.directory.update(|n| *n += 1);
            }
            Change::Presence => self.presence.update(|n| *n += 1),
            Change::DeadLetter => self.dead_letters.update(|n| *n += 1),
            Change::Countries => self.countries.update(|n| *n += 1),
            Change::Templates => self.templates.update(|n| *n += 1),
            Change::Webhook { .. } => self.webhooks.update(|n| *n += 1),
            Change::Resync => {
                let at = Position { number: event.number };
                self.changes.update(|changes| changes.begin(at));
                self.notify_all();
            }
        }
    }

    /// A colleague writes, until nothing is heard of it for a while or a message is there.
    pub(super) fn write(self, new: Writing) {
        self.writing.update(|all| {
            all.retain(|(known, _)| known.user != new.user || known.session != new.session);
            all.push((new, now()));
        });
        let prune = move || {
            let is_over = |at: Timestamp| now().since(at) >= WRITES_FOR;
            self.writing.try_maybe_update(|all| {
                let before = all.len();
                all.retain(|(_, at)| !is_over(*at));
                (all.len() < before, ())
            });
        };
        set_timeout(prune, WRITES_FOR + Duration::from_millis(10));
    }

    pub(super) fn lead(self, leads: bool) {
        let _ = self.leads.try_set(leads);
    }

    pub(super) fn connect(self, connected: bool) {
        let _ = self.connected.try_set(connected);
    }

    fn touch(self, session: SessionId) {
        self.by_session
            .update(|changes| *changes.each.entry(session).or_default() += 1);
    }

    fn notify_all(self) {
        for notifier in [
            self.sessions,
            self.messages,
            self.channels,
            self.directory,
            self.presence,
            self.dead_letters,
            self.countries,
            self.templates,
            self.mentions,
            self.webhooks,
            self.inbox,
        ] {
            notifier.update(|n| *n += 1);
        }
        self.by_session.update(|changes| changes.all += 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> SessionId {
        text.parse().unwrap()
    }

    fn hint(change: Change) -> Event {
        Event {
            number: 1,
            change,
            inbox: None,
        }
    }

    #[test]
    fn an_event_with_its_row_is_no_reason_to_read_again() {
        let owner = Owner::new();
        owner.with(|| {
            let (live, notifiers) = signals();
            let session = id("00000000-0000-0000-0000-000000000001");
            notifiers.notify(Event {
                inbox: Some(domain::event::InboxChange {
                    row: None,
                    counts: Default::default(),
                    message: None,
                }),
                ..hint(Change::Session { session })
            });
            assert_eq!((live.inbox.get(), live.session(session)), (0, 0));
            assert_eq!(live.changes.with(Changes::newest).number, 1);
        });
    }

    #[test]
    fn a_message_touches_its_session_and_no_other() {
        let owner = Owner::new();
        owner.with(|| {
            let (live, notifiers) = signals();
            let ours = id("00000000-0000-0000-0000-000000000001");
            let other = id("00000000-0000-0000-0000-000000000002");
            notifiers.notify(hint(Change::Message {
                session: ours,
                message: "00000000-0000-0000-0000-000000000003".parse().unwrap(),
                inbound: true,
            }));
            assert_eq!((live.session(ours), live.session(other)), (1, 0));
            assert_eq!(
                (live.messages.get(), live.sessions.get(), live.inbox.get()),
                (1, 0, 1)
            );
        });
    }

    #[test]
    fn a_resync_touches_everything() {
        let owner = Owner::new();
        owner.with(|| {
            let (live, notifiers) = signals();
            notifiers.notify(hint(Change::Resync));
            assert_eq!(live.session(id("00000000-0000-0000-0000-000000000001")), 1);
            assert_eq!(
                (live.inbox.get(), live.channels.get(), live.directory.get()),
                (1, 1, 1)
            );
        });
    }
}
