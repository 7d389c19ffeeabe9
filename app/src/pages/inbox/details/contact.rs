//! The contact as facts.

use crate::{i18n::*, ui::LiveText};
use domain::{phone, session::Thread};
use leptos::prelude::*;

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
