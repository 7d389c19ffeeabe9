//! The line that warns of webhooks that failures have switched off. It is there for those who may see webhooks.

use crate::{
    api::{
        Resource,
        webhooks::{PATH, upkeep::webhooks_off},
    },
    i18n::*,
    live::use_live,
    ui::Transition,
};
use domain::webhook::OffWebhook;
use leptos::prelude::*;

#[component]
pub fn WebhooksOff() -> impl IntoView {
    let live = use_live();
    let off = Resource::new(move || live.webhooks.get(), |_| webhooks_off());
    let line = move || {
        let off = off.get()?.ok()?;
        (!off.is_empty()).then(|| view! { <Line off /> })
    };
    view! { <Transition>{line}</Transition> }.into_any()
}

#[component]
fn Line(off: Vec<OffWebhook>) -> impl IntoView {
    let i18n = use_i18n();
    let names: Vec<_> = off.into_iter().map(|webhook| webhook.name).collect();
    let names = names.join(", ");
    view! {
        <p>
            {move || t_string!(i18n, system.webhooks.off_line, names = names.clone()).to_string()} " "
            <a href=PATH>{move || t_string!(i18n, system.webhooks.off_link)}</a>
        </p>
    }
    .into_any()
}
