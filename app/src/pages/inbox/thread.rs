//! The middle column: one session with its head, its messages and the composer.

use super::{
    browser,
    bubble::{LineView, MayRetry},
    composer::Composer,
    details::Details,
    flow::{self, Divider, Key, Line, OnItsWay, lay_out},
    head::Head,
    no_thread::{Choose, Gone, Nowhere, ThreadSkeleton},
    scroll::{Down, Scroll},
    state::use_inbox,
    words,
};
use crate::{
    api::{self, ApiError},
    i18n::*,
    ui::{Time, TimeStyle, time::use_now, worked_out},
};
use domain::{
    ids::{MessageId, SessionId},
    message::MessageView,
    session::Thread,
    thread::speaks,
    time::Timestamp,
};
use leptos::{html, prelude::*, task::spawn_local};

/// The thread that the URL names, with its details; or what stands there instead.
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

#[component]
fn Pane() -> impl IntoView {
    let inbox = use_inbox();
    let read = worked_out(move |_| inbox.thread.get().flatten());
    let shape = worked_out(move |before: Option<&Shape>| {
        let Some(wanted) = inbox.session.get() else {
            read.track();
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
        read.with(|read| match read {
            Some((id, Ok(_))) if *id == wanted => Shape::Open(wanted),
            Some((id, Err(error))) if *id == wanted => Shape::Gone {
                id: wanted,
                error: error.clone(),
                was_open,
            },
            // Another thread is still there: it must not be answered by mistake.
            _ => Shape::Loading,
        })
    });
    let view = move || match shape.get() {
        Shape::Choose => view! { <Choose /> }.into_any(),
        Shape::Nowhere => view! { <Nowhere /> }.into_any(),
        Shape::Loading => view! { <ThreadSkeleton /> }.into_any(),
        Shape::Gone { id, error, was_open } => view! { <Gone id error was_open /> }.into_any(),
        Shape::Open(id) => read
            .get_untracked()
            .and_then(|(_, thread)| thread.ok())
            .map(|first| {
                let thread = Memo::new(move |before: Option<&Thread>| {
                    let now = read.with(|read| match read {
                        Some((read, Ok(thread))) if *read == id => Some(thread.clone()),
                        _ => None,
                    });
                    now.or_else(|| before.cloned()).unwrap_or_else(|| first.clone())
                });
                view! { <Open id thread /> }
            })
            .into_any(),
    };
    view! { {view} }.into_any()
}

#[component]
fn Open(id: SessionId, thread: Memo<Thread>) -> impl IntoView {
    let i18n = use_i18n();
    let name = move || thread.with(|thread| thread.session.contact.label.clone());
    let attentive = browser::use_attention();
    provide_context(MayRetry(Memo::new(move |_| {
        thread.with(|thread| thread.may.reply.is_ok())
    })));
    let flow = view! { <Flow id thread attentive /> }.into_any();
    let head = view! { <Head id thread /> }.into_any();
    view! {
        <section class="inbox-thread" aria-label=name>
            {head}
            {flow}
            <Composer id thread />
            <Announcer thread />
        </section>
        <aside class="inbox-details" aria-label=move || t_string!(i18n, inbox.thread.details)>
            <Details thread />
        </aside>
    }
    .into_any()
}

/// The messages. The scroller is a reversed column, so that it starts and stays at its end by itself.
#[component]
fn Flow(id: SessionId, thread: Memo<Thread>, attentive: ReadSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let mine = Memo::new(move |_| {
        inbox.on_its_way.with(|all| {
            let mine = all.iter().filter(|(session, _)| *session == id);
            mine.map(|(_, message)| message.clone()).collect::<Vec<_>>()
        })
    });
    let divider = use_divider(thread, mine, attentive);
    mark_read(id, thread, attentive);
    let now = use_now();
    let live = Memo::new(move |_| now.with(Option::is_some));
    let days = Memo::new(move |_| {
        let day_of = if live.get() {
            browser::local_day
        } else {
            browser::utc_day
        };
        thread.with(|thread| mine.with(|mine| lay_out(thread, mine, divider.get(), day_of)))
    });
    let scroller = NodeRef::<html::Div>::new();
    let scroll = Scroll {
        scroller,
        left_at: RwSignal::new(None),
    };
    scroll.follow(mine);
    let day = move |(number, at): (i64, Timestamp)| {
        let lines = move || {
            days.with(|days| {
                let day = days.iter().find(|day| day.number == number);
                day.map(|day| day.lines.clone()).unwrap_or_default()
            })
        };
        view! {
            <section class="flow-day">
                <p class="flow-chip">
                    <Time at=at style=TimeStyle::Day />
                </p>
                <For each=lines key=|(key, _): &(Key, Line)| key.clone() let((_, line))>
                    <LineView line />
                </For>
            </section>
        }
    };
    let chips = move || days.with(|days| days.iter().map(|day| (day.number, day.at)).collect::<Vec<_>>());
    let older = move || {
        thread
            .with(|thread| thread.more)
            .then(|| view! { <p class="flow-moment">{move || t_string!(i18n, inbox.thread.older)}</p> })
    };
    view! {
        <div class="flow-frame">
            <div
                class="flow-scroll"
                node_ref=scroller
                tabindex="0"
                role="log"
                aria-live="off"
                aria-label=move || t_string!(i18n, inbox.thread.messages)
                on:scroll=move |_| scroll.moved(thread)
            >
                <div class="flow">
                    {older}
                    <For each=chips key=|(number, _)| *number children=day />
                </div>
            </div>
            <Down thread scroll />
        </div>
    }
    .into_any()
}

/// The unread line stays where it was when the thread was opened, or when somebody looked away.
fn use_divider(
    thread: Memo<Thread>,
    mine: Memo<Vec<OnItsWay>>,
    attentive: ReadSignal<bool>,
) -> RwSignal<Option<Divider>> {
    let divider = RwSignal::new(thread.with_untracked(flow::divider));
    Effect::new(move |_| {
        let now = thread.with(flow::divider);
        if now.is_some() && !attentive.get_untracked() {
            divider.set(now);
        }
    });
    Effect::new(move |_| {
        if mine.with(|mine| !mine.is_empty()) {
            divider.set(None);
        }
    });
    divider
}

/// Tells the process when unread messages are in front of somebody's eyes.
fn mark_read(id: SessionId, thread: Memo<Thread>, attentive: ReadSignal<bool>) {
    let unread = Memo::new(move |_| {
        thread.with(|thread| {
            // A preview marks nothing: only who may answer has read it for all.
            let unread = thread.session.unread > 0 && thread.may.reply.is_ok();
            unread.then(|| thread.messages.last().map(|message| message.id))
        })
    });
    Effect::new(move |_| {
        if unread.with(Option::is_some) && attentive.get() {
            // If it fails, the next message or look tries again.
            spawn_local(async move {
                let _ = api::inbox::mark_read(id).await;
            });
        }
    });
}

/// Says new messages aloud to whoever uses a screen reader.
#[component]
fn Announcer(thread: Memo<Thread>) -> impl IntoView {
    let i18n = use_i18n();
    let said = RwSignal::new(String::new());
    Effect::new(move |before: Option<Option<MessageId>>| {
        let newest = thread.with(|thread| {
            let inbound = thread.messages.iter().rev().find(|message| speaks(message));
            let words = |m: &MessageView| {
                words::spoken(i18n.get_locale_untracked(), &thread.session.contact.label, m)
            };
            inbound.map(|message| (message.id, words(message)))
        });
        let id = newest.as_ref().map(|(id, _)| *id);
        if let (Some(before), Some((id, text))) = (before, newest)
            && before != Some(id)
        {
            said.set(text);
        }
        id
    });
    view! {
        <p class="sr-only" role="status" aria-live="polite">
            {move || said.get()}
        </p>
    }
    .into_any()
}
