//! The header of a thread: the contact, the time left in the service window, and the actions on the session.

use crate::{
    i18n::*,
    pages::inbox::{
        actions::{Close, MarkUnread, PickUp, Reopen, TakeOver, Transfer},
        avatar::Avatar,
        details::use_shown,
        element_ids::{DETAILS_SWITCH_ID, PICK_UP_ID},
        labels,
        state::use_inbox,
        window_clock::WindowClock,
    },
    ui::{IconName, LiveText, icon::Icon},
};
use domain::{
    ids::SessionId,
    message::thread::speaks,
    phone,
    session::{May, State, Thread},
};
use leptos::prelude::*;

#[component]
pub fn Header(id: SessionId, thread: Memo<Thread>) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let label = move || thread.with(|thread| thread.session.contact.label.clone());
    let contact = Signal::derive(move || thread.with(|thread| thread.session.contact.id));
    let closes = Signal::derive(move || {
        thread.with(|thread| {
            let session = &thread.session;
            session
                .window_closes_at
                .filter(|_| session.state != State::Closed)
        })
    });
    // Memos, so that input in a dialog survives the next event.
    let may = move |what: fn(&May) -> bool| Memo::new(move |_| thread.with(|thread| what(&thread.may)));
    let (pick_up, take_over) = (may(|may| may.pick_up), may(|may| may.take_over));
    let (transfer, close) = (may(|may| may.transfer), may(|may| may.close));
    let reopen = may(|may| may.reopen);
    // The customer has written, and all of it was read.
    let can_mark = Memo::new(move |_| {
        thread.with(|thread| {
            let written = thread.messages.iter().any(speaks);
            thread.may.reads && thread.session.unread == 0 && written
        })
    });
    let back = view! {
        <a
            class="button quiet thread-back"
            href=move || inbox.query.with(|query| query.href(None))
            aria-label=move || t_string!(i18n, inbox.thread.back)
        >
            <Icon name=IconName::Back />
        </a>
    };
    let has_number = Memo::new(move |_| number(thread).is_some());
    let who = view! {
        <div class="thread-who">
            <h2 dir="auto">
                <LiveText text=label />
            </h2>
            <p>
                {move || {
                    has_number.get().then(|| view! { <LiveText class="number" text=move || number(thread).unwrap_or_default() /> })
                }}
                <WindowClock closes />
                <LiveText text=move || thread.with(|thread| thread.session.channel.name.clone()) />
                {move || {
                    thread
                        .with(|thread| thread.session.group)
                        .then(|| view! { <span>{move || t_string!(i18n, inbox.thread.in_group)}</span> })
                }}
            </p>
        </div>
    }
    .into_any();
    view! {
        <header class="thread-head">
            {back}
            <Avatar contact label=Signal::derive(label) />
            {who}
            <div class="thread-actions">
                {move || pick_up.get().then(|| view! { <PickUp id id_in_page=PICK_UP_ID /> })}
                {move || take_over.get().then(|| view! { <TakeOver id thread /> })}
                {move || transfer.get().then(|| view! { <Transfer id thread /> })}
                {move || close.get().then(|| view! { <Close id /> })}
                {move || reopen.get().then(|| view! { <Reopen id /> })}
                {move || can_mark.get().then(|| view! { <MarkUnread id /> })}
                <DetailsSwitch />
            </div>
        </header>
        <Refused id />
    }
    .into_any()
}

/// The number, unless the name already is the number.
fn number(thread: Memo<Thread>) -> Option<String> {
    thread.with(|thread| {
        let contact = &thread.session.contact;
        let number = contact.number.as_ref();
        number
            .filter(|number| **number != contact.label)
            .map(|number| phone::grouped(number))
    })
}

#[component]
fn DetailsSwitch() -> impl IntoView {
    let i18n = use_i18n();
    let shown = use_shown();
    view! {
        <button
            type="button"
            id=DETAILS_SWITCH_ID
            class="button quiet"
            aria-label=move || t_string!(i18n, inbox.thread.details)
            title=move || t_string!(i18n, inbox.thread.details)
            on:click=move |_| shown.switch()
        >
            <Icon name=IconName::Details />
        </button>
    }
    .into_any()
}

/// Why the last click did nothing: most often, somebody else was quicker.
#[component]
fn Refused(id: SessionId) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let why = Memo::new(move |_| {
        let refused = inbox.refused.get().filter(|(session, _)| *session == id);
        refused.map(|(_, why)| labels::why(i18n.get_locale(), &why))
    });
    let refused = Memo::new(move |_| why.with(Option::is_some));
    let view = move || {
        refused.get().then(|| {
            view! {
                <p class="thread-refused">
                    <LiveText text=move || why.get().unwrap_or_default() />
                </p>
            }
        })
    };
    view! { <div role="alert">{view}</div> }.into_any()
}
