//! One webhook: its name, whether it works, and its tabs. What is above the tabs follows events.

use super::state::{State, Why};
use crate::{
    api::{
        ApiResult, Resource,
        webhooks::{PATH, webhook},
    },
    i18n::*,
    live::use_live,
    pages::url::{id_in_url, known},
    ui::{PageHead, Skeleton, Time, TimeStyle, Transition},
};
use domain::{ids::WebhookId, webhook::Webhook};
use leptos::prelude::*;
use leptos_router::components::{A, Outlet};

/// The webhook as it stands; the page provides it.
#[derive(Debug, Clone, Copy)]
pub struct Shown(pub Resource<ApiResult<Webhook>>);

#[component]
pub fn WebhookPage() -> impl IntoView {
    let i18n = use_i18n();
    let live = use_live();
    let id = id_in_url::<WebhookId>();
    let shown = Resource::new(
        move || (id.get(), live.webhooks.get()),
        |(id, _)| async move { webhook(known(id)?).await },
    );
    provide_context(Shown(shown));
    let tab = move |path: &'static str| {
        move || {
            format!(
                "{PATH}/{}{path}",
                id.get().map(|id| id.to_string()).unwrap_or_default()
            )
        }
    };
    let tabs = view! {
        <nav class="tabs" aria-label=move || t_string!(i18n, system.webhooks.tab.label)>
            <A href=tab("") exact=true>
                {move || t_string!(i18n, system.webhooks.tab.settings)}
            </A>
            <A href=tab("/attempts")>{move || t_string!(i18n, system.webhooks.tab.attempts)}</A>
            <A href=tab("/undelivered")>{move || t_string!(i18n, system.webhooks.tab.undelivered)}</A>
        </nav>
    }
    .into_any();
    // If there is an error, the tab shows it.
    let header = move || {
        let webhook = shown.get()?.ok()?;
        Some(view! { <Header webhook /> }.into_any())
    };
    view! {
        <Transition fallback=|| view! { <Skeleton lines=1 /> }>{header}</Transition>
        {tabs}
        <Outlet />
    }
    .into_any()
}

#[component]
fn Header(webhook: Webhook) -> impl IntoView {
    let i18n = use_i18n();
    let (name, state) = (webhook.name.clone(), webhook.clone());
    let former = webhook.former_secret_until.map(|at| {
        view! {
            <dt>{move || t_string!(i18n, system.webhooks.former_secret)}</dt>
            <dd>
                <Time at style=TimeStyle::Full />
            </dd>
        }
    });
    let replay = webhook.replay.map(|replay| {
        view! {
            <dt>{move || t_string!(i18n, system.webhooks.replaying)}</dt>
            <dd>{replay.events}</dd>
        }
    });
    view! {
        <PageHead title=move || name.clone()>
            <State webhook=state />
        </PageHead>
        <Why webhook=webhook.clone() />
        <dl class="facts webhook-facts">
            <dt>{move || t_string!(i18n, system.webhooks.address)}</dt>
            <dd translate="no">{webhook.address}</dd>
            <dt>{move || t_string!(i18n, system.webhooks.waiting)}</dt>
            <dd>{webhook.waiting}</dd>
            <dt>{move || t_string!(i18n, system.webhooks.given_up)}</dt>
            <dd>{webhook.dead}</dd>
            {replay}
            {former}
        </dl>
    }
    .into_any()
}
