//! The process' events as signals. Each one raises a counter, and the component that shows the data reads it again; the
//! inbox gets its rows and counts with the event instead. After a gap (a lost connection, a sleeping tab) every counter
//! is raised, so nothing needs a reload.
//!
//! | module | what it holds |
//! |---|---|
//! | [`signals`] | the counters |
//! | [`changes`] | what inboxes show of the latest events |
//! | [`tabs`] | which tab of a browser listens, when the connection is lost, when it is retried: pure steps |
//! | [`connection`] | carries out these steps in the browser |
//! | [`notice`] | what users are told about the connection |
//! | [`reader`] | reading again without a flood |

mod changes;
mod connection;
mod notice;
mod reader;
mod signals;
mod tabs;

pub use self::{
    changes::{Change, Changes},
    notice::LiveNotice,
    reader::Reader,
    signals::{Live, use_live},
};

use self::signals::signals;

use crate::api::{ApiError, ApiResult, Resource, auth::who_am_i};
use domain::{access::Me, position::Position};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};
use std::time::Duration;

/// How long a lost connection stays unmentioned: most come back by themselves.
const QUIET: Duration = Duration::from_secs(3);

/// The position of the process' events. It is read before anything else of the page, so that no later event is missed.
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
    user: Resource<ApiResult<Me>>,
    signed_out: WriteSignal<bool>,
}

impl WhoIsThere {
    /// Asks again: the log-in may have ended, be another user's, or have other permissions.
    pub fn ask(self) {
        spawn_local(find_out(self.user, self.signed_out));
    }
}

/// Listens as the logged-in user, for as long as the calling component is shown. `drawn`: see [`position`].
pub fn provide_live(user: Resource<ApiResult<Me>>, drawn: Option<Position>) -> WhoIsThere {
    let (live, notifiers) = signals();
    provide_context(live);
    tell_when_offline(live.connected, notifiers.offline);

    // Only the first user to connect has the page that the process drew.
    let drawn = StoredValue::new(drawn);
    let id = Memo::new(move |_| user.get()?.ok().map(|me| me.id));
    let who = WhoIsThere {
        user,
        signed_out: notifiers.signed_out,
    };
    Effect::new(move |_| {
        if let Some(id) = id.get() {
            let drawn = drawn.try_update_value(Option::take).flatten();
            connection::connect(id, drawn, notifiers, move || who.ask());
        }
    });
    who
}

/// Asks the process who is logged in.
async fn find_out(user: Resource<ApiResult<Me>>, signed_out: WriteSignal<bool>) {
    let answer = who_am_i().await;
    match answer {
        Ok(me) => {
            let _ = signed_out.try_set(false);
            if user.try_get_untracked().flatten().as_ref() != Some(&Ok(me.clone())) {
                user.try_set(Some(Ok(me)));
            }
        }
        Err(ApiError::SignIn) => {
            let _ = signed_out.try_set(true);
        }
        // The connection itself reports that it is lost.
        Err(_) => {}
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
