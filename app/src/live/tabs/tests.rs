use super::{
    note::Millis,
    tab::{Act, Tab},
};
use domain::{
    event::{Change, Hello, Writing},
    ids::{SessionId, UserId},
    position::Position,
};

const SOME: Millis = 1_000_000.0;
const SECOND: Millis = 1_000.0;

fn user(n: u8) -> UserId {
    format!("00000000-0000-0000-0000-00000000000{n}").parse().unwrap()
}

fn at(number: u64) -> Position {
    Position { number }
}

fn hello(number: u64) -> Hello {
    Hello {
        user: user(1),
        position: at(number),
    }
}

/// Tabs of one browser, each with a page drawn at position 7, and the process that they listen to.
struct Browser {
    now: Millis,
    tabs: Vec<Tab>,
    streams: Vec<bool>,
    changes: Vec<Vec<Change>>,
    connected: Vec<bool>,
    asked: Vec<usize>,
    writers: Vec<Vec<String>>,
    /// Whether the process answers.
    up: bool,
    /// Whether it still has the events from while nobody listened.
    keeps: bool,
    /// Suspended tabs, as a browser suspends those in the background.
    frozen: Vec<usize>,
    number: u64,
}

impl Browser {
    fn with(count: usize) -> Self {
        let tabs = (0..count).map(|n| {
            let luck = (n as f64 + 0.5) / count as f64;
            Tab::new(user(1), n as u64, luck, Some(at(7)))
        });
        let mut browser = Self {
            now: SOME,
            tabs: tabs.collect(),
            streams: vec![false; count],
            changes: vec![Vec::new(); count],
            connected: vec![true; count],
            asked: vec![0; count],
            writers: vec![Vec::new(); count],
            up: true,
            keeps: false,
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

    /// Carries out a tab's actions, and the actions that they cause in other tabs.
    fn act(&mut self, n: usize) {
        for act in self.tabs[n].take_acts() {
            match act {
                Act::Open(after) => {
                    assert!(!self.streams[n], "a second stream in one tab");
                    self.streams[n] = true;
                    if self.up {
                        self.answer(n, after);
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
                Act::Notify(event) => self.changes[n].push(event.change),
                Act::Connected(connected) => self.connected[n] = connected,
                Act::FindOut => self.asked[n] += 1,
                Act::Writing(writing) => self.writers[n].push(writing.name),
            }
        }
    }

    /// The process answers a stream that asks for the events after this position.
    fn answer(&mut self, n: usize, after: Option<Position>) {
        let from = after.filter(|_| self.keeps).unwrap_or(at(self.number));
        self.tabs[n].hello(self.now, hello(from.number));
        self.act(n);
        for number in from.number + 1..=self.number {
            let data = format!("{{\"number\":{number},\"change\":\"directory\"}}");
            self.step(n, |tab, now| tab.event(now, data));
        }
    }

    fn each(&mut self, step: impl Fn(&mut Tab, Millis)) {
        for n in 0..self.tabs.len() {
            if !self.frozen.contains(&n) {
                self.step(n, &step);
            }
        }
    }

    /// Lets `seconds` pass, with a ping every fifth second.
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
    assert_eq!(browser.changes, vec![vec![Change::Directory]; 7]);
    browser.pass(600);
    assert_eq!(browser.open().len(), 1);
    assert_eq!(
        browser.changes,
        vec![vec![Change::Directory]; 7],
        "and nothing else"
    );
    assert_eq!(browser.connected, [true; 7]);
}

#[test]
fn all_tabs_learn_once_that_a_colleague_writes() {
    let mut browser = Browser::with(3);
    browser.pass(1);
    let session: SessionId = "00000000-0000-0000-0000-000000000009".parse().unwrap();
    let writing = Writing {
        session,
        user: user(2),
        name: "Petr".into(),
    };
    for n in 0..3 {
        let writing = writing.clone();
        browser.step(n, |tab, now| tab.writing(now, writing));
    }
    assert_eq!(browser.writers, vec![vec!["Petr".to_owned()]; 3]);
}

#[test]
fn a_page_that_missed_nothing_reads_nothing_again() {
    let mut browser = Browser::with(1);
    browser.pass(60);
    assert!(browser.changes[0].is_empty());

    let mut browser = Browser::with(1);
    browser.number = 8;
    browser.pass(60);
    assert_eq!(
        browser.changes[0],
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
    assert_eq!(browser.changes[1], [Change::Resync]);
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
        browser.changes[1..],
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
    assert!(browser.open().len() <= 1, "at most one tab retries");
    browser.pass(300);
    assert!(browser.open().len() <= 1);

    browser.up = true;
    browser.number = 9;
    browser.pass(45);
    assert_eq!(browser.connected, [true; 3]);
    assert_eq!(browser.changes, vec![vec![Change::Resync]; 3]);
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
    let mut tab = Tab::new(user(1), 1, 1.0, None);
    tab.arrive(SOME, true);
    let (mut now, mut tries) = (SOME, Vec::new());
    for _ in 0..100 {
        let acts = tab.take_acts();
        if acts.iter().any(|act| matches!(act, Act::Open(_))) {
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
    let mut tab = Tab::new(user(1), 1, 0.5, Some(at(7)));
    tab.arrive(SOME, true);
    tab.take_acts();
    let petr = Hello {
        user: user(2),
        position: at(9),
    };
    tab.hello(SOME, petr);
    let acts = tab.take_acts();
    assert!(
        acts.contains(&Act::FindOut) && acts.contains(&Act::Close),
        "{acts:?}"
    );
    assert!(!acts.iter().any(|act| matches!(act, Act::Notify(_))), "{acts:?}");
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
fn numbers_of_a_database_that_was_restored_are_not_compared() {
    let mut tab = Tab::new(user(1), 1, 0.5, Some(at(7)));
    tab.arrive(SOME, true);
    assert!(tab.take_acts().contains(&Act::Open(Some(at(7)))));
    tab.hello(SOME, hello(3));
    let resync = |act: &Act| matches!(act, Act::Notify(event) if event.change == Change::Resync);
    assert!(tab.take_acts().iter().any(resync));
    tab.failed(SOME, false);
    tab.tick(SOME + 2.0 * SECOND);
    assert!(tab.take_acts().contains(&Act::Open(Some(at(3)))));
}

#[test]
fn a_process_that_keeps_its_events_tells_what_was_missed() {
    let mut browser = Browser::with(2);
    browser.keeps = true;
    browser.pass(1);
    browser.up = false;
    browser.pass(13);
    assert_eq!(browser.connected, [false; 2]);
    browser.number = 9;
    browser.up = true;
    browser.pass(45);
    assert_eq!(browser.connected, [true; 2]);
    assert_eq!(browser.changes, vec![vec![Change::Directory; 2]; 2]);
}

#[test]
fn what_this_page_does_not_know_is_read_again() {
    let mut browser = Browser::with(2);
    browser.pass(1);
    browser.step(0, |tab, now| {
        tab.event(now, "{\"number\":8,\"change\":\"newer\"}".into())
    });
    assert_eq!(browser.changes, vec![vec![Change::Resync]; 2]);
}
