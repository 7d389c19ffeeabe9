//! What a tab hears, from the process or from another tab.

use super::{
    note::{Heard, Lead, Millis, Note},
    tab::{Act, HAND_OVER, Role, Stream, Tab, WAIT_FIRST},
};
use crate::wire;
use domain::{
    event::{Change, Event, Hello, Writing},
    position::Position,
};

impl Tab {
    pub fn hello(&mut self, now: Millis, hello: Hello) {
        let Role::Leading { lead, .. } = self.role else {
            return;
        };
        if hello.user != self.user {
            self.acts.push(Act::FindOut);
            self.lose(now, lead);
            return;
        }
        self.role = Role::Leading {
            lead,
            stream: Stream::Open,
        };
        self.heard(now);
        self.wait = WAIT_FIRST;
        // Event numbers go back only if the whole database does.
        self.seen = self.seen.filter(|seen| *seen <= hello.position);
        self.begin(&hello.position);
        self.relay(lead, hello.position, Heard::Hello);
    }

    pub fn ping(&mut self, now: Millis) {
        if let Role::Leading { lead, .. } = self.role {
            self.heard(now);
            self.relay_ping(lead);
        }
    }

    pub fn event(&mut self, now: Millis, data: String) {
        if let (Role::Leading { lead, .. }, Some(at)) = (self.role, self.seen) {
            self.heard(now);
            let at = self.notify(&data, at);
            self.relay(lead, at, Heard::Event(data));
        }
    }

    /// The process tells that a colleague writes.
    pub fn writing(&mut self, now: Millis, writing: Writing) {
        if let Role::Leading { .. } = self.role {
            self.heard(now);
            self.tell(Note::Writing(writing.clone()));
            self.acts.push(Act::Writing(writing));
        }
    }

    /// The stream ended, or did not start. `refused`: the process or a proxy gave another answer.
    pub fn failed(&mut self, now: Millis, refused: bool) {
        if let Role::Leading { lead, .. } = self.role {
            self.lose(now, lead);
            if refused {
                self.acts.push(Act::FindOut);
            }
        }
    }

    /// A note from another tab of the same user.
    pub fn note(&mut self, now: Millis, note: Note) {
        match (self.role, note) {
            (Role::Away, _) => {}
            (Role::Following, Note::Writing(writing)) => self.acts.push(Act::Writing(writing)),
            (Role::Leading { lead, .. }, Note::Anybody) => {
                if self.listens(now) {
                    self.relay_ping(lead);
                } else {
                    self.tell(Note::Lost { lead });
                }
            }
            (Role::Leading { lead, .. }, Note::Heard { lead: other, .. })
                if self.listens(now) && lead < other =>
            {
                self.relay_ping(lead);
            }
            (Role::Leading { lead, .. }, Note::Lost { .. }) if self.listens(now) => self.relay_ping(lead),
            (Role::Leading { lead, .. }, Note::Lost { lead: other }) if lead < other => {
                self.tell(Note::Lost { lead });
            }
            (role, Note::Heard { at, what, .. }) => {
                self.follow(now);
                self.set_connected(true);
                match what {
                    Heard::Hello => self.begin(&at),
                    Heard::Ping => self.catch_up(&at),
                    Heard::Event(data) if role == Role::Following => {
                        self.notify(&data, at);
                    }
                    // What the other tab heard before it is missing here.
                    Heard::Event(_) => self.catch_up(&at),
                }
            }
            (_, Note::Lost { .. }) => {
                self.follow(now);
                self.set_connected(false);
            }
            (Role::Following, Note::Leaving) => {
                self.heard = now;
                self.role = Role::Asking {
                    until: now + HAND_OVER * self.luck,
                };
            }
            (_, Note::Anybody | Note::Leaving | Note::Writing(_)) => {}
        }
    }

    fn heard(&mut self, now: Millis) {
        self.heard = now;
        self.set_connected(true);
    }

    /// A stream starts: after a break another user may be logged in, or the user may have other permissions.
    fn begin(&mut self, at: &Position) {
        if std::mem::replace(&mut self.once_connected, true) {
            self.acts.push(Act::FindOut);
        }
        self.catch_up(at);
    }

    /// Everything up to `at` has happened; if this page has seen less, it has missed events.
    fn catch_up(&mut self, at: &Position) {
        if self.seen.is_none_or(|seen| seen < *at) {
            self.acts.push(Act::Notify(Box::new(resync(*at))));
            self.seen = Some(*at);
        }
    }

    /// Returns the position after the event.
    fn notify(&mut self, data: &str, mut at: Position) -> Position {
        // A newer process may tell what this page does not understand.
        let event = wire::read::<Event>(data).unwrap_or(resync(at));
        at.number = at.number.max(event.number);
        self.acts.push(Act::Notify(Box::new(event)));
        self.seen = self.seen.max(Some(at));
        at
    }

    fn relay_ping(&mut self, lead: Lead) {
        if let Some(at) = self.seen {
            self.relay(lead, at, Heard::Ping);
        }
    }

    fn relay(&mut self, lead: Lead, at: Position, what: Heard) {
        self.tell(Note::Heard { lead, at, what });
    }
}

fn resync(at: Position) -> Event {
    Event {
        number: at.number,
        change: Change::Resync,
        inbox: None,
    }
}
