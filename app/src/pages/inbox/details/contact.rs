//! The contact as facts, and the company's own name of them.

use super::{block::Blocking, kept::Kept};
use crate::{api::ActionForm, i18n::*, pages::inbox::state::use_inbox, ui::LiveText};
use domain::{form::MAX_NAME, phone, session::Thread};
use leptos::{html, prelude::*};

#[component]
pub fn Contact(thread: Memo<Thread>) -> impl IntoView {
    let i18n = use_i18n();
    let contact = Memo::new(move |_| thread.with(|thread| thread.session.contact.clone()));
    let none = move || t_string!(i18n, inbox.details.none).to_owned();
    let number = move || {
        contact
            .with(|contact| contact.number.as_deref().map(phone::grouped))
            .unwrap_or_else(none)
    };
    let username = move || contact.with(|contact| contact.username.clone());
    let named = Memo::new(move |_| contact.with(|contact| contact.alias.is_some()));
    let profile_name = move || {
        named.get().then(|| {
            view! {
                <dt>{move || t_string!(i18n, inbox.details.profile_name)}</dt>
                <dd dir="auto">
                    <LiveText text=move || {
                        contact.with(|contact| contact.profile_name.clone()).unwrap_or_else(none)
                    } />
                </dd>
            }
        })
    };
    let own_name = view! { <OwnName thread /> }.into_any();
    let blocking = view! { <Blocking thread /> }.into_any();
    view! {
        <details open>
            <summary>{move || t_string!(i18n, inbox.details.contact)}</summary>
            <dl>
                <dt>{move || t_string!(i18n, inbox.details.name)}</dt>
                <dd dir="auto">
                    <LiveText text=move || contact.with(|contact| contact.label.clone()) />
                </dd>
                {profile_name}
                <dt>{move || t_string!(i18n, inbox.details.number)}</dt>
                <dd class="number">
                    <LiveText text=number />
                </dd>
                <dt>{move || t_string!(i18n, inbox.details.username)}</dt>
                <dd>
                    <LiveText text=move || username().unwrap_or_else(none) />
                </dd>
            </dl>
            {own_name}
            {blocking}
        </details>
    }
    .into_any()
}

#[component]
fn OwnName(thread: Memo<Thread>) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let field = NodeRef::<html::Input>::new();
    let alias =
        Memo::new(move |_| thread.with(|thread| thread.session.contact.alias.clone().unwrap_or_default()));
    let session = move || thread.with(|thread| thread.session.id.to_string());
    let kept = Kept::new(field, move || alias.get());
    let submitted = kept.saves(field, inbox.contact_name);
    let first = alias.get_untracked();
    let pending = inbox.contact_name.pending();
    view! {
        <details class="details-name" on:submit=move |_| submitted()>
            <summary id="contact-name-title">{move || t_string!(i18n, inbox.details.own_name)}</summary>
            <ActionForm action=inbox.contact_name>
                <input type="hidden" name="session" value=session prop:value=session />
                <input
                    class="input"
                    name="name"
                    value=first
                    maxlength=MAX_NAME.to_string()
                    dir="auto"
                    autocomplete="off"
                    node_ref=field
                    aria-labelledby="contact-name-title"
                    aria-describedby="contact-name-hint"
                    on:input=move |_| kept.typed()
                />
                <p class="hint" id="contact-name-hint">
                    {move || t_string!(i18n, inbox.details.own_name_hint)}
                </p>
                <button
                    type="submit"
                    class="button"
                    prop:disabled=move || pending.try_get().unwrap_or_default()
                >
                    {move || t_string!(i18n, common.button.save)}
                </button>
            </ActionForm>
        </details>
    }
    .into_any()
}
