//! One stream for all tabs of a browser: over HTTP/1.1 a browser has six connections to a host, so a stream a tab would
//! leave the seventh tab without any. One tab listens and relays what it hears; the others notice when it falls silent.
//! These are pure steps from what happened to what is to be done: time and chance come in, nothing is called.
//!
//! There is no lock: browsers give locks only to pages that came over TLS, and one that a frozen tab holds helps nobody.
//! Two tabs may listen for a moment. That is harmless, since events are hints, and the one that began later gives way.

use domain::{
    event::{Change, Event, Hello, Position, SILENCE},
    ids::PersonId,
};
use serde::{Deserialize, Serialize};

/// Milliseconds since some moment that all tabs share.
pub type Millis = f64;

/// How long a new tab waits for one that listens already.
const ASK: Millis = 250.0;
/// When the one that listened leaves, each waits for up to this long, so that one is the first.
const HAND_OVER: Millis = 300.0;
/// After a failure we try again after about this long, and each time after twice as long …
const WAIT_FIRST: Millis = 1_000.0;
/// … up to this.
const WAIT_MOST: Millis = 30_000.0;
/// Those that follow are up to this much more patient, each by its own luck.
const PATIENCE: Millis = 2_000.0;

/// What one tab tells the others of the same person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Note {
    /// Is there one that listens?
    Anybody,
    /// I listen and have heard this.
    Heard { lead: Lead, at: Position, what: Heard },
    /// I am the one, and have no connection.
    Lost { lead: Lead },
    /// I listened and go away.
    Leaving,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Heard {
    Hello,
    Ping,
    /// An [`Event`] as the process sent it: a newer process may know changes that this page does not.
    Event(String),
}

/// Of two tabs that listen the lesser stays: the one that has done so for longer.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct Lead {
    since: Millis,
    tab: u64,
}

/// What is to be done next.
#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    Open,
    Close,
    Tell(Note),
    /// Something may have changed.
    Ring(Change),
    Connected(bool),
    /// Ask who is logged in: the stream was refused, is another person's, or began anew.
    FindOut,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Role {
    Away,
    Asking { until: Millis },
    Following,
    Leading { lead: Lead, stream: Stream },
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Stream {
    Opening,
    Open,
    Waiting { until: Millis },
}

/// One tab among those of its person.
#[derive(Debug)]
pub struct Tab {
    person: PersonId,
    tab: u64,
    /// From 0 to 1, so that tabs and browsers do not all act at once.
    luck: f64,
    /// What this page knows of: everything up to here.
    seen: Option<Position>,
    /// When the process, or the tab that listens, gave its last sign of life.
    heard: Millis,
    connected: bool,
    /// Whether there has been a connection on this page.
    once_connected: bool,
    wait: Millis,
    role: Role,
    acts: Vec<Act>,
}

impl Tab {
    /// `seen`: the position that was read before the page was drawn.
    pub fn new(person: PersonId, tab: u64, luck: f64, seen: Option<Position>) -> Self {
        Self {
            person,
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

    /// What has to be done by now.
    pub fn take_acts(&mut self) -> Vec<Act> {
        std::mem::take(&mut self.acts)
    }

    /// Begins, or comes back from the back/forward cache. `alone`: tabs cannot speak with each other here.
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

    /// About once a second.
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

    /// The network is back, the machine woke up, or somebody looks at the page: no reason to wait any longer.
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
            // The one that should listen may sleep in the background.
            Role::Following if !self.connected || self.is_silent(now, 0.0) => self.lead(now),
            _ => {}
        }
    }

    /// The browser says that there is no network.
    pub fn offline(&mut self) {
        self.set_connected(false);
    }

    pub fn hello(&mut self, now: Millis, hello: Hello) {
        let Role::Leading { lead, .. } = self.role else {
            return;
        };
        if hello.person != self.person {
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
        if let (Role::Leading { lead, .. }, Some(at)) = (self.role, self.seen.clone()) {
            self.heard(now);
            let at = self.ring(&data, at);
            self.relay(lead, at, Heard::Event(data));
        }
    }

    /// The stream ended, or did not begin. `refused`: the process, or a proxy, answered something else.
    pub fn failed(&mut self, now: Millis, refused: bool) {
        if let Role::Leading { lead, .. } = self.role {
            self.lose(now, lead);
            if refused {
                self.acts.push(Act::FindOut);
            }
        }
    }

    /// Another tab of the same person says something.
    pub fn note(&mut self, now: Millis, note: Note) {
        match (self.role, note) {
            (Role::Away, _) => {}
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
            (_, Note::Heard { at, what, .. }) => {
                self.follow(now);
                self.set_connected(true);
                match what {
                    Heard::Hello => self.begin(&at),
                    Heard::Ping => self.catch_up(&at),
                    Heard::Event(data) => {
                        self.ring(&data, at);
                    }
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
            (_, Note::Anybody | Note::Leaving) => {}
        }
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
        self.acts.push(Act::Open);
    }

    fn lose(&mut self, now: Millis, lead: Lead) {
        let until = now + self.wait * (0.5 + self.luck / 2.0);
        self.wait = (self.wait * 2.0).min(WAIT_MOST);
        self.role = Role::Leading {
            lead,
            stream: Stream::Waiting { until },
        };
        self.acts.push(Act::Close);
        self.set_connected(false);
        self.tell(Note::Lost { lead });
    }

    fn follow(&mut self, now: Millis) {
        if let Role::Leading { .. } = self.role {
            self.acts.push(Act::Close);
        }
        self.role = Role::Following;
        self.heard = now;
        self.wait = WAIT_FIRST;
    }

    fn heard(&mut self, now: Millis) {
        self.heard = now;
        self.set_connected(true);
    }

    fn is_silent(&self, now: Millis, patience: Millis) -> bool {
        now - self.heard > SILENCE.as_secs_f64() * 1000.0 + patience
    }

    /// Whether this tab is the one that hears the process now. One that was frozen only believes so.
    fn listens(&self, now: Millis) -> bool {
        let open = matches!(
            self.role,
            Role::Leading {
                stream: Stream::Open,
                ..
            }
        );
        open && !self.is_silent(now, 0.0)
    }

    fn set_connected(&mut self, connected: bool) {
        if self.connected != connected {
            self.connected = connected;
            self.acts.push(Act::Connected(connected));
        }
    }

    /// A stream begins: after a break the person may have become somebody else, or may do other things.
    fn begin(&mut self, at: &Position) {
        if std::mem::replace(&mut self.once_connected, true) {
            self.acts.push(Act::FindOut);
        }
        self.catch_up(at);
    }

    /// Everything up to `at` has happened; what this page does not know of it was missed.
    fn catch_up(&mut self, at: &Position) {
        let knows = self
            .seen
            .as_ref()
            .is_some_and(|seen| seen.process == at.process && seen.number >= at.number);
        if !knows {
            self.acts.push(Act::Ring(Change::Resync));
            self.seen = Some(at.clone());
        }
    }

    /// Where one is after the event. Its numbers need not come in their order, so none is passed over.
    fn ring(&mut self, data: &str, mut at: Position) -> Position {
        let event = serde_json::from_str::<Event>(data).ok();
        if let Some(event) = &event {
            at.number = at.number.max(event.number);
        }
        self.acts
            .push(Act::Ring(event.map_or(Change::Resync, |event| event.change)));
        let of_this_process = self.seen.as_ref().filter(|seen| seen.process == at.process);
        let number = of_this_process.map_or(0, |seen| seen.number).max(at.number);
        self.seen = Some(Position { number, ..at.clone() });
        at
    }

    fn relay_ping(&mut self, lead: Lead) {
        if let Some(at) = self.seen.clone() {
            self.relay(lead, at, Heard::Ping);
        }
    }

    fn relay(&mut self, lead: Lead, at: Position, what: Heard) {
        self.tell(Note::Heard { lead, at, what });
    }

    fn tell(&mut self, note: Note) {
        self.acts.push(Act::Tell(note));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOME: Millis = 1_000_000.0;
    const SECOND: Millis = 1_000.0;

    fn person(n: u8) -> PersonId {
        format!("00000000-0000-0000-0000-00000000000{n}").parse().unwrap()
    }

    fn at(number: u64) -> Position {
        Position {
            process: "first".into(),
            number,
        }
    }

    fn hello(number: u64) -> Hello {
        Hello {
            person: person(1),
            position: at(number),
        }
    }

    /// Tabs of one browser, each with the page of position 7, and the process that they listen to.
    struct Browser {
        now: Millis,
        tabs: Vec<Tab>,
        streams: Vec<bool>,
        rung: Vec<Vec<Change>>,
        connected: Vec<bool>,
        asked: Vec<usize>,
        /// Whether the process answers.
        up: bool,
        /// Tabs that do nothing at the moment, as a browser does with those in the background.
        frozen: Vec<usize>,
        number: u64,
    }

    impl Browser {
        fn with(count: usize) -> Self {
            let tabs = (0..count).map(|n| {
                let luck = (n as f64 + 0.5) / count as f64;
                Tab::new(person(1), n as u64, luck, Some(at(7)))
            });
            let mut browser = Self {
                now: SOME,
                tabs: tabs.collect(),
                streams: vec![false; count],
                rung: vec![Vec::new(); count],
                connected: vec![true; count],
                asked: vec![0; count],
                up: true,
                frozen: Vec::new(),
                number: 7,
            };
            for n in 0..count {
                browser.step(n, |tab, now| tab.arrive(now, false));
            }
            browser
        }

        fn step(&mut self, n: usize, step: impl FnOnce(&mut Tab, Millis)) {
            step(&mut self.tabs[n], self.now);
            self.act(n);
        }

        /// Does what a tab has asked for, and what that makes others ask for.
        fn act(&mut self, n: usize) {
            for act in self.tabs[n].take_acts() {
                match act {
                    Act::Open => {
                        assert!(!self.streams[n], "a second stream in one tab");
                        self.streams[n] = true;
                        if self.up {
                            let hello = hello(self.number);
                            self.tabs[n].hello(self.now, hello);
                            self.act(n);
                        }
                    }
                    Act::Close => self.streams[n] = false,
                    Act::Tell(note) => {
                        let others = (0..self.tabs.len()).filter(|&other| other != n);
                        for other in others.collect::<Vec<_>>() {
                            if !self.frozen.contains(&other) {
                                let note = note.clone();
                                self.tabs[other].note(self.now, note);
                                self.act(other);
                            }
                        }
                    }
                    Act::Ring(change) => self.rung[n].push(change),
                    Act::Connected(connected) => self.connected[n] = connected,
                    Act::FindOut => self.asked[n] += 1,
                }
            }
        }

        fn each(&mut self, step: impl Fn(&mut Tab, Millis)) {
            for n in 0..self.tabs.len() {
                if !self.frozen.contains(&n) {
                    self.step(n, &step);
                }
            }
        }

        /// So many seconds pass, with a ping in every fifth.
        fn pass(&mut self, seconds: u32) {
            for second in 1..=seconds {
                self.now += SECOND;
                if self.up && second % 5 == 0 {
                    for n in self.open() {
                        if !self.frozen.contains(&n) {
                            self.step(n, |tab, now| tab.ping(now));
                        }
                    }
                }
                self.each(|tab, now| tab.tick(now));
            }
        }

        fn happens(&mut self) {
            self.number += 1;
            let data = format!("{{\"number\":{},\"change\":\"directory\"}}", self.number);
            for n in self.open() {
                let data = data.clone();
                self.step(n, |tab, now| tab.event(now, data));
            }
        }

        fn open(&self) -> Vec<usize> {
            (0..self.tabs.len()).filter(|&n| self.streams[n]).collect()
        }
    }

    #[test]
    fn seven_tabs_have_one_stream_and_all_hear() {
        let mut browser = Browser::with(7);
        browser.pass(1);
        assert_eq!(browser.open().len(), 1);
        browser.happens();
        assert_eq!(browser.rung, vec![vec![Change::Directory]; 7]);
        browser.pass(600);
        assert_eq!(browser.open().len(), 1);
        assert_eq!(browser.rung, vec![vec![Change::Directory]; 7], "and nothing else");
        assert_eq!(browser.connected, [true; 7]);
    }

    #[test]
    fn a_page_that_missed_nothing_reads_nothing_again() {
        let mut browser = Browser::with(1);
        browser.pass(60);
        assert!(browser.rung[0].is_empty());

        let mut browser = Browser::with(1);
        browser.number = 8;
        browser.pass(60);
        assert_eq!(
            browser.rung[0],
            [Change::Resync],
            "something happened after the page was drawn"
        );
    }

    #[test]
    fn a_page_that_joins_late_learns_what_it_missed() {
        let mut browser = Browser::with(2);
        browser.step(1, |tab, _| tab.leave());
        browser.pass(5);
        browser.happens();
        browser.step(1, |tab, now| tab.arrive(now, false));
        assert_eq!(browser.rung[1], [Change::Resync]);
        assert_eq!(browser.open(), [0]);
    }

    #[test]
    fn when_the_one_that_listens_leaves_another_takes_over_at_once() {
        let mut browser = Browser::with(3);
        browser.pass(1);
        assert_eq!(browser.open(), [0]);
        browser.step(0, |tab, _| tab.leave());
        browser.pass(1);
        assert_eq!(browser.open().len(), 1);
        assert_ne!(browser.open(), [0]);
        browser.happens();
        assert_eq!(
            browser.rung[1..],
            [vec![Change::Directory], vec![Change::Directory]]
        );
    }

    #[test]
    fn a_tab_that_is_frozen_is_replaced_and_gives_way_when_it_thaws() {
        let mut browser = Browser::with(3);
        browser.pass(1);
        browser.frozen.push(0);
        browser.pass(15);
        let others = |browser: &Browser| browser.open().into_iter().filter(|&n| n != 0).count();
        assert_eq!(others(&browser), 1);
        browser.frozen.clear();
        browser.pass(20);
        assert_eq!(browser.open().len(), 1);
        assert_eq!(browser.connected, [true; 3]);
    }

    #[test]
    fn a_process_that_hangs_is_noticed_in_every_tab_within_twenty_seconds() {
        let mut browser = Browser::with(3);
        browser.pass(1);
        browser.up = false;
        browser.pass(15);
        assert_eq!(browser.connected, [false; 3]);
        assert!(browser.open().len() <= 1, "not all of them knock");
        browser.pass(300);
        assert!(browser.open().len() <= 1);

        browser.up = true;
        browser.number = 9;
        browser.pass(45);
        assert_eq!(browser.connected, [true; 3]);
        assert_eq!(browser.rung, vec![vec![Change::Resync]; 3]);
        assert_eq!(browser.open().len(), 1);
    }

    #[test]
    fn waking_up_does_not_wait() {
        let mut browser = Browser::with(2);
        browser.pass(1);
        browser.up = false;
        browser.pass(300);
        browser.up = true;
        browser.each(|tab, now| tab.wake(now));
        assert_eq!(browser.connected, [true; 2]);
    }

    #[test]
    fn tries_become_rarer() {
        let mut tab = Tab::new(person(1), 1, 1.0, None);
        tab.arrive(SOME, true);
        let (mut now, mut tries) = (SOME, Vec::new());
        for _ in 0..100 {
            let acts = tab.take_acts();
            if acts.contains(&Act::Open) {
                tries.push((now - SOME) / SECOND);
                tab.failed(now, false);
            }
            now += SECOND;
            tab.tick(now);
        }
        assert_eq!(tries, [0.0, 1.0, 3.0, 7.0, 15.0, 31.0, 61.0, 91.0]);
    }

    #[test]
    fn a_stream_of_somebody_else_is_not_listened_to() {
        let mut tab = Tab::new(person(1), 1, 0.5, Some(at(7)));
        tab.arrive(SOME, true);
        tab.take_acts();
        let petr = Hello {
            person: person(2),
            position: at(9),
        };
        tab.hello(SOME, petr);
        let acts = tab.take_acts();
        assert!(
            acts.contains(&Act::FindOut) && acts.contains(&Act::Close),
            "{acts:?}"
        );
        assert!(!acts.iter().any(|act| matches!(act, Act::Ring(_))), "{acts:?}");
    }

    #[test]
    fn whoever_is_refused_finds_out_why() {
        let mut browser = Browser::with(1);
        browser.pass(1);
        browser.up = false;
        browser.step(0, |tab, now| tab.failed(now, true));
        assert_eq!(browser.asked, [1]);
        browser.up = true;
        browser.pass(2);
        assert_eq!(
            browser.asked,
            [2],
            "and again once it is back: rights may have changed"
        );
    }

    #[test]
    fn numbers_of_another_process_are_not_compared() {
        let mut tab = Tab::new(person(1), 1, 0.5, Some(at(7)));
        tab.arrive(SOME, true);
        tab.take_acts();
        let mut of_another = hello(3);
        of_another.position.process = "second".into();
        tab.hello(SOME, of_another);
        assert!(tab.take_acts().contains(&Act::Ring(Change::Resync)));
    }

    #[test]
    fn what_this_page_does_not_know_is_read_again() {
        let mut browser = Browser::with(2);
        browser.pass(1);
        browser.step(0, |tab, now| {
            tab.event(now, "{\"number\":8,\"change\":\"newer\"}".into())
        });
        assert_eq!(browser.rung, vec![vec![Change::Resync]; 2]);
    }
}
