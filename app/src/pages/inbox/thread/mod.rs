//! The middle column: one session with its header, its messages and the composer.
//!
//! | module | what it holds |
//! |---|---|
//! | [`header`], [`placeholder`] | the part above the messages, and what is shown in place of a thread |
//! | [`messages`], [`timeline`], [`divider`] | the messages on the page, their order, and where the unread ones begin |
//! | [`line`], [`bubble`], [`content`], [`file`], [`tools`], [`fate`] | one line of them |
//! | [`scroll`], [`links`], [`reading`], [`announcer`] | the reading position, and what has been read or announced |
//! | [`writers`] | which colleagues write now |

mod announcer;
pub(super) mod bubble;
mod content;
mod divider;
mod fate;
mod file;
mod header;
mod line;
mod links;
mod messages;
mod placeholder;
mod reading;
mod scroll;
mod timeline;
mod tools;
mod writers;

use self::{
    announcer::Announcer,
    header::Header,
    messages::Messages,
    placeholder::{Choose, Gone, Nowhere, ThreadSkeleton},
    writers::Writers,
};
use super::{composer::Composer, details::Details, state::use_inbox};
use crate::{
    api::{ApiError, ApiResult},
    browser,
    i18n::*,
    ui::{AfterPaint, Transition, derived},
};
use domain::{ids::SessionId, session::Thread};
use leptos::prelude::*;

/// The thread that the URL names, with its details; or what is shown in its place.
#[component]
pub fn ThreadPane() -> impl IntoView {
    view! {
        <Transition fallback=ThreadSkeleton>
            <Pane />
        </Transition>
    }
    .into_any()
}

#[derive(Debug, Clone, PartialEq)]
enum Shape {
    Choose,
    Nowhere,
    Loading,
    Gone {
        id: SessionId,
        error: ApiError,
        /// It was open a moment ago.
        was_open: bool,
    },
    Open(SessionId),
}

/// What was read of this session.
fn of(read: &Option<Option<(SessionId, ApiResult<Thread>)>>, id: SessionId) -> Option<&ApiResult<Thread>> {
    let (of, thread) = read.as_ref()?.as_ref()?;
    (*of == id).then_some(thread)
}

#[component]
fn Pane() -> impl IntoView {
    let inbox = use_inbox();
    let shape = derived(move |before: Option<&Shape>| {
        let Some(wanted) = inbox.session.get() else {
            inbox.thread.track();
            return if inbox.nowhere.get() {
                Shape::Nowhere
            } else {
                Shape::Choose
            };
        };
        let was_open = match before {
            Some(Shape::Open(id)) => *id == wanted,
            Some(Shape::Gone { id, was_open, .. }) => *was_open && *id == wanted,
            _ => false,
        };
        inbox.thread.with(|read| match of(read, wanted) {
            Some(Ok(_)) => Shape::Open(wanted),
            Some(Err(error)) => Shape::Gone {
                id: wanted,
                error: error.clone(),
                was_open,
            },
            // Another thread is still shown: the user must not answer it by mistake.
            None => Shape::Loading,
        })
    });
    let view = move || match shape.get() {
        Shape::Choose => view! { <Choose /> }.into_any(),
        Shape::Nowhere => view! { <Nowhere /> }.into_any(),
        Shape::Loading => view! { <ThreadSkeleton /> }.into_any(),
        Shape::Gone { id, error, was_open } => view! { <Gone id error was_open /> }.into_any(),
        Shape::Open(id) => {
            let now = move || inbox.thread.with(|read| of(read, id)?.as_ref().ok().cloned());
            let thread = untrack(now).map(|first| {
                Memo::new(move |before: Option<&Thread>| {
                    let now = now().or_else(|| before.cloned());
                    now.unwrap_or_else(|| first.clone())
                })
            });
            thread.map(|thread| view! { <Open id thread /> }).into_any()
        }
    };
    view! { {view} }.into_any()
}

#[component]
fn Open(id: SessionId, thread: Memo<Thread>) -> impl IntoView {
    let i18n = use_i18n();
    let name = move || thread.with(|thread| thread.session.contact.label.clone());
    let attentive = browser::use_attention();
    let messages = view! { <Messages id thread attentive /> }.into_any();
    let header = view! { <Header id thread /> }.into_any();
    // No composer below older messages: an answer belongs below the newest one.
    let cut = Memo::new(move |_| thread.with(|thread| thread.cut));
    view! {
        <section class="inbox-thread" aria-label=name>
            {header}
            {messages}
            <Writers id />
            {move || (!cut.get()).then(|| view! { <Composer id thread /> })}
            <Announcer thread />
        </section>
        <aside class="inbox-details" aria-label=move || t_string!(i18n, inbox.thread.details)>
            <AfterPaint>
                <Details thread />
            </AfterPaint>
        </aside>
    }
    .into_any()
}
