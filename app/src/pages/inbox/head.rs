//! The head of a thread: who it is, what is left of the service window, and what can be done with the session.

use super::{
    glyph::WindowClock,
    keys::{CLOSE_ID, PICK_UP_ID},
    row::initial,
    state::use_inbox,
    words,
};
use crate::{
    i18n::*,
    ui::{IconName, icon::Icon},
};
use domain::{
    ids::SessionId,
    phone,
    session::{State, Thread},
};
use leptos::{ev::MouseEvent, html, prelude::*};

#[component]
pub fn Head(id: SessionId, thread: Memo<Thread>) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let label = move || thread.with(|thread| thread.session.contact.label.clone());
    let closes = Signal::derive(move || {
        thread.with(|thread| {
            let session = &thread.session;
            session
                .window_closes_at
                .filter(|_| session.state != State::Closed)
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
    let who = view! {
        <div class="thread-who">
            <h2 dir="auto">{label}</h2>
            <p>
                {move || number(thread)}
                <WindowClock closes />
                <span>{move || thread.with(|thread| thread.session.channel.name.clone())}</span>
            </p>
        </div>
    }
    .into_any();
    view! {
        <header class="thread-head">
            {back}
            <span class="avatar" aria-hidden="true">
                {move || initial(&label())}
            </span>
            {who}
            <div class="thread-actions">
                {move || thread.with(|thread| thread.may.pick_up).then(|| view! { <PickUp id id_in_page=PICK_UP_ID /> })}
                {move || thread.with(|thread| thread.may.close).then(|| view! { <Close id /> })}
                <DetailsSwitch />
            </div>
        </header>
        <Refused id />
    }
    .into_any()
}

/// The number, unless it is the name already.
fn number(thread: Memo<Thread>) -> Option<impl IntoView> {
    thread.with(|thread| {
        let contact = &thread.session.contact;
        let number = contact
            .number
            .as_ref()
            .filter(|number| **number != contact.label)?;
        let number = phone::grouped(number);
        Some(view! { <span class="number">{number}</span> })
    })
}

/// *Pick up*, as a form that works before the page is live.
#[component]
pub fn PickUp(id: SessionId, #[prop(optional)] id_in_page: Option<&'static str>) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let pending = inbox.pick_up.pending();
    view! {
        <ActionForm action=inbox.pick_up>
            <input type="hidden" name="session" value=id.to_string() />
            <button type="submit" class="button primary" id=id_in_page prop:disabled=move || pending.get()>
                <Icon name=IconName::PickUp />
                <span>{move || t_string!(i18n, inbox.thread.pick_up)}</span>
            </button>
        </ActionForm>
    }
    .into_any()
}

/// *Close* asks first; without JavaScript it is done at once.
#[component]
fn Close(id: SessionId) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let dialog = NodeRef::<html::Dialog>::new();
    let pending = inbox.close.pending();
    let ask = move |event: MouseEvent| {
        if let Some(dialog) = dialog.get_untracked() {
            event.prevent_default();
            let _ = dialog.show_modal();
        }
    };
    let leave = move || {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    view! {
        <ActionForm action=inbox.close>
            <input type="hidden" name="session" value=id.to_string() />
            <button type="submit" class="button" id=CLOSE_ID prop:disabled=move || pending.get() on:click=ask>
                <Icon name=IconName::Close />
                <span>{move || t_string!(i18n, inbox.thread.close)}</span>
            </button>
        </ActionForm>
        <dialog class="dialog" node_ref=dialog aria-labelledby="close-title">
            <h2 id="close-title">{move || t_string!(i18n, inbox.confirm.title)}</h2>
            <p>{move || t_string!(i18n, inbox.confirm.text)}</p>
            <div class="dialog-buttons">
                <button type="button" class="button" on:click=move |_| leave()>
                    {move || t_string!(i18n, inbox.confirm.no)}
                </button>
                <button
                    type="button"
                    class="button primary"
                    autofocus
                    on:click=move |_| {
                        leave();
                        inbox.close.dispatch(crate::api::inbox::Close { session: id });
                    }
                >
                    {move || t_string!(i18n, inbox.confirm.yes)}
                </button>
            </div>
        </dialog>
    }
    .into_any()
}

#[component]
fn DetailsSwitch() -> impl IntoView {
    let i18n = use_i18n();
    let shown = super::details::use_shown();
    view! {
        <button
            type="button"
            id=super::details::SWITCH_ID
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

/// Why the last click did nothing: most often, somebody was quicker.
#[component]
fn Refused(id: SessionId) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let why = move || {
        let refused = inbox.refused.get();
        refused
            .filter(|(session, _)| *session == id)
            .map(|(_, why)| words::why(i18n.get_locale(), &why))
            .map(|why| view! { <p class="thread-refused">{why}</p> })
    };
    view! { <div role="alert">{why}</div> }.into_any()
}
