//! Every webhook: its address, what it gets, and whether it works.

use super::state::{State, Why};
use crate::{
    api::{
        Resource,
        webhooks::{Row, address, webhooks},
    },
    i18n::*,
    labels,
    live::use_live,
    pages::directory::{DirectoryList, Word},
    ui::IconName,
};
use leptos::prelude::*;

/// Types of events that a row names.
const NAMED: usize = 3;

#[component]
pub fn WebhooksPage() -> impl IntoView {
    let live = use_live();
    let rows = Resource::new(move || live.webhooks.get(), |_| webhooks());
    view! {
        <DirectoryList
            rows
            title=|locale| td_string!(locale, common.nav.webhooks)
            icon=IconName::Webhook
            empty=|locale| td_string!(locale, system.webhooks.empty)
            empty_text=|locale| td_string!(locale, system.webhooks.empty_text)
            add=|locale| td_string!(locale, system.webhooks.add)
            add_path="/system/webhooks/new"
            table=|rows| view! { <Table rows /> }.into_any()
        />
    }
    .into_any()
}

#[component]
fn Table(rows: Vec<Row>) -> impl IntoView {
    let i18n = use_i18n();
    let narrowed = move |label: Word, names: Vec<Option<String>>| {
        (!names.is_empty()).then(|| {
            let words = move || {
                let locale = i18n.get_locale();
                let deleted = td_string!(locale, system.webhooks.deleted_choice);
                let names = names.iter().map(|name| name.as_deref().unwrap_or(deleted));
                format!("{}: {}", label(locale), names.collect::<Vec<_>>().join(", "))
            };
            view! { <p class="hint">{words}</p> }
        })
    };
    let line = move |row: Row| {
        let Row {
            webhook,
            channels,
            queues,
        } = row;
        let kinds = webhook.wanted.types.clone();
        view! {
            <tr>
                <th scope="row">
                    <a href=address(webhook.id)>{webhook.name.clone()}</a>
                    <p class="hint webhook-words" translate="no">
                        {webhook.address.clone()}
                    </p>
                </th>
                <td data-label=move || t_string!(i18n, system.webhooks.events)>
                    <div>
                        {move || wanted(i18n.get_locale(), &kinds)}
                        {narrowed(|locale| td_string!(locale, system.webhooks.channels), channels)}
                        {narrowed(|locale| td_string!(locale, system.webhooks.queues), queues)}
                    </div>
                </td>
                <td data-label=move || t_string!(i18n, system.webhooks.state)>
                    <div>
                        <State webhook=webhook.clone() />
                        <Why webhook />
                    </div>
                </td>
            </tr>
        }
    };
    let body = rows.into_iter().map(line).collect_view().into_any();
    view! {
        <table class="table">
            <thead>
                <tr>
                    <th scope="col">{move || t_string!(i18n, system.webhooks.name)}</th>
                    <th scope="col">{move || t_string!(i18n, system.webhooks.events)}</th>
                    <th scope="col">{move || t_string!(i18n, system.webhooks.state)}</th>
                </tr>
            </thead>
            <tbody>{body}</tbody>
        </table>
    }
    .into_any()
}

/// A few types by their names, more by their number.
fn wanted(locale: Locale, kinds: &[String]) -> String {
    match kinds.len() {
        0 => td_string!(locale, system.webhooks.all_events).to_owned(),
        few if few <= NAMED => {
            let names = kinds
                .iter()
                .map(|kind| labels::webhooks::event_type(locale, kind));
            names.collect::<Vec<_>>().join(", ")
        }
        many => td_string!(locale, system.webhooks.some_events, count = many).to_string(),
    }
}
