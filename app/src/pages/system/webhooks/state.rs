//! Whether a webhook works, and if not, why.

use crate::{
    i18n::*,
    labels,
    pages::directory::Word,
    ui::{Badge, Time, TimeStyle, Tone},
};
use domain::webhook::Webhook;
use leptos::prelude::*;

#[component]
pub fn State(webhook: Webhook) -> impl IntoView {
    let i18n = use_i18n();
    let (tone, word): (_, Word) = match (webhook.off, webhook.failing_since, webhook.held_until) {
        (Some((_, why)), ..) if why.is_warning() => (Tone::Bad, |locale| {
            td_string!(locale, system.webhooks.state_failed)
        }),
        (Some(_), ..) => (Tone::Off, |locale| td_string!(locale, system.webhooks.state_off)),
        (None, Some(_), _) => (Tone::Warning, |locale| {
            td_string!(locale, system.webhooks.state_failing)
        }),
        (None, None, Some(_)) => (Tone::Warning, |locale| {
            td_string!(locale, system.webhooks.state_held)
        }),
        (None, None, None) => (Tone::Good, |locale| {
            td_string!(locale, system.webhooks.state_working)
        }),
    };
    view! { <Badge tone word=move || word(i18n.get_locale()) /> }.into_any()
}

/// Why it does not work, and since when, or until when it is left alone.
#[component]
pub fn Why(webhook: Webhook) -> impl IntoView {
    let i18n = use_i18n();
    let off = webhook.off.map(|(at, why)| {
        view! {
            <p class="hint">
                {move || labels::webhooks::why_off(i18n.get_locale(), why)} " " <Time at style=TimeStyle::Full />
            </p>
        }
    });
    let failing = webhook.failing_since.filter(|_| webhook.off.is_none()).map(|at| {
        view! {
            <p class="hint">
                {move || t_string!(i18n, system.webhooks.failing_since)} " " <Time at style=TimeStyle::Full />
            </p>
        }
    });
    let held = webhook.held_until.map(|at| {
        view! {
            <p class="hint">
                {move || t_string!(i18n, system.webhooks.held_until)} " " <Time at style=TimeStyle::Full />
            </p>
        }
    });
    view! {
        {off}
        {failing}
        {held}
    }
    .into_any()
}
