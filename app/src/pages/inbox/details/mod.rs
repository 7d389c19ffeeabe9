//! The right column: the contact and the session as facts. It can be put away.

use super::{labels, state::use_inbox, thread::InGroup};
use crate::{
    browser,
    i18n::*,
    ui::{Icon, IconName, LiveText, Time, TimeStyle, time::use_now},
};
use domain::{
    phone,
    session::{EarlierSession, Tab, Thread},
};
use leptos::prelude::*;
use std::time::Duration;

/// Narrower windows show the details only when asked to; inbox.css has the same number.
const WIDE: &str = "(min-width: 1280px)";
/// The button in the thread's head that shows and hides them.
pub const SWITCH_ID: &str = "details-switch";
/// Their own button, in windows where they lie over the thread and its head.
const HIDE_ID: &str = "details-hide";
const COPIED_FOR: Duration = Duration::from_secs(2);

/// Whether the details are shown: `None` leaves it to the width of the window.
#[derive(Debug, Clone, Copy)]
pub struct Shown(RwSignal<Option<bool>>);

impl Shown {
    /// Provides it to the page.
    pub fn provide() -> Self {
        let shown = Self(RwSignal::new(None));
        provide_context(shown);
        shown
    }

    /// For the page's `data-details`.
    pub fn as_attribute(self) -> Option<&'static str> {
        self.0.get().map(|shown| if shown { "shown" } else { "hidden" })
    }

    pub fn switch(self) {
        let by_width = || {
            window()
                .match_media(WIDE)
                .ok()
                .flatten()
                .is_some_and(|wide| wide.matches())
        };
        let now = self.0.get_untracked().unwrap_or_else(by_width);
        self.0.set(Some(!now));
        // Whoever uses the keyboard must not be left beneath the details, or with a button that is gone.
        request_animation_frame(move || browser::focus(if now { SWITCH_ID } else { HIDE_ID }));
    }
}

pub fn use_shown() -> Shown {
    expect_context()
}

#[component]
pub fn Details(thread: Memo<Thread>) -> impl IntoView {
    let i18n = use_i18n();
    let shown = use_shown();
    let contact = view! { <Contact thread /> }.into_any();
    let session = view! { <Session thread /> }.into_any();
    let timeline = view! { <Timeline thread /> }.into_any();
    let past = view! { <Past thread /> }.into_any();
    view! {
        <button
            type="button"
            id=HIDE_ID
            class="button quiet details-hide"
            aria-label=move || t_string!(i18n, inbox.details.hide)
            on:click=move |_| shown.switch()
        >
            <Icon name=IconName::Cross />
        </button>
        {contact}
        {session}
        {timeline}
        {past}
    }
    .into_any()
}

#[component]
fn Contact(thread: Memo<Thread>) -> impl IntoView {
    let i18n = use_i18n();
    let contact = Memo::new(move |_| thread.with(|thread| thread.session.contact.clone()));
    let none = move || t_string!(i18n, inbox.details.none).to_owned();
    let number = move || {
        contact
            .with(|contact| contact.number.as_deref().map(phone::grouped))
            .unwrap_or_else(none)
    };
    let username = move || contact.with(|contact| contact.username.clone());
    view! {
        <details open>
            <summary>{move || t_string!(i18n, inbox.details.contact)}</summary>
            <dl>
                <dt>{move || t_string!(i18n, inbox.details.name)}</dt>
                <dd dir="auto">
                    <LiveText text=move || contact.with(|contact| contact.label.clone()) />
                </dd>
                <dt>{move || t_string!(i18n, inbox.details.number)}</dt>
                <dd class="number">
                    <LiveText text=number />
                </dd>
                <dt>{move || t_string!(i18n, inbox.details.username)}</dt>
                <dd>
                    <LiveText text=move || username().unwrap_or_else(none) />
                </dd>
            </dl>
        </details>
    }
    .into_any()
}

#[component]
fn Session(thread: Memo<Thread>) -> impl IntoView {
    let i18n = use_i18n();
    let session = Memo::new(move |_| thread.with(|thread| thread.session.clone()));
    let none = move || t_string!(i18n, inbox.details.none).to_owned();
    let id = session.with_untracked(|session| session.id.to_string());
    let opened = session.with_untracked(|session| session.opened_at);
    let queue = move || session.with(|session| session.queue.as_ref().map(|queue| queue.name.clone()));
    let owner = move || {
        session.with(|session| {
            session
                .owner
                .as_ref()
                .map(|owner| format!("{} {}", owner.number, owner.name))
        })
    };
    let closed = move || {
        session.with(|session| session.closed_at).map(|at| {
            view! {
                <dt>{move || t_string!(i18n, inbox.details.closed)}</dt>
                <dd>
                    <Time at=at style=TimeStyle::Full />
                </dd>
            }
        })
    };
    view! {
        <details open>
            <summary>{move || t_string!(i18n, inbox.details.session)}</summary>
            <dl>
                <dt>{move || t_string!(i18n, inbox.details.channel)}</dt>
                <dd>
                    <LiveText text=move || session.with(|session| session.channel.name.clone()) />
                </dd>
                <dt>{move || t_string!(i18n, inbox.details.queue)}</dt>
                <dd>
                    <LiveText text=move || queue().unwrap_or_else(none) />
                </dd>
                <dt>{move || t_string!(i18n, inbox.details.owner)}</dt>
                <dd>
                    <LiveText text=move || owner().unwrap_or_else(none) />
                </dd>
                <dt>{move || t_string!(i18n, inbox.details.opened)}</dt>
                <dd>
                    <Time at=opened style=TimeStyle::Full />
                </dd>
                {closed}
                <dt>{move || t_string!(i18n, inbox.details.id)}</dt>
                <dd class="details-id">
                    <code>{id.clone()}</code>
                    <Copy text=id />
                </dd>
            </dl>
        </details>
    }
    .into_any()
}

/// Browsers give the clipboard to https and to this machine only: elsewhere there is no button.
#[component]
fn Copy(text: String) -> impl IntoView {
    let i18n = use_i18n();
    let now = use_now();
    let possible = Memo::new(move |_| now.with(Option::is_some) && window().is_secure_context());
    let copied = RwSignal::new(false);
    let copy = move |text: &str| {
        let _ = window().navigator().clipboard().write_text(text);
        copied.set(true);
        set_timeout(move || _ = copied.try_set(false), COPIED_FOR);
    };
    let button = move || {
        let text = text.clone();
        possible.get().then(|| {
            view! {
                <button
                    type="button"
                    class="button quiet"
                    aria-label=move || t_string!(i18n, inbox.details.copy)
                    on:click=move |_| copy(&text)
                >
                    <Icon name=IconName::Copy />
                </button>
            }
        })
    };
    view! {
        {button}
        <span role="status" class="details-copied">
            {move || copied.get().then(|| t_string!(i18n, inbox.details.copied))}
        </span>
    }
    .into_any()
}

#[component]
fn Timeline(thread: Memo<Thread>) -> impl IntoView {
    let i18n = use_i18n();
    let moments =
        move || thread.with(|thread| thread.timeline.iter().cloned().enumerate().collect::<Vec<_>>());
    view! {
        <details open>
            <summary>{move || t_string!(i18n, inbox.details.timeline)}</summary>
            <ol class="details-timeline">
                <For each=moments key=|(n, _)| *n let((_, moment))>
                    <li>
                        <Time at=moment.at />
                        <span>{move || labels::moment(i18n.get_locale(), &moment)}</span>
                    </li>
                </For>
            </ol>
        </details>
    }
    .into_any()
}

/// The contact's earlier sessions, each a link.
#[component]
fn Past(thread: Memo<Thread>) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let past = Memo::new(move |_| thread.with(|thread| thread.past.clone()));
    let line = move |session: EarlierSession| {
        let id = session.id;
        let href = move || inbox.query.with(|query| query.on(Tab::All).href(Some(id)));
        let owner = session.owner.map(|owner| format!(" · {owner}"));
        view! {
            <li>
                <a href=href>
                    <Time at=session.opened_at style=TimeStyle::Full />
                </a>
                <span>{session.channel} {owner} {session.group.then(|| view! { <InGroup /> })}</span>
            </li>
        }
    };
    view! {
        <details open>
            <summary>{move || t_string!(i18n, inbox.details.past)}</summary>
            <Show
                when=move || past.with(|past| !past.is_empty())
                fallback=move || view! { <p class="details-empty">{move || t_string!(i18n, inbox.details.no_past)}</p> }
            >
                <ol class="details-timeline">
                    <For each=move || past.get() key=|session| session.id children=line />
                </ol>
            </Show>
        </details>
    }
    .into_any()
}
