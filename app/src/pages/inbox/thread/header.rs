//! The header of a thread: the contact, the time left in the service window, and the actions on the session.

use crate::{
    i18n::*,
    pages::inbox::{
        actions::{Close, MarkUnread, PickUp, Reopen, TakeOver, Transfer},
        avatar::avatar,
        details::use_shown,
        element_ids::{BACK_ID, DETAILS_SWITCH_ID, PICK_UP_ID},
        glyph::{Glyph, SNOOZE},
        labels,
        snooze::{Snooze, Wake},
        state::use_inbox,
        window_clock::WindowClock,
    },
    ui::{Badge, IconName, LiveText, Time, TimeStyle, Tone, anew, icon::Icon},
};
use domain::{
    ids::SessionId,
    message::thread::speaks,
    phone,
    session::{May, State, Thread},
    time::Timestamp,
};
use leptos::prelude::*;

#[component]
pub fn Header(id: SessionId, thread: Memo<Thread>) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let label = move || thread.with(|thread| thread.session.contact.label.clone());
    let face = Memo::new(move |_| {
        thread.with(|thread| (thread.session.contact.id, thread.session.contact.label.clone()))
    });
    let face = anew(move || face.with(|(contact, label)| avatar(*contact, label)));
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
    let snoozed = Memo::new(move |_| thread.with(|thread| thread.session.snoozed_until));
    let may_snooze = may(|may| may.snooze);
    // Whether the session can be brought back, or else put off.
    let snooze = Memo::new(move |_| may_snooze.get().then(|| snoozed.with(Option::is_some)));
    // The customer has written, and all of it was read.
    let can_mark = Memo::new(move |_| {
        thread.with(|thread| {
            let written = thread.messages.iter().any(speaks);
            thread.may.reads && thread.session.unread == 0 && written
        })
    });
    let back = view! {
        <a
            id=BACK_ID
            class="button quiet thread-back"
            href=move || inbox.query.with(|query| query.href(None))
            aria-label=move || t_string!(i18n, inbox.thread.back)
        >
            <Icon name=IconName::Back />
        </a>
    };
    let has_number = Memo::new(move |_| number(thread).is_some());
    let blocked = Memo::new(move |_| thread.with(|thread| thread.contact_block.is_some()));
    let badge = move || {
        let word = Signal::derive(move || t_string!(i18n, inbox.block.blocked));
        blocked.get().then(|| view! { <Badge tone=Tone::Bad word /> })
    };
    let who = view! {
        <div class="thread-who">
            <h2 dir="auto">
                <LiveText text=label />
            </h2>
            <p>
                {move || {
                    has_number.get().then(|| view! { <LiveText class="number" text=move || number(thread).unwrap_or_default() /> })
                }}
                {badge}
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
            {face}
            {who}
            <div class="thread-actions">
                {move || pick_up.get().then(|| view! { <PickUp id id_in_page=PICK_UP_ID /> })}
                {move || take_over.get().then(|| view! { <TakeOver id thread /> })}
                {move || transfer.get().then(|| view! { <Transfer id thread /> })}
                {move || close.get().then(|| view! { <Close id /> })}
                {move || reopen.get().then(|| view! { <Reopen id /> })}
                {move || snooze.get().map(|back| match back {
                    true => view! { <Wake id /> }.into_any(),
                    false => view! { <Snooze id /> }.into_any(),
                })}
                {move || can_mark.get().then(|| view! { <MarkUnread id /> })}
                <DetailsSwitch />
            </div>
        </header>
        {move || snoozed.get().map(|until| view! { <Until until /> })}
        <Refused id />
    }
    .into_any()
}

/// Until when the session is put off.
#[component]
fn Until(until: Timestamp) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <p class="thread-snoozed">
            <Glyph path=SNOOZE />
            <span>{move || t_string!(i18n, inbox.snooze.until)} " "</span>
            <Time at=until style=TimeStyle::Ahead />
        </p>
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
