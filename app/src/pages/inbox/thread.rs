//! The middle column: one session with its head, its messages and the composer.

use super::{
    browser,
    bubble::{LineView, UNREAD_ID},
    composer::Composer,
    details::Details,
    drafts,
    flow::{self, Divider, Key, Line, lay_out},
    head::Head,
    state::use_inbox,
    words,
};
use crate::{
    api::{self, ApiError},
    i18n::*,
    ui::{ButtonLink, Empty, IconName, Time, TimeStyle, icon::Icon, time::use_now},
};
use domain::{
    ids::{MessageId, SessionId},
    message::{Direction, MessageView},
    refusal::Refusal,
    session::Thread,
    time::Timestamp,
};
use leptos::{html, prelude::*, task::spawn_local};

/// Pixels above the end from which on somebody is reading older messages.
const FAR: i32 = 120;

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
    Loading,
    Gone(SessionId, ApiError),
    Open(SessionId),
}

#[component]
fn Pane() -> impl IntoView {
    let inbox = use_inbox();
    let read = Memo::new(move |_| inbox.thread.get().flatten());
    let shape = Memo::new(move |_| {
        let Some(wanted) = inbox.session.get() else {
            read.track();
            return Shape::Choose;
        };
        read.with(|read| match read {
            Some((id, Ok(_))) if *id == wanted => Shape::Open(wanted),
            Some((id, Err(error))) if *id == wanted => Shape::Gone(wanted, error.clone()),
            // Another thread is still there: it must not be answered by mistake.
            _ => Shape::Loading,
        })
    });
    let view = move || match shape.get() {
        Shape::Choose => view! { <Choose /> }.into_any(),
        Shape::Loading => view! { <ThreadSkeleton /> }.into_any(),
        Shape::Gone(id, error) => view! { <Gone id error /> }.into_any(),
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
    mine: Memo<Vec<flow::OnItsWay>>,
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
            let unread = thread.session.unread > 0;
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

#[derive(Debug, Clone, Copy)]
struct Scroll {
    scroller: NodeRef<html::Div>,
    /// The newest message when somebody scrolled up; `None` at the end.
    left_at: RwSignal<Option<Option<MessageId>>>,
}

impl Scroll {
    fn moved(self, thread: Memo<Thread>) {
        let Some(scroller) = self.scroller.get_untracked() else {
            return;
        };
        // In a reversed column the end is 0 and older messages are below it.
        let far = scroller.scroll_top().abs() > FAR;
        if far != self.left_at.with_untracked(Option::is_some) {
            let newest = || thread.with_untracked(|thread| thread.messages.last().map(|m| m.id));
            self.left_at.set(far.then(newest));
        }
    }

    fn to_end(self) {
        if let Some(scroller) = self.scroller.get_untracked() {
            scroller.set_scroll_top(0);
        }
    }

    /// To the unread line when opened, to the end with each reply of mine.
    fn follow(self, mine: Memo<Vec<flow::OnItsWay>>) {
        Effect::new(move |opened: Option<()>| {
            let sending = mine.with(|mine| !mine.is_empty());
            match (opened, sending) {
                (None, _) => {
                    if let Some(line) = browser::element(UNREAD_ID) {
                        line.scroll_into_view();
                    }
                }
                (Some(()), true) => self.to_end(),
                (Some(()), false) => {}
            }
        });
    }
}

fn inbound_after(messages: &[MessageView], newest_then: Option<MessageId>) -> usize {
    let since = messages
        .iter()
        .rev()
        .take_while(|message| Some(message.id) != newest_then);
    since
        .filter(|message| message.direction == Direction::Inbound)
        .count()
}

/// The pill that leads to the end, with how much is new there.
#[component]
fn Down(thread: Memo<Thread>, scroll: Scroll) -> impl IntoView {
    let i18n = use_i18n();
    let news = Memo::new(move |_| {
        let left_at = scroll.left_at.get()?;
        thread.with(|thread| u32::try_from(inbound_after(&thread.messages, left_at)).ok())
    });
    let view = move || {
        let count = news.get()?;
        let label = move || match count {
            0 => t_string!(i18n, inbox.thread.down).to_owned(),
            count => t_string!(i18n, inbox.thread.news, count = count).to_string(),
        };
        Some(view! {
            <button type="button" class="flow-down" aria-label=label title=label on:click=move |_| scroll.to_end()>
                <Icon name=IconName::ChevronDown />
                {(count > 0).then_some(count)}
            </button>
        })
    };
    view! { {view} }.into_any()
}

/// Says new messages aloud to whoever uses a screen reader.
#[component]
fn Announcer(thread: Memo<Thread>) -> impl IntoView {
    let i18n = use_i18n();
    let said = RwSignal::new(String::new());
    Effect::new(move |before: Option<Option<MessageId>>| {
        let newest = thread.with(|thread| {
            let inbound = thread
                .messages
                .iter()
                .rev()
                .find(|m| m.direction == Direction::Inbound);
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

#[component]
fn Choose() -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <section class="inbox-thread inbox-choose">
            <Empty
                icon=IconName::Inbox
                title=Signal::derive(move || t_string!(i18n, inbox.empty.thread_title).to_owned())
                text=Signal::derive(move || t_string!(i18n, inbox.empty.thread_text).to_owned())
            />
        </section>
    }
    .into_any()
}

/// The thread cannot be seen, most often because somebody else has just taken it. The draft can.
#[component]
fn Gone(id: SessionId, error: ApiError) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let href = inbox.query.with_untracked(|query| query.href(None));
    let taken = move || inbox.refused.get().filter(|(session, _)| *session == id);
    let title = Signal::derive(move || match taken() {
        Some((_, why)) => words::why(i18n.get_locale(), &why),
        None => t_string!(i18n, inbox.thread.gone_title).to_owned(),
    });
    let not_found = matches!(error, ApiError::Refused(Refusal::NotFound));
    let text = Signal::derive(move || match (not_found, taken()) {
        (true, Some(_)) => t_string!(i18n, inbox.thread.taken_text).to_owned(),
        (true, None) => t_string!(i18n, inbox.thread.gone_text).to_owned(),
        (false, _) => words::why(i18n.get_locale(), &error),
    });
    let draft = RwSignal::new(String::new());
    Effect::new(move |_| draft.set(drafts::load(id)));
    let kept = move || {
        let draft = draft.get();
        (!draft.is_empty()).then(|| {
            view! {
                <figure class="gone-draft">
                    <figcaption>{move || t_string!(i18n, inbox.composer.draft_kept)}</figcaption>
                    <blockquote dir="auto">{draft}</blockquote>
                </figure>
            }
        })
    };
    view! {
        <section class="inbox-thread inbox-choose">
            <Empty icon=IconName::Alert title text>
                {kept}
                <ButtonLink href=href>{move || t_string!(i18n, inbox.thread.gone_button)}</ButtonLink>
            </Empty>
        </section>
    }
    .into_any()
}

#[component]
fn ThreadSkeleton() -> impl IntoView {
    view! {
        <section class="inbox-thread thread-skeleton" aria-busy="true">
            <div class="thread-head">
                <span class="avatar"></span>
                <span class="skeleton-line"></span>
            </div>
            <div class="flow">
                <div class="flow-line"><div class="bubble skeleton-line"></div></div>
                <div class="flow-line ours"><div class="bubble skeleton-line"></div></div>
                <div class="flow-line"><div class="bubble skeleton-line"></div></div>
            </div>
        </section>
    }
    .into_any()
}
