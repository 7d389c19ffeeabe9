//! Replies on their way: shown at once, and sent one after the other, so that they arrive in the order in which they
//! were written. While the process cannot be reached they wait, also over a reload. Each has a key under which the
//! process takes it once, however often it is sent. What is refused goes back into the draft.

pub mod drafts;
mod kept;

use crate::{
    api::{ApiError, ApiResult, inbox as api},
    live::use_live,
};
use domain::{
    ids::{PersonId, SessionId},
    message::MessageView,
    people::Me,
    time::Timestamp,
};
use leptos::{prelude::*, task::spawn_local};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A reply that could not be delivered to the process is tried again after this long, or once it is heard again.
const AGAIN: Duration = Duration::from_secs(5);

/// A reply on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnItsWay {
    pub session: SessionId,
    pub key: String,
    pub text: String,
    /// When it was written, by this browser's clock.
    pub at: Timestamp,
}

/// A reply that was refused. Its text is in the draft again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    pub session: SessionId,
    pub why: ApiError,
}

/// What this person has written and the process has not taken yet. It lives as long as somebody is logged in, whatever
/// page they look at.
#[derive(Debug, Clone, Copy)]
pub struct Outbox {
    /// In the order in which they go out.
    pub waiting: RwSignal<Vec<OnItsWay>>,
    /// The one that the process is being given right now.
    pub calling: RwSignal<Option<SessionId>>,
    /// What the process has taken, until a page has shown it.
    pub sent: RwSignal<Vec<(SessionId, MessageView)>>,
    pub returned: RwSignal<Option<Returned>>,
    writer: StoredValue<Option<PersonId>>,
}

/// The outbox that [`provide_outbox`] made.
pub fn use_outbox() -> Outbox {
    expect_context()
}

/// Takes up what was left over, and goes on whenever the process can be heard again.
pub fn provide_outbox(person: Resource<ApiResult<Me>>) {
    let outbox = Outbox {
        waiting: RwSignal::new(Vec::new()),
        calling: RwSignal::new(None),
        sent: RwSignal::new(Vec::new()),
        returned: RwSignal::new(None),
        writer: StoredValue::new(None),
    };
    provide_context(outbox);
    Effect::new(move |_| {
        let me = person.with(|me| Some(me.as_ref()?.as_ref().ok()?.id));
        if let Some(me) = me.filter(|_| outbox.writer.get_value().is_none()) {
            outbox.writer.set_value(Some(me));
            outbox.waiting.update(|all| {
                let mut left = kept::all(me);
                left.retain(|reply| all.iter().all(|other| other.key != reply.key));
                all.splice(0..0, left);
            });
            outbox.go();
        }
    });
    let live = use_live();
    Effect::new(move |_| {
        if live.connected.get() {
            outbox.go();
        }
    });
}

impl Outbox {
    /// Shows a reply at once and sends it when those before it have gone out.
    pub fn send(self, reply: OnItsWay) {
        if let Some(me) = self.writer.get_value() {
            kept::keep(me, &reply);
        }
        self.waiting.update(|all| all.push(reply));
        self.go();
    }

    fn go(self) {
        let idle = self.calling.try_get_untracked() == Some(None);
        if let Some(next) = self.next().filter(|_| idle) {
            self.calling.set(Some(next.session));
            spawn_local(self.send_all());
        }
    }

    fn next(self) -> Option<OnItsWay> {
        self.waiting
            .try_with_untracked(|all| all.first().cloned())
            .flatten()
    }

    async fn send_all(self) {
        while let Some(reply) = self.next() {
            self.calling.try_set(Some(reply.session));
            match api::send_text(reply.session, reply.text.clone(), Some(reply.key.clone())).await {
                Ok(sent) => {
                    self.sent.try_update(|all| all.push((reply.session, sent)));
                }
                Err(why) if passes(&why) => {
                    set_timeout(move || self.go(), AGAIN);
                    break;
                }
                Err(why) => {
                    drafts::append(reply.session, &reply.text);
                    self.returned.try_set(Some(Returned {
                        session: reply.session,
                        why,
                    }));
                }
            }
            if let Some(Some(me)) = self.writer.try_get_value() {
                kept::forget(me, &reply.key);
            }
            self.waiting
                .try_update(|all| all.retain(|other| other.key != reply.key));
        }
        self.calling.try_set(None);
    }
}

/// Whether it may go well later, with nothing changed: the process is away or out of order, or somebody has to log in.
fn passes(why: &ApiError) -> bool {
    match why {
        ApiError::Transport(_) | ApiError::Internal { .. } | ApiError::SignIn => true,
        ApiError::Refused(_) | ApiError::Malformed => false,
    }
}
