//! System › Deliveries: what came from Meta and could not be applied, why, and what to do about it.

use crate::{
    api::deliveries::dead_letters,
    i18n::*,
    live::use_live,
    ui::{ButtonLink, Empty, IconName, Load, PageHead, Time, TimeStyle},
    words,
};
use domain::{delivery::DeadLetter, page::Page};
use leptos::prelude::*;
use leptos_router::{hooks::use_query_map, location::Url};

#[component]
pub fn DeliveriesPage() -> impl IntoView {
    let i18n = use_i18n();
    let live = use_live();
    let query = use_query_map();
    let cursor = Memo::new(move |_| query.with(|query| query.get("cursor")));
    let page = Resource::new(
        move || (cursor.get(), live.dead_letters.get()),
        |(cursor, _)| dead_letters(cursor),
    );
    let list = move |page: Page<DeadLetter>| {
        let first = cursor.get_untracked().is_none();
        if first && page.items.is_empty() {
            return view! {
                <Empty
                    icon=IconName::Check
                    title=move || t_string!(i18n, system.deliveries.empty).to_owned()
                    text=move || t_string!(i18n, system.deliveries.empty_text).to_owned()
                />
            }
            .into_any();
        }
        let newest = (!first).then(|| {
            view! {
                <ButtonLink href="/system/deliveries">{move || t_string!(i18n, common.button.first_page)}</ButtonLink>
            }
        });
        let older = page.next_cursor.map(|cursor| {
            let href = format!("/system/deliveries?cursor={}", Url::escape(&cursor));
            view! { <ButtonLink href>{move || t_string!(i18n, common.button.next_page)}</ButtonLink> }
        });
        let letters = page
            .items
            .into_iter()
            .map(|letter| view! { <Letter letter /> })
            .collect_view()
            .into_any();
        view! {
            <p class="muted">{move || t_string!(i18n, system.deliveries.intro)}</p>
            <ul class="letters">{letters}</ul>
            <nav class="form-buttons">{newest} {older}</nav>
        }
        .into_any()
    };
    view! {
        <PageHead title=move || t_string!(i18n, system.deliveries.title).to_owned() />
        <Load from=page view=list />
    }
    .into_any()
}

#[component]
fn Letter(letter: DeadLetter) -> impl IntoView {
    let i18n = use_i18n();
    let DeadLetter {
        at,
        reason,
        detail,
        phone_number_id,
        arrived_at,
        raw,
        ..
    } = letter;
    let words = move || words::dead_reason(i18n.get_locale(), reason);
    let fact = |name: fn(Locale) -> &'static str, value: Option<String>| {
        value.map(|value| {
            view! {
                <dt>{move || name(i18n.get_locale())}</dt>
                <dd>{value}</dd>
            }
        })
    };
    let facts = view! {
        <dl class="facts">
            {fact(|locale| td_string!(locale, system.deliveries.number_id), phone_number_id)}
            {fact(|locale| td_string!(locale, system.deliveries.arrived_at), arrived_at)}
            {fact(|locale| td_string!(locale, system.deliveries.detail), detail)}
        </dl>
    }
    .into_any();
    view! {
        <li class="panel">
            <header>
                <h2>{move || words().0}</h2>
                <Time at style=TimeStyle::Full />
            </header>
            <p>{move || words().1}</p>
            {facts}
            <details>
                <summary>{move || t_string!(i18n, system.deliveries.raw)}</summary>
                <pre>{raw}</pre>
            </details>
        </li>
    }
    .into_any()
}
