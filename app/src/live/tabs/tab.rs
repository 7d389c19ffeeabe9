//! One tab: whether it listens or follows, and when it tries again.

use super::note::{Lead, Millis, Note};
use domain::{
    event::{Event, SILENCE, Writing},
    ids::UserId,
    position::Position,
};

/// How long a new tab waits for an answer from a tab that already listens.
const ASK: Millis = 250.0;
/// When the listening tab leaves, each other tab waits up to this long, so that one of them is first.
pub(super) const HAND_OVER: Millis = 300.0;
/// The first retry after a failure comes after about this long, each further one after twice as long …
pub(super) const WAIT_FIRST: Millis = 1_000.0;
/// … up to this.
const MAX_WAIT: Millis = 30_000.0;
/// Following tabs wait up to this much longer, each by its own random share.
const PATIENCE: Millis = 2_000.0;

/// The next thing to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    /// Open a stream of the events after this position.
    Open(Option<Position>),
    Close,
    Tell(Note),
    /// Something may have changed.
    Notify(Box<Event>),
    /// A colleague writes.
    Writing(Writing),
    Connected(bool),
    /// Ask who is logged in: the stream was refused, is another user's, or started anew.
    FindOut,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Role {
    Away,
    Asking { until: Millis },
    Following,
    Leading { lead: Lead, stream: Stream },
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Stream {
    Opening,
    Open,
    Waiting { until: Millis },
}

/// One of a user's tabs.
#[derive(Debug)]
pub struct Tab {
    pub(super) user: UserId,
    pub(super) tab: u64,
    /// A random number from 0 to 1, so that tabs and browsers do not all act at once.
    pub(super) luck: f64,
    /// This page knows of all events up to here.
    pub(super) seen: Option<Position>,
    /// When the process, or the tab that listens, gave its last sign of life.
    pub(super) heard: Millis,
    pub(super) connected: bool,
    /// Whether there has been a connection on this page.
    pub(super) once_connected: bool,
    pub(super) wait: Millis,
    pub(super) role: Role,
    pub(super) acts: Vec<Act>,
}

impl Tab {
    /// `seen`: the position that was read before the page was drawn.
    pub fn new(user: UserId, tab: u64, luck: f64, seen: Option<Position>) -> Self {
        Self {
            user,
            tab,
            luck,
            seen,
            heard: 0.0,
            connected: true,
            once_connected: false,
            wait: WAIT_FIRST,
            role: Role::Away,
            acts: Vec::new(),
        }
    }

    /// Takes the actions that are due.
    pub fn take_acts(&mut self) -> Vec<Act> {
        std::mem::take(&mut self.acts)
    }

    /// The page starts, or returns from the back/forward cache. `alone`: tabs cannot talk to each other here.
    pub fn arrive(&mut self, now: Millis, alone: bool) {
        self.heard = now;
        if alone {
            self.lead(now);
        } else {
            self.role = Role::Asking { until: now + ASK };
            self.tell(Note::Anybody);
        }
    }

    /// The page goes away, perhaps for good.
    pub fn leave(&mut self) {
        if let Role::Leading { .. } = self.role {
            self.acts.push(Act::Close);
            self.tell(Note::Leaving);
        }
        self.role = Role::Away;
    }

    /// Called about once a second.
    pub fn tick(&mut self, now: Millis) {
        match self.role {
            Role::Away => {}
            Role::Asking { until } => {
                if now >= until {
                    self.lead(now);
                }
            }
            Role::Following => {
                if self.is_silent(now, PATIENCE * self.luck) {
                    self.set_connected(false);
                    self.lead(now);
                }
            }
            Role::Leading { lead, stream } => {
                match stream {
                    Stream::Waiting { until } if now >= until => self.open(now, lead),
                    Stream::Opening | Stream::Open if self.is_silent(now, 0.0) => self.lose(now, lead),
                    _ => {}
                }
                if !self.connected {
                    self.tell(Note::Lost { lead });
                }
            }
        }
    }

    /// The network is back, the machine woke up, or the user looks at the page: there is no reason to wait any longer.
    pub fn wake(&mut self, now: Millis) {
        match self.role {
            Role::Leading { lead, stream } => {
                self.wait = WAIT_FIRST;
                match stream {
                    Stream::Waiting { .. } => self.open(now, lead),
                    Stream::Opening | Stream::Open if self.is_silent(now, 0.0) => {
                        self.acts.push(Act::Close);
                        self.open(now, lead);
                    }
                    _ => {}
                }
            }
            // The tab that should listen may be asleep in the background.
            Role::Following if !self.connected || self.is_silent(now, 0.0) => self.lead(now),
            _ => {}
        }
    }

    /// The browser reports that there is no network.
    pub fn offline(&mut self) {
        self.set_connected(false);
    }

    fn lead(&mut self, now: Millis) {
        let lead = Lead {
            since: now,
            tab: self.tab,
        };
        self.open(now, lead);
    }

    fn open(&mut self, now: Millis, lead: Lead) {
        self.heard = now;
        self.role = Role::Leading {
            lead,
            stream: Stream::Opening,
        };
        self.acts.push(Act::Open(self.seen));
    }

    pub(super) fn lose(&mut self, now: Millis, lead: Lead) {
        let until = now + self.wait * (0.5 + self.luck / 2.0);
        self.wait = (self.wait * 2.0).min(MAX_WAIT);
        self.role = Role::Leading {
            lead,
            stream: Stream::Waiting { until },
        };
        self.acts.push(Act::Close);
        self.set_connected(false);
        self.tell(Note::Lost { lead });
    }

    pub(super) fn follow(&mut self, now: Millis) {
        if let Role::Leading { .. } = self.role {
            self.acts.push(Act::Close);
        }
        self.role = Role::Following;
        self.heard = now;
        self.wait = WAIT_FIRST;
    }

    pub(super) fn is_silent(&self, now: Millis, patience: Millis) -> bool {
        now - self.heard > SILENCE.as_secs_f64() * 1000.0 + patience
    }

    /// Whether this tab hears the process now. A tab that was frozen may wrongly take itself for the listening one.
    pub(super) fn listens(&self, now: Millis) -> bool {
        let open = matches!(
            self.role,
            Role::Leading {
                stream: Stream::Open,
                ..
            }
        );
        open && !self.is_silent(now, 0.0)
    }

    pub(super) fn set_connected(&mut self, connected: bool) {
        if self.connected != connected {
            self.connected = connected;
            self.acts.push(Act::Connected(connected));
        }
    }

    pub(super) fn tell(&mut self, note: Note) {
        self.acts.push(Act::Tell(note));
    }
}
