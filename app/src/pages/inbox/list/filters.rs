//! Links that narrow the tab, or end that.

use crate::{
    i18n::*,
    pages::inbox::state::{Inbox, use_inbox},
    ui::{LiveText, Menu, Transition, derived, menu},
};
use domain::session::{By, Choices, Filter};
use leptos::prelude::*;
use uuid::Uuid;

#[component]
pub fn Filters() -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let filter = move || inbox.query.with(|query| query.filter);
    let unread = move || {
        let filter = filter();
        let unread = !filter.unread;
        narrowed(inbox, Filter { unread, ..filter })
    };
    let closing = move || {
        let filter = filter();
        let closing = !filter.closing;
        narrowed(inbox, Filter { closing, ..filter })
    };
    let snoozed = move || {
        let filter = filter();
        let snoozed = !filter.snoozed;
        narrowed(inbox, Filter { snoozed, ..filter })
    };
    let choice = view! {
        <Transition fallback=|| ()>
            <Choice />
        </Transition>
    }
    .into_any();
    view! {
        <nav class="inbox-filters" aria-label=move || t_string!(i18n, inbox.list.filters)>
            <a class="chip" href=unread aria-current=move || filter().unread.then_some("true")>
                {move || t_string!(i18n, inbox.list.only_unread)}
            </a>
            <a class="chip" href=closing aria-current=move || filter().closing.then_some("true")>
                {move || t_string!(i18n, inbox.list.closing)}
            </a>
            <a class="chip" href=snoozed aria-current=move || filter().snoozed.then_some("true")>
                {move || t_string!(i18n, inbox.snooze.only)}
            </a>
            {choice}
        </nav>
    }
    .into_any()
}

/// What the list is narrowed to, and to what else it can be.
#[component]
fn Choice() -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let choices = derived(move |_| inbox.choices.get().and_then(Result::ok).unwrap_or_default());
    let filter = Memo::new(move |_| inbox.query.with(|query| query.filter));
    let chip = move |(by, one): (By, Uuid)| {
        let name = choices.with(|choices| name_of(choices, by, one));
        let name = name.unwrap_or_else(|| group(i18n.get_locale(), by).to_owned());
        let ends = move || t_string!(i18n, inbox.list.end_filter);
        view! {
            <a
                class="chip"
                href=move || narrowed(inbox, filter.get().with(by, None))
                aria-current="true"
                title=ends
            >
                <span dir="auto" translate="no">{name}</span>
                <span aria-hidden="true">" ×"</span>
                <span class="sr-only">", " {ends}</span>
            </a>
        }
    };
    let chosen = move || {
        let filter = filter.get();
        let chosen = By::ALL.iter().filter_map(|by| Some((*by, filter.get(*by)?)));
        chosen.map(chip).collect_view()
    };
    let item = move |by: By, (one, name): (Uuid, String)| {
        let current = move || (filter.get().get(by) == Some(one)).then_some("true");
        view! {
            <a
                class="menu-item"
                href=move || narrowed(inbox, filter.get().with(by, Some(one)))
                on:click=|event| menu::leave(&event)
                aria-current=current
                dir="auto"
                translate="no"
            >
                {name}
            </a>
        }
    };
    let items = move |by: &By| {
        let by = *by;
        let items = choices.with(|choices| offered(choices, by).to_vec());
        (!items.is_empty()).then(|| {
            view! {
                <p class="menu-group">{move || group(i18n.get_locale(), by)}</p>
                {items.into_iter().map(|one| item(by, one)).collect_view()}
            }
        })
    };
    let groups = move || By::ALL.iter().map(items).collect_view();
    let any =
        derived(move |_| choices.with(|choices| By::ALL.iter().any(|by| !offered(choices, *by).is_empty())));
    let more = move || {
        any.get().then(|| {
            let word = move || t_string!(i18n, inbox.list.filter).to_owned();
            view! {
                <Menu class="chip" summary=Box::new(move || view! { <LiveText text=word /> }.into_any())>
                    {groups}
                </Menu>
            }
        })
    };
    view! { {chosen} {more} }.into_any()
}

/// The address of the list with another filter.
fn narrowed(inbox: Inbox, filter: Filter) -> String {
    inbox
        .query
        .with(|query| query.narrowed(filter).href(inbox.session.get()))
}

/// What a menu offers: where there is one channel, every session is on it.
fn offered(choices: &Choices, by: By) -> &[(Uuid, String)] {
    match choices.of(by) {
        [_] if by != By::Label => &[],
        all => all,
    }
}

fn name_of(choices: &Choices, by: By, one: Uuid) -> Option<String> {
    let known = choices.of(by).iter().find(|(id, _)| *id == one)?;
    Some(known.1.clone())
}

fn group(locale: Locale, by: By) -> &'static str {
    match by {
        By::Label => td_string!(locale, inbox.list.label_filter),
        By::Channel => td_string!(locale, inbox.list.channel_filter),
        By::Queue => td_string!(locale, inbox.list.queue_filter),
        By::Owner => td_string!(locale, inbox.list.owner_filter),
    }
}
