//! The middle column: one session with its head, its messages and the composer.

mod bubble;
mod content;
mod emoji;
mod header;
mod placeholder;
mod reading;
mod scroll;
mod timeline;

pub use self::header::PickUp;

use self::{
    bubble::LineView,
    header::Head,
    placeholder::{Choose, Gone, Nowhere, ThreadSkeleton},
    reading::mark_read,
    scroll::{Down, Scroll},
    timeline::{Begins, DayKey, Divider, Key, Line, lay_out},
};
use super::{composer::Composer, details::Details, labels, state::use_inbox};
use crate::{
    api::ApiError,
    browser,
    i18n::*,
    outbox::OnItsWay,
    ui::{LiveText, Time, TimeStyle, time::use_now, worked_out, zone},
};
use domain::{
    ids::{MessageId, SessionId},
    message::MessageView,
    session::Thread,
    thread::speaks,
    time::Timestamp,
};
use leptos::{ev::MouseEvent, prelude::*};
use leptos_router::location::Url;

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
    let flow = view! { <Flow id thread attentive /> }.into_any();
    let head = view! { <Head id thread /> }.into_any();
    // Older messages are for reading: an answer belongs below the newest one.
    let cut = Memo::new(move |_| thread.with(|thread| thread.cut));
    view! {
        <section class="inbox-thread" aria-label=name>
            {head}
            {flow}
            {move || (!cut.get()).then(|| view! { <Composer id thread /> })}
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
        inbox.outbox.waiting.with(|all| {
            let mine = all.iter().filter(|reply| reply.session == id);
            mine.cloned().collect::<Vec<_>>()
        })
    });
    let divider = use_divider(thread, mine, attentive);
    let now = use_now();
    let live = Memo::new(move |_| now.with(Option::is_some));
    let zone = zone::use_zone();
    let days = Memo::new(move |_| {
        let live = live.get();
        let day_of = |at| match live {
            true => zone::local_day(at),
            // As the process saw it.
            false => zone::day(zone.as_ref(), at),
        };
        thread.with(|thread| mine.with(|mine| lay_out(thread, mine, divider.get(), day_of)))
    });
    let scroll = Scroll::new();
    scroll.follow(mine);
    scroll.reach_up(thread);
    scroll.hold_still();
    mark_read(id, thread, attentive, scroll);
    let day = move |key: DayKey| {
        let first = days.with_untracked(|days| days.iter().find(|day| day.key == key).map(|day| day.at));
        // Another line may become the first of the day: above it, or when the zone is known.
        let at = Memo::new(move |before: Option<&Timestamp>| {
            let now = days.with(|days| days.iter().find(|day| day.key == key).map(|day| day.at));
            now.or(before.copied())
                .or(first)
                .unwrap_or(Timestamp::from_millis(0))
        });
        let lines = move || {
            days.with(|days| {
                let day = days.iter().find(|day| day.key == key);
                day.map(|day| day.lines.clone()).unwrap_or_default()
            })
        };
        let begins =
            Memo::new(move |_| days.with(|days| days.iter().find(|day| day.key == key)?.begins.clone()));
        view! {
            <section class="flow-day">
                {move || begins.get().map(|begins| view! { <SessionLine begins /> })}
                <p class="flow-chip">
                    <Time at=at style=TimeStyle::Day />
                </p>
                <For each=lines key=|(key, _): &(Key, Line)| key.clone() let((_, line))>
                    <LineView line />
                </For>
            </section>
        }
    };
    let keys = move || days.with(|days| days.iter().map(|day| day.key).collect::<Vec<_>>());
    view! {
        <div class="flow-frame">
            <div
                class="flow-scroll"
                node_ref=scroll.scroller
                tabindex="0"
                role="log"
                aria-live="off"
                aria-label=move || t_string!(i18n, inbox.thread.messages)
                on:scroll=move |_| scroll.moved(thread)
            >
                <div class="flow" node_ref=scroll.content>
                    <LinkAbove thread />
                    <For each=keys key=|key| *key children=day />
                    <LinkBelow thread />
                </div>
            </div>
            <Down thread scroll />
        </div>
    }
    .into_any()
}

/// What stands above comes by itself when somebody scrolls there; without a script the link leads to it.
#[component]
fn LinkAbove(thread: Memo<Thread>) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let above = Memo::new(move |_| thread.with(|thread| thread.above.clone()));
    let more = Memo::new(move |_| above.with(Option::is_some));
    let read = move |event: MouseEvent| {
        event.prevent_default();
        inbox.read_above();
    };
    let words = move || match inbox.reading_above.get() {
        true => t_string!(i18n, common.loading).to_owned(),
        false => t_string!(i18n, inbox.thread.older).to_owned(),
    };
    let href = move || {
        let session = thread.with(|thread| thread.session.id);
        let here = inbox.query.with(|query| query.href(Some(session)));
        let cursor = above.get().unwrap_or_default();
        format!("{here}&before={}", Url::escape(&cursor))
    };
    let link = move || {
        more.get().then(|| {
            view! {
                <p class="flow-link">
                    <a href=href on:click=read>
                        <LiveText text=words />
                    </a>
                </p>
            }
        })
    };
    view! { {link} }.into_any()
}

/// Back to the end, for whoever came by the link above.
#[component]
fn LinkBelow(thread: Memo<Thread>) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let cut = Memo::new(move |_| thread.with(|thread| thread.cut));
    let href = move || {
        let session = thread.with(|thread| thread.session.id);
        inbox.query.with(|query| query.href(Some(session)))
    };
    let link = move || {
        cut.get().then(|| {
            view! {
                <p class="flow-link">
                    <a href=href>{move || t_string!(i18n, inbox.thread.newest)}</a>
                </p>
            }
        })
    };
    view! { {link} }.into_any()
}

/// Where one session of the contact ends and the next one begins.
#[component]
fn SessionLine(begins: Begins) -> impl IntoView {
    let i18n = use_i18n();
    match begins {
        Begins::This { group } => view! {
            <p class="flow-session">
                {move || t_string!(i18n, inbox.thread.this_session)} {group.then(|| view! { <InGroup /> })}
            </p>
        }
        .into_any(),
        Begins::Earlier(session) => {
            let owner = session.owner.map(|owner| format!(" · {owner}"));
            view! {
                <p class="flow-session">
                    {move || t_string!(i18n, inbox.thread.earlier_session)} " · "
                    <Time at=session.opened_at style=TimeStyle::Day /> " · " {session.channel} {owner}
                    {session.group.then(|| view! { <InGroup /> })}
                </p>
            }
            .into_any()
        }
    }
}

/// Behind what a session is called: others read along.
#[component]
pub fn InGroup() -> impl IntoView {
    let i18n = use_i18n();
    view! { <span>" · " {move || t_string!(i18n, inbox.thread.in_a_group)}</span> }.into_any()
}

/// The unread line stays where it was when the thread was opened. It moves when messages come while somebody looks
/// away who had read all before, and goes when they answer.
fn use_divider(
    thread: Memo<Thread>,
    mine: Memo<Vec<OnItsWay>>,
    attentive: ReadSignal<bool>,
) -> RwSignal<Option<Divider>> {
    let divider = RwSignal::new(thread.with_untracked(timeline::divider));
    Effect::new(move |unread_before: Option<u32>| {
        let now = thread.with(timeline::divider);
        if now.is_some() && unread_before == Some(0) && !attentive.get_untracked() {
            divider.set(now);
        }
        thread.with(|thread| thread.session.unread)
    });
    Effect::new(move |_| {
        if mine.with(|mine| !mine.is_empty()) {
            divider.set(None);
        }
    });
    divider
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
                labels::spoken(i18n.get_locale_untracked(), &thread.session.contact.label, m)
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
            <LiveText text=move || said.get() />
        </p>
    }
    .into_any()
}
