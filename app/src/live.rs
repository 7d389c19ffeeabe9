//! The process' events as signals. Events are hints: each one raises a counter, and whoever shows the thing reads
//! it again. After a gap (a lost connection, a sleeping tab) everything is raised, so nothing needs a reload.

mod reader;

pub use self::reader::Reader;

use domain::{
    event::{Change, Event},
    ids::SessionId,
};
use leptos::{
    leptos_dom::helpers::{IntervalHandle, TimeoutHandle},
    prelude::*,
};
use std::{cell::Cell, collections::HashMap, time::Duration};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{EventSource, MessageEvent};

/// How long a lost connection stays unmentioned: most come back by themselves.
const QUIET: Duration = Duration::from_secs(3);
/// The browser reconnects by itself after network errors, but gives up after an HTTP error: then we try again,
/// first after this long and each time after twice as long …
const REOPEN_FIRST: Duration = Duration::from_secs(2);
/// … up to this.
const REOPEN_MOST: Duration = Duration::from_secs(60);

/// How often we look whether time has stood still. Browsers slow this down to once a minute in hidden tabs.
const PULSE: Duration = Duration::from_secs(20);
const SLEPT_MS: f64 = 90_000.0;

/// Counters that rise whenever a thing of their kind may have changed.
#[derive(Debug, Clone, Copy)]
pub struct Live {
    pub sessions: ReadSignal<u64>,
    pub messages: ReadSignal<u64>,
    pub channels: ReadSignal<u64>,
    pub directory: ReadSignal<u64>,
    pub dead_letters: ReadSignal<u64>,
    pub countries: ReadSignal<u64>,
    /// Whether the process can be heard now.
    pub connected: ReadSignal<bool>,
    /// Not connected for longer than a hiccup.
    pub offline: ReadSignal<bool>,
    by_session: ReadSignal<BySession>,
}

#[derive(Debug, Clone, Default)]
struct BySession {
    all: u64,
    each: HashMap<SessionId, u64>,
}

impl Live {
    /// Rises when this session, or a message in it, may have changed.
    pub fn session(&self, id: SessionId) -> u64 {
        self.by_session
            .with(|changes| changes.all + changes.each.get(&id).copied().unwrap_or(0))
    }

    /// Rises when anything in the inbox may have changed.
    pub fn inbox(&self) -> u64 {
        self.sessions.get() + self.messages.get()
    }
}

/// The signals that [`provide_live`] made.
pub fn use_live() -> Live {
    expect_context()
}

/// Listens for as long as the calling component is shown.
pub fn provide_live() {
    let (live, bells) = signals();
    provide_context(live);
    Effect::new(move |_| listen(bells));
    tell_when_offline(live.connected, bells.offline);
}

/// The other ends of [`Live`]'s signals.
#[derive(Clone, Copy)]
struct Bells {
    sessions: WriteSignal<u64>,
    messages: WriteSignal<u64>,
    channels: WriteSignal<u64>,
    directory: WriteSignal<u64>,
    dead_letters: WriteSignal<u64>,
    countries: WriteSignal<u64>,
    connected: WriteSignal<bool>,
    offline: WriteSignal<bool>,
    by_session: WriteSignal<BySession>,
}

fn signals() -> (Live, Bells) {
    let (sessions, ring_sessions) = signal(0);
    let (messages, ring_messages) = signal(0);
    let (channels, ring_channels) = signal(0);
    let (directory, ring_directory) = signal(0);
    let (dead_letters, ring_dead_letters) = signal(0);
    let (countries, ring_countries) = signal(0);
    let (connected, set_connected) = signal(true);
    let (offline, set_offline) = signal(false);
    let (by_session, ring_session) = signal(BySession::default());
    (
        Live {
            sessions,
            messages,
            channels,
            directory,
            dead_letters,
            countries,
            connected,
            offline,
            by_session,
        },
        Bells {
            sessions: ring_sessions,
            messages: ring_messages,
            channels: ring_channels,
            directory: ring_directory,
            dead_letters: ring_dead_letters,
            countries: ring_countries,
            connected: set_connected,
            offline: set_offline,
            by_session: ring_session,
        },
    )
}

impl Bells {
    fn ring(self, change: &Change) {
        match *change {
            Change::Session { session } => {
                self.sessions.update(|n| *n += 1);
                self.touch(session);
            }
            Change::Message { session, .. } => {
                self.messages.update(|n| *n += 1);
                self.touch(session);
            }
            Change::Channel { .. } => self.channels.update(|n| *n += 1),
            Change::Directory => self.directory.update(|n| *n += 1),
            Change::DeadLetter => self.dead_letters.update(|n| *n += 1),
            Change::Countries => self.countries.update(|n| *n += 1),
            Change::Resync => self.ring_all(),
        }
    }

    fn touch(self, session: SessionId) {
        self.by_session
            .update(|changes| *changes.each.entry(session).or_default() += 1);
    }

    fn ring_all(self) {
        for bell in [
            self.sessions,
            self.messages,
            self.channels,
            self.directory,
            self.dead_letters,
            self.countries,
        ] {
            bell.update(|n| *n += 1);
        }
        self.by_session.update(|changes| changes.all += 1);
    }
}

/// An open stream with the callbacks that must live as long as it.
struct Line {
    source: EventSource,
    _opened: Closure<dyn FnMut()>,
    _message: Closure<dyn FnMut(MessageEvent)>,
    _failed: Closure<dyn FnMut()>,
}

impl Drop for Line {
    fn drop(&mut self) {
        self.source.set_onopen(None);
        self.source.set_onmessage(None);
        self.source.set_onerror(None);
        self.source.close();
    }
}

type Slot = StoredValue<Option<Line>, LocalStorage>;

/// Runs in the browser only: effects do not run in the process.
fn listen(bells: Bells) {
    let slot: Slot = StoredValue::new_local(None);
    open(bells, slot, REOPEN_FIRST);
    let visible = window_event_listener_untyped("visibilitychange", move |_| {
        if !document().hidden() {
            bells.ring_all();
        }
    });
    let offline = window_event_listener_untyped("offline", move |_| bells.connected.set(false));
    let online = window_event_listener_untyped("online", move |_| open(bells, slot, REOPEN_FIRST));
    let pulse = when_woken(move || open(bells, slot, REOPEN_FIRST));
    on_cleanup(move || {
        visible.remove();
        offline.remove();
        online.remove();
        if let Some(pulse) = pulse {
            pulse.clear();
        }
        let _ = slot.try_update_value(Option::take);
    });
}

/// A machine that slept has a stream that is dead and does not know it: a clock that stood still tells.
fn when_woken(woken: impl Fn() + 'static) -> Option<IntervalHandle> {
    let last = Cell::new(js_sys::Date::now());
    let beat = move || {
        let now = js_sys::Date::now();
        if now - last.replace(now) > SLEPT_MS {
            woken();
        }
    };
    set_interval_with_handle(beat, PULSE).ok()
}

fn open(bells: Bells, slot: Slot, wait: Duration) {
    let Ok(source) = EventSource::new("/events") else {
        return;
    };
    // What happened before this moment was not heard: the stream begins with a resync.
    let opened = Closure::<dyn FnMut()>::new(move || bells.connected.set(true));
    let message = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
        let event = message.data().as_string();
        match event.and_then(|text| serde_json::from_str::<Event>(&text).ok()) {
            Some(event) => bells.ring(&event.change),
            // A newer process may know changes that this page does not.
            None => bells.ring_all(),
        }
    });
    let failed = Closure::<dyn FnMut()>::new({
        let source = source.clone();
        move || {
            bells.connected.set(false);
            if source.ready_state() == EventSource::CLOSED {
                // Reading something finds out why: most likely the person was logged out.
                bells.ring_all();
                reopen_later(bells, slot, wait);
            }
        }
    });
    source.set_onopen(Some(opened.as_ref().unchecked_ref()));
    source.set_onmessage(Some(message.as_ref().unchecked_ref()));
    source.set_onerror(Some(failed.as_ref().unchecked_ref()));
    let line = Line {
        source,
        _opened: opened,
        _message: message,
        _failed: failed,
    };
    let _ = slot.try_update_value(|open| *open = Some(line));
}

fn reopen_later(bells: Bells, slot: Slot, wait: Duration) {
    set_timeout(
        move || {
            // Gone with the page, or opened by something else meanwhile.
            let closed = slot.try_with_value(|line| {
                line.as_ref()
                    .is_some_and(|line| line.source.ready_state() == EventSource::CLOSED)
            });
            if closed == Some(true) {
                open(bells, slot, (wait * 2).min(REOPEN_MOST));
            }
        },
        wait,
    );
}

fn tell_when_offline(connected: ReadSignal<bool>, offline: WriteSignal<bool>) {
    Effect::new(move |timer: Option<Option<TimeoutHandle>>| {
        if let Some(timer) = timer.flatten() {
            timer.clear();
        }
        if connected.get() {
            offline.set(false);
            None
        } else {
            set_timeout_with_handle(move || offline.set(true), QUIET).ok()
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> SessionId {
        text.parse().unwrap()
    }

    #[test]
    fn a_message_touches_its_session_and_no_other() {
        let owner = Owner::new();
        owner.with(|| {
            let (live, bells) = signals();
            let ours = id("00000000-0000-0000-0000-000000000001");
            let other = id("00000000-0000-0000-0000-000000000002");
            bells.ring(&Change::Message {
                session: ours,
                message: "00000000-0000-0000-0000-000000000003".parse().unwrap(),
                inbound: true,
            });
            assert_eq!((live.session(ours), live.session(other)), (1, 0));
            assert_eq!((live.messages.get(), live.sessions.get()), (1, 0));
        });
    }

    #[test]
    fn a_resync_touches_everything() {
        let owner = Owner::new();
        owner.with(|| {
            let (live, bells) = signals();
            bells.ring(&Change::Resync);
            assert_eq!(live.session(id("00000000-0000-0000-0000-000000000001")), 1);
            assert_eq!(
                (live.inbox(), live.channels.get(), live.directory.get()),
                (2, 1, 1)
            );
        });
    }
}
