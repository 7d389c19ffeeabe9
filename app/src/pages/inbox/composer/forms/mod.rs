//! The forms of messages that are more than words: a place, contact cards, buttons, a list, a link, and the request for
//! the customer's location. The browser checks them by the same rules as the process, and shows the message as the
//! thread will.

mod contacts;
mod interactive;
mod line;
mod location;
mod state;

pub use state::{Forms, use_forms};

use self::{
    contacts::ContactFields,
    interactive::{AskLocationFields, ButtonFields, LinkFields, ListFields},
    location::LocationFields,
};
use crate::{
    i18n::*,
    pages::inbox::{labels, thread::bubble::Bubble},
    ui::{LiveText, time::use_now},
};
use domain::{
    message::{MessageView, TypedKind},
    time::Timestamp,
};
use leptos::{ev::SubmitEvent, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// The form that is open, in a dialog. Escape closes it and loses nothing.
#[component]
pub fn FormDialog(forms: Forms) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let (open, dialog) = (forms.open.get().is_some(), dialog.get());
        match dialog {
            Some(dialog) if open && !dialog.open() => drop(dialog.show_modal()),
            Some(dialog) if !open && dialog.open() => dialog.close(),
            _ => {}
        }
    });
    let form = move || forms.open.get().map(|kind| view! { <OpenForm forms kind /> });
    view! {
        <dialog class="dialog message-dialog" node_ref=dialog aria-labelledby="message-title" on:close=move |_| forms.open.set(None)>
            {form}
        </dialog>
    }
    .into_any()
}

#[component]
fn OpenForm(forms: Forms, kind: TypedKind) -> impl IntoView {
    let i18n = use_i18n();
    let fields = match kind {
        TypedKind::Location => view! { <LocationFields forms /> }.into_any(),
        TypedKind::Contacts => view! { <ContactFields forms /> }.into_any(),
        TypedKind::Buttons => view! { <ButtonFields forms /> }.into_any(),
        TypedKind::List => view! { <ListFields forms /> }.into_any(),
        TypedKind::Link => view! { <LinkFields forms /> }.into_any(),
        TypedKind::AskLocation => view! { <AskLocationFields forms /> }.into_any(),
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if !forms.send() {
            let form = event
                .target()
                .and_then(|form| form.dyn_into::<HtmlElement>().ok());
            // After the problems are shown.
            request_animation_frame(move || {
                let first = form.and_then(|form| form.query_selector("[aria-invalid='true']").ok().flatten());
                if let Some(first) = first.and_then(|first| first.dyn_into::<HtmlElement>().ok()) {
                    let _ = first.focus();
                }
            });
        }
    };
    let has_failed = Memo::new(move |_| forms.why.with(Option::is_some));
    let why = move || {
        let why = forms.why.get().map(|why| labels::why(i18n.get_locale(), &why));
        t_string!(i18n, inbox.composer.not_sent, why = why.unwrap_or_default()).to_string()
    };
    let failed = move || {
        has_failed.get().then(|| {
            view! {
                <p class="notice bad">
                    <LiveText text=why />
                </p>
            }
        })
    };
    view! {
        <h2 id="message-title">{move || title(i18n.get_locale(), kind)}</h2>
        <form on:submit=submit novalidate>
            <div role="alert">{failed}</div>
            <div class="message-fields">{fields}</div>
            <Shown forms />
            <div class="dialog-buttons">
                <button type="button" class="button" on:click=move |_| forms.open.set(None)>
                    {move || t_string!(i18n, inbox.more.cancel)}
                </button>
                <button type="submit" class="button primary">
                    {move || t_string!(i18n, inbox.composer.send)}
                </button>
            </div>
        </form>
    }
    .into_any()
}

/// The message as the thread will show it. It repeats the fields, so a screen reader leaves it out.
#[component]
fn Shown(forms: Forms) -> impl IntoView {
    let i18n = use_i18n();
    let now = use_now();
    let bubble = move || {
        let content = forms.content()?;
        let at = now.get_untracked().unwrap_or(Timestamp::from_millis(0));
        let message = MessageView::unsent("", &content, at, None);
        Some(view! { <Bubble message first=true retry=false told_below=false unsent=true /> })
    };
    view! {
        <div class="message-shown" inert aria-hidden="true">
            <p class="hint">{move || t_string!(i18n, inbox.more.preview)}</p>
            <div class="flow">{bubble}</div>
        </div>
    }
    .into_any()
}

pub fn title(locale: Locale, kind: TypedKind) -> &'static str {
    match kind {
        TypedKind::Location => td_string!(locale, inbox.more.location),
        TypedKind::Contacts => td_string!(locale, inbox.more.contacts),
        TypedKind::Buttons => td_string!(locale, inbox.more.buttons),
        TypedKind::List => td_string!(locale, inbox.more.list),
        TypedKind::Link => td_string!(locale, inbox.more.link),
        TypedKind::AskLocation => td_string!(locale, inbox.more.ask_location),
    }
}
