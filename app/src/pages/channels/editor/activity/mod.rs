//! The Activity tab: who changed what and when, how the badge changed and why, and the outcome of Meta's latest
//! deliveries.

mod history;

use crate::{
    api::{Resource, channels::activity},
    i18n::*,
    live::use_live,
    pages::url::{id_in_url, known},
    ui::{Load, Quote, Time},
};
use domain::{
    channel::{Activity, ActivityView, DeliveryRow},
    ids::ChannelId,
};
use leptos::prelude::*;

#[component]
pub fn ActivityTab() -> impl IntoView {
    let live = use_live();
    let id = id_in_url::<ChannelId>();
    let shown = Resource::new(
        move || (id.get(), live.channels.get(), live.messages.get()),
        |(id, ..)| async move { activity(known(id)?).await },
    );
    let lists = |shown: ActivityView| {
        let changes = shown.activity.into_iter();
        let changes = changes
            .map(|row| view! { <ChangeLine row /> }.into_any())
            .collect();
        let deliveries = shown.deliveries.into_iter();
        let deliveries = deliveries
            .map(|row| view! { <DeliveryLine row /> }.into_any())
            .collect();
        view! {
            <Section
                id="activity-changes"
                title=|locale| td_string!(locale, channels.activity.changes)
                none=|locale| td_string!(locale, channels.activity.none)
                columns=vec![
                    |locale| td_string!(locale, channels.activity.what),
                    |locale| td_string!(locale, channels.activity.who),
                    |locale| td_string!(locale, channels.activity.when),
                ]
                lines=changes
            />
            <Section
                id="activity-deliveries"
                title=|locale| td_string!(locale, channels.activity.deliveries)
                none=|locale| td_string!(locale, channels.activity.no_deliveries)
                columns=vec![
                    |locale| td_string!(locale, channels.activity.when),
                    |locale| td_string!(locale, channels.activity.outcome),
                ]
                lines=deliveries
            />
        }
        .into_any()
    };
    view! { <Load from=shown view=lists /> }.into_any()
}

type Word = fn(Locale) -> &'static str;

/// A table with its title, or the text in its place.
#[component]
fn Section(
    id: &'static str,
    title: Word,
    none: Word,
    columns: Vec<Word>,
    lines: Vec<AnyView>,
) -> impl IntoView {
    let i18n = use_i18n();
    let table = match lines.is_empty() {
        true => view! { <p class="hint">{move || none(i18n.get_locale())}</p> }.into_any(),
        false => {
            let columns = columns
                .into_iter()
                .map(|column| view! { <th scope="col">{move || column(i18n.get_locale())}</th> })
                .collect_view();
            view! {
                <table class="table">
                    <thead>
                        <tr>{columns}</tr>
                    </thead>
                    <tbody>{lines}</tbody>
                </table>
            }
            .into_any()
        }
    };
    view! {
        <section class="activity" aria-labelledby=id>
            <h2 id=id>{move || title(i18n.get_locale())}</h2>
            {table}
        </section>
    }
    .into_any()
}

#[component]
fn ChangeLine(row: Activity) -> impl IntoView {
    let i18n = use_i18n();
    let Activity {
        at,
        who,
        what,
        detail,
    } = row;
    let who = move || {
        who.clone()
            .unwrap_or_else(|| t_string!(i18n, channels.activity.itself).to_owned())
    };
    let quotes = detail.as_ref().map(history::quotes).unwrap_or_default();
    let detail = detail.map(|detail| {
        view! {
            <span class="activity-detail">{move || history::detail(i18n.get_locale(), &detail)}</span>
        }
    });
    view! {
        <tr>
            <th scope="row">{move || history::deed(i18n.get_locale(), what)} " " {detail} <Quote words=quotes /></th>
            <td data-label=move || t_string!(i18n, channels.activity.who)>{who}</td>
            <td data-label=move || t_string!(i18n, channels.activity.when)>
                <Time at />
            </td>
        </tr>
    }
    .into_any()
}

#[component]
fn DeliveryLine(row: DeliveryRow) -> impl IntoView {
    let i18n = use_i18n();
    let DeliveryRow {
        at,
        processed_at,
        dead_letters,
    } = row;
    let outcome = move || match (dead_letters, processed_at) {
        (0, Some(_)) => t_string!(i18n, channels.activity.applied).to_owned(),
        (0, None) => t_string!(i18n, channels.activity.waits).to_owned(),
        (count, _) => t_string!(i18n, channels.activity.dead, count),
    };
    let more = (dead_letters > 0).then(|| {
        view! { <a href="/system/deliveries">{move || t_string!(i18n, channels.activity.dead_link)}</a> }
    });
    view! {
        <tr>
            <th scope="row">
                <Time at />
            </th>
            <td data-label=move || t_string!(i18n, channels.activity.outcome)>{outcome} " " {more}</td>
        </tr>
    }
    .into_any()
}
