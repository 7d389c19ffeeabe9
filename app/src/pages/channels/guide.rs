//! Where in Meta each value is found. The entry of the focused field stands out; without JavaScript it is a list.

use crate::{i18n::*, ui::form::FocusedField};
use leptos::prelude::*;

/// Fields in the order of the form.
pub const AUTHENTICATION: [&str; 5] = [
    "name",
    "webhook_url",
    "verify_token",
    "access_token",
    "app_secret",
];
pub const MESSAGING: [&str; 4] = ["phone_number", "phone_number_id", "waba_id", "destination"];

/// The guide beside a form. Needs a [`FocusedField`] around it.
#[component]
pub fn Guide(fields: &'static [&'static str]) -> impl IntoView {
    let i18n = use_i18n();
    let focused = expect_context::<FocusedField>().0;
    let entries = fields
        .iter()
        .map(|&field| {
            let current = move || {
                focused
                    .try_with(|focused| focused.as_deref() == Some(field))
                    .unwrap_or_default()
            };
            view! {
                <li class:current=current>
                    <strong>{move || label(i18n.get_locale(), field)}</strong>
                    <p>{move || text(i18n.get_locale(), field)}</p>
                </li>
            }
        })
        .collect_view();
    view! {
        <aside class="guide">
            <h2>{move || t_string!(i18n, channels.guide.title)}</h2>
            <ul>{entries}</ul>
        </aside>
    }
    .into_any()
}

/// A field's label.
pub fn label(locale: Locale, field: &str) -> &'static str {
    match field {
        "name" => td_string!(locale, channels.field.name),
        "webhook_url" => td_string!(locale, channels.field.webhook_url),
        "verify_token" => td_string!(locale, channels.field.verify_token),
        "access_token" => td_string!(locale, channels.field.access_token),
        "app_secret" => td_string!(locale, channels.field.app_secret),
        "phone_number" => td_string!(locale, channels.field.phone_number),
        "phone_number_id" => td_string!(locale, channels.field.phone_number_id),
        "waba_id" => td_string!(locale, channels.field.waba_id),
        _ => td_string!(locale, channels.field.destination),
    }
}

fn text(locale: Locale, field: &str) -> &'static str {
    match field {
        "name" => td_string!(locale, channels.guide.name),
        "webhook_url" => td_string!(locale, channels.guide.webhook_url),
        "verify_token" => td_string!(locale, channels.guide.verify_token),
        "access_token" => td_string!(locale, channels.guide.access_token),
        "app_secret" => td_string!(locale, channels.guide.app_secret),
        "phone_number" => td_string!(locale, channels.guide.phone_number),
        "phone_number_id" => td_string!(locale, channels.guide.phone_number_id),
        "waba_id" => td_string!(locale, channels.guide.waba_id),
        _ => td_string!(locale, channels.guide.destination),
    }
}
