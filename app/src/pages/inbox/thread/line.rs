//! One line of a thread: a bubble, an event of the session, the unread line, or where a session begins.

use super::{
    bubble::{Bubble, BubbleOnItsWay},
    timeline::{Begins, Line},
};
use crate::{
    i18n::*,
    pages::{
        in_group::InGroup,
        inbox::{
            called::Called,
            element_ids::{self, UNREAD_ID},
            labels,
            state::use_inbox,
            text::Text,
        },
    },
    ui::{Time, TimeStyle},
};
use domain::{
    message::MessageView,
    session::{SessionEvent, SessionEventKind},
};
use leptos::prelude::*;

#[component]
pub fn LineView(line: Line) -> impl IntoView {
    match line {
        Line::Unread(count) => view! { <UnreadLine count /> }.into_any(),
        Line::SessionEvent(event) if event.what == SessionEventKind::Noted => {
            view! { <NoteLine event /> }.into_any()
        }
        Line::SessionEvent(event) => view! { <MomentLine event /> }.into_any(),
        Line::Stray(message) => view! { <StrayLine message /> }.into_any(),
        Line::Bubble {
            message,
            first,
            retry,
            told_below,
        } => view! { <Bubble message first retry told_below /> }.into_any(),
        Line::OnItsWay {
            message,
            first,
            behind,
        } => view! { <BubbleOnItsWay message first behind /> }.into_any(),
    }
}

#[component]
fn UnreadLine(count: u32) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <p class="flow-unread" id=UNREAD_ID>
            <span>{move || t_string!(i18n, inbox.thread.unread, count = count).to_string()}</span>
        </p>
    }
    .into_any()
}

#[component]
fn MomentLine(event: SessionEvent) -> impl IntoView {
    let i18n = use_i18n();
    let at = event.at;
    view! {
        <p class="flow-moment">
            {move || labels::event(i18n.get_locale(), &event)} " · " <Time at=at style=TimeStyle::Clock />
        </p>
    }
    .into_any()
}

/// A note, which the customer does not see.
#[component]
fn NoteLine(event: SessionEvent) -> impl IntoView {
    let i18n = use_i18n();
    let (at, id) = (event.at, event.id);
    let inbox = use_inbox();
    view! {
        <div class="flow-note" id=element_ids::of_note(id) class:sought=move || inbox.is_sought(id)>
            <p class="flow-note-head">
                <span>{move || t_string!(i18n, inbox.note.title)}</span>
                <bdi>{event.who}</bdi>
                <Called names=event.mentions />
                <Time at=at style=TimeStyle::Clock />
            </p>
            <Text text=event.reason.unwrap_or_default() />
        </div>
    }
    .into_any()
}

/// What somebody did to a message that is not shown.
#[component]
fn StrayLine(message: MessageView) -> impl IntoView {
    let i18n = use_i18n();
    let at = message.at;
    view! {
        <p class="flow-moment">
            <bdi>{move || labels::stray(i18n.get_locale(), &message)}</bdi> " · "
            <Time at=at style=TimeStyle::Clock />
        </p>
    }
    .into_any()
}

/// Where one session of the contact ends and the next one begins.
#[component]
pub fn SessionLine(begins: Begins) -> impl IntoView {
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
