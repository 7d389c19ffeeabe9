//! What a webhook has answered. Attempts raise no event, so a button reads them again.

use super::paging::Paging;
use crate::{
    api::{
        Resource,
        webhooks::{PATH, calls::webhook_attempts},
    },
    i18n::*,
    labels,
    live::use_live,
    pages::url::{id_in_url, known},
    ui::{Button, Empty, IconName, Load, Time, TimeStyle, time::use_now},
};
use domain::{ids::WebhookId, page::Page, webhook::Attempt};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

#[component]
pub fn AttemptsTab() -> impl IntoView {
    let i18n = use_i18n();
    let now = use_now();
    let live = use_live();
    let id = id_in_url::<WebhookId>();
    let query = use_query_map();
    let cursor = Memo::new(move |_| query.with(|query| query.get("cursor")));
    let stored = Resource::new(
        move || (id.get(), cursor.get(), live.webhooks.get()),
        |(id, cursor, _)| async move { webhook_attempts(known(id)?, cursor).await },
    );
    let view = move |page: Page<Attempt>| {
        let id = id.get_untracked().map(|id| id.to_string()).unwrap_or_default();
        let is_first = cursor.get_untracked().is_none();
        match is_first && page.items.is_empty() {
            true => view! {
                <Empty
                    icon=IconName::Delivery
                    title=move || t_string!(i18n, system.webhooks.no_attempts).to_owned()
                    text=move || t_string!(i18n, system.webhooks.no_attempts_text).to_owned()
                />
            }
            .into_any(),
            false => view! {
                <Attempts attempts=page.items />
                <Paging path=format!("{PATH}/{id}/attempts") is_first next=page.next_cursor />
            }
            .into_any(),
        }
    };
    let again = Callback::new(move |_| stored.refetch());
    view! {
        <p class="muted intro">{move || t_string!(i18n, system.webhooks.attempts_text)}</p>
        <p class="log-more" class:not-yet=move || now.with(Option::is_none)>
            <Button icon=IconName::Refresh press=again>
                {move || t_string!(i18n, system.webhooks.read_again)}
            </Button>
        </p>
        <Load from=stored view />
    }
    .into_any()
}

#[component]
fn Attempts(attempts: Vec<Attempt>) -> impl IntoView {
    let i18n = use_i18n();
    let body = attempts
        .into_iter()
        .map(|attempt| view! { <Line attempt /> })
        .collect_view()
        .into_any();
    view! {
        <div
            class="log-scroll"
            role="region"
            tabindex="0"
            aria-label=move || t_string!(i18n, system.webhooks.tab.attempts)
        >
            <table class="table log">
                <thead>
                    <tr>
                        <th scope="col">{move || t_string!(i18n, system.webhooks.at)}</th>
                        <th scope="col">{move || t_string!(i18n, system.webhooks.event_name)}</th>
                        <th scope="col">{move || t_string!(i18n, system.webhooks.answer)}</th>
                        <th scope="col" class="number">
                            {move || t_string!(i18n, system.webhooks.took)}
                        </th>
                        <th scope="col">{move || t_string!(i18n, system.webhooks.excerpt)}</th>
                    </tr>
                </thead>
                <tbody>{body}</tbody>
            </table>
        </div>
    }
    .into_any()
}

#[component]
fn Line(attempt: Attempt) -> impl IntoView {
    let i18n = use_i18n();
    let (at, kind, event) = (attempt.at, attempt.kind.clone(), attempt.event.clone());
    let (failed, took) = (!attempt.is_success(), attempt.milliseconds);
    let excerpt = (!attempt.excerpt.is_empty()).then(|| {
        view! {
            <details>
                <summary>{move || t_string!(i18n, system.webhooks.show)}</summary>
                <p class="mono webhook-words" dir="auto" translate="no">
                    {attempt.excerpt.clone()}
                </p>
            </details>
        }
    });
    let answer = move || labels::webhooks::answer(i18n.get_locale(), &attempt);
    view! {
        <tr>
            <td class="nums" data-label=move || t_string!(i18n, system.webhooks.at)>
                <Time at style=TimeStyle::Full />
            </td>
            <td data-label=move || t_string!(i18n, system.webhooks.event_name)>
                <div class="webhook-words">
                    {move || labels::webhooks::event_type(i18n.get_locale(), &kind).to_owned()}
                    <p class="hint mono" translate="no">
                        {event}
                    </p>
                </div>
            </td>
            <td class:refused=failed data-label=move || t_string!(i18n, system.webhooks.answer)>
                {answer}
            </td>
            <td class="number" data-label=move || t_string!(i18n, system.webhooks.took)>
                {format!("{took} ms")}
            </td>
            <td data-label=move || t_string!(i18n, system.webhooks.excerpt)>
                {excerpt}
            </td>
        </tr>
    }
    .into_any()
}
