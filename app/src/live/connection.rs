//! Carries out in the browser what [`Tab`] decides: the stream, the notes to the other tabs, the clock, and the page's
//! arrival and departure.

use super::{
    signals::Notifiers,
    tabs::{Act, Millis, Note, Tab},
};
use crate::wire;
use domain::{
    event::{HELLO, Hello, PING, WRITING},
    ids::UserId,
    position::Position,
};
use leptos::{leptos_dom::helpers::WindowListenerHandle, prelude::*};
use std::{
    cell::RefCell,
    rc::{Rc, Weak},
    time::Duration,
};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{BroadcastChannel, EventSource, MessageEvent, PageTransitionEvent};

const TICK: Duration = Duration::from_secs(1);

/// Connects for as long as the owner lives. `find_out` is called when the page has to ask who is logged in.
pub(super) fn connect(
    user: UserId,
    seen: Option<Position>,
    notifiers: Notifiers,
    find_out: impl Fn() + 'static,
) {
    let luck = js_sys::Math::random();
    // Integers up to 2^53 - 1 are exact in JSON, too.
    let tab = (js_sys::Math::random() * 9_007_199_254_740_991.0) as u64;
    let connection = Rc::new(Connection {
        user,
        tab: RefCell::new(Tab::new(user, tab, luck, seen)),
        stream: RefCell::default(),
        others: RefCell::default(),
        notifiers,
        find_out: Box::new(find_out),
    });
    Connection::arrive(&connection);

    let listeners = connection.listen_to_the_page();
    let weak = Rc::downgrade(&connection);
    let clock = set_interval_with_handle(move || with(&weak, Tab::tick), TICK).ok();
    // A value that an owner drops has to be `Send`; the connection stays on the browser's only thread.
    let kept = StoredValue::new_local(connection);
    on_cleanup(move || {
        if let Some(clock) = clock {
            clock.clear();
        }
        listeners.into_iter().for_each(WindowListenerHandle::remove);
        let _ = kept.try_with_value(Connection::leave);
    });
}

struct Connection {
    user: UserId,
    tab: RefCell<Tab>,
    stream: RefCell<Option<Stream>>,
    /// `None` where tabs cannot talk to each other.
    others: RefCell<Option<Others>>,
    notifiers: Notifiers,
    find_out: Box<dyn Fn()>,
}

fn with(connection: &Weak<Connection>, step: impl FnOnce(&mut Tab, Millis)) {
    if let Some(connection) = connection.upgrade() {
        Connection::step(&connection, step);
    }
}

impl Connection {
    fn arrive(this: &Rc<Self>) {
        *this.others.borrow_mut() = Others::of(this);
        let alone = this.others.borrow().is_none();
        Self::step(this, |tab, now| tab.arrive(now, alone));
    }

    /// Closes the stream and the broadcast channel: the back/forward cache keeps no page that has one open.
    fn leave(this: &Rc<Self>) {
        Self::step(this, |tab, _| tab.leave());
        this.others.borrow_mut().take();
    }

    fn step(this: &Rc<Self>, step: impl FnOnce(&mut Tab, Millis)) {
        let acts = {
            let mut tab = this.tab.borrow_mut();
            step(&mut tab, js_sys::Date::now());
            tab.take_acts()
        };
        for act in acts {
            match act {
                Act::Open(after) => {
                    let stream = Stream::open(Rc::downgrade(this), after);
                    *this.stream.borrow_mut() = stream;
                    this.notifiers.lead(true);
                }
                Act::Close => {
                    drop(this.stream.borrow_mut().take());
                    this.notifiers.lead(false);
                }
                Act::Tell(note) => {
                    if let Some(others) = &*this.others.borrow() {
                        others.tell(&note);
                    }
                }
                Act::Notify(event) => this.notifiers.notify(*event),
                Act::Writing(writing) => this.notifiers.write(writing),
                Act::Connected(connected) => this.notifiers.connect(connected),
                Act::FindOut => (this.find_out)(),
            }
        }
    }

    fn listen_to_the_page(self: &Rc<Self>) -> Vec<WindowListenerHandle> {
        let on = |name: &str, heard: fn(&Rc<Self>, web_sys::Event)| {
            let weak = Rc::downgrade(self);
            window_event_listener_untyped(name, move |event| {
                if let Some(connection) = weak.upgrade() {
                    heard(&connection, event);
                }
            })
        };
        vec![
            on("online", |this, _| Self::step(this, Tab::wake)),
            on("offline", |this, _| Self::step(this, |tab, _| tab.offline())),
            on("visibilitychange", |this, _| {
                if !document().hidden() {
                    Self::step(this, Tab::wake);
                }
            }),
            on("pagehide", |this, _| Self::leave(this)),
            on("pageshow", |this, event| {
                // The page returns from the back/forward cache as it was left; anything may have happened since.
                if event.unchecked_ref::<PageTransitionEvent>().persisted() {
                    Self::arrive(this);
                    (this.find_out)();
                }
            }),
        ]
    }
}

/// An open stream, with the callbacks that must live as long as the stream.
struct Stream {
    source: EventSource,
    _message: Closure<dyn FnMut(MessageEvent)>,
    _failed: Closure<dyn FnMut()>,
}

impl Stream {
    fn open(connection: Weak<Connection>, after: Option<Position>) -> Option<Self> {
        let address = match after {
            Some(Position { number }) => format!("/events?after={number}"),
            None => "/events".to_owned(),
        };
        let source = EventSource::new(&address).ok()?;
        let message = Closure::<dyn FnMut(MessageEvent)>::new({
            let connection = connection.clone();
            move |message: MessageEvent| {
                let data = message.data().as_string().unwrap_or_default();
                with(&connection, |tab, now| match message.type_().as_str() {
                    PING => tab.ping(now),
                    HELLO => match wire::read::<Hello>(&data) {
                        Ok(hello) => tab.hello(now, hello),
                        Err(_) => tab.failed(now, false),
                    },
                    WRITING => {
                        if let Ok(writing) = wire::read(&data) {
                            tab.writing(now, writing);
                        }
                    }
                    _ => tab.event(now, data),
                });
            }
        });
        let failed = Closure::<dyn FnMut()>::new({
            let source = source.clone();
            move || {
                // After an HTTP error the browser gives up; after other errors it would retry by itself.
                let refused = source.ready_state() == EventSource::CLOSED;
                with(&connection, |tab, now| tab.failed(now, refused));
            }
        });
        for name in [HELLO, PING, WRITING, "message"] {
            let added = source.add_event_listener_with_callback(name, message.as_ref().unchecked_ref());
            added.ok()?;
        }
        source.set_onerror(Some(failed.as_ref().unchecked_ref()));
        Some(Self {
            source,
            _message: message,
            _failed: failed,
        })
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.source.set_onerror(None);
        // A closed stream emits nothing, so its other listeners may stay.
        self.source.close();
    }
}

/// The other tabs of this user in this browser. Another user's broadcast channel has another name.
struct Others {
    channel: BroadcastChannel,
    _message: Closure<dyn FnMut(MessageEvent)>,
}

impl Others {
    fn of(connection: &Rc<Connection>) -> Option<Self> {
        let channel = BroadcastChannel::new(&format!("live.{}", connection.user)).ok()?;
        let weak = Rc::downgrade(connection);
        let message = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
            let note = message.data().as_string();
            // A tab of another version may send a note that this tab does not understand.
            if let Some(note) = note.and_then(|text| wire::read::<Note>(&text).ok()) {
                with(&weak, |tab, now| tab.note(now, note));
            }
        });
        channel.set_onmessage(Some(message.as_ref().unchecked_ref()));
        Some(Self {
            channel,
            _message: message,
        })
    }

    fn tell(&self, note: &Note) {
        if let Ok(text) = serde_json::to_string(note) {
            let _ = self.channel.post_message(&JsValue::from_str(&text));
        }
    }
}

impl Drop for Others {
    fn drop(&mut self) {
        self.channel.set_onmessage(None);
        self.channel.close();
    }
}
