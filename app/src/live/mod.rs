//! The process' events as signals. Events are hints: each one raises a counter, and whoever shows the thing reads
//! it again. After a gap (a lost connection, a sleeping tab) everything is raised, so nothing needs a reload.
//!
//! | module | what it holds |
//! |---|---|
//! | [`tabs`] | which tab of a browser listens, when the connection is lost, when it is tried again: pure steps |
//! | [`connection`] | these steps done in the browser |
//! | [`notice`] | what people are told of it |
//! | [`reader`] | reading again without a flood |

mod connection;
mod notice;
mod reader;
mod tabs;

pub use self::{notice::LiveNotice, reader::Reader};

use crate::api::{ApiError, ApiResult, auth::who_am_i};
use domain::{
    event::{Change, Position},
    ids::SessionId,
    people::Me,
};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};
use std::{collections::HashMap, time::Duration};

/// How long a lost connection stays unmentioned: most come back by themselves.
const QUIET: Duration = Duration::from_secs(3);

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
    /// The log-in has ended while the page was open.
    pub signed_out: ReadSignal<bool>,
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

/// Where the process's events are, to be asked before anything else of the page is read: what happens later is heard.
pub fn position() -> Option<Position> {
    SharedValue::new(|| {
        #[cfg(feature = "ssr")]
        return use_context::<engine::Engine>().map(|engine| engine.events().position());
        #[cfg(not(feature = "ssr"))]
        None
    })
    .into_inner()
}

/// Finds out who is logged in.
#[derive(Debug, Clone, Copy)]
pub struct WhoIsThere {
    person: Resource<ApiResult<Me>>,
    signed_out: WriteSignal<bool>,
}

impl WhoIsThere {
    /// The log-in may be over, or somebody else's, or may have got other rights.
    pub fn ask(self) {
        spawn_local(find_out(self.person, self.signed_out));
    }
}

/// Listens for as long as the calling component is shown, as whoever is logged in. `drawn`: see [`position`].
pub fn provide_live(person: Resource<ApiResult<Me>>, drawn: Option<Position>) -> WhoIsThere {
    let (live, bells) = signals();
    provide_context(live);
    tell_when_offline(live.connected, bells.offline);

    // Only the first one has the page that the process drew.
    let drawn = StoredValue::new(drawn);
    let id = Memo::new(move |_| person.get()?.ok().map(|me| me.id));
    let who = WhoIsThere {
        person,
        signed_out: bells.signed_out,
    };
    Effect::new(move |_| {
        if let Some(id) = id.get() {
            let drawn = drawn.try_update_value(Option::take).flatten();
            connection::connect(id, drawn, bells, move || who.ask());
        }
    });
    who
}

/// Asks the process.
async fn find_out(person: Resource<ApiResult<Me>>, signed_out: WriteSignal<bool>) {
    let answer = who_am_i().await;
    match answer {
        Ok(me) => {
            let _ = signed_out.try_set(false);
            if person.try_get_untracked().flatten().as_ref() != Some(&Ok(me.clone())) {
                let _ = person.try_set(Some(Ok(me)));
            }
        }
        Err(ApiError::SignIn) => {
            let _ = signed_out.try_set(true);
        }
        // The connection tells by itself that there is none.
        Err(_) => {}
    }
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
    signed_out: WriteSignal<bool>,
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
    let (signed_out, set_signed_out) = signal(false);
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
            signed_out,
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
            signed_out: set_signed_out,
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

    fn connect(self, connected: bool) {
        let _ = self.connected.try_set(connected);
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
