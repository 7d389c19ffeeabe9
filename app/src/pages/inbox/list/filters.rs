//! Links that narrow the tab, or end that.

use crate::{
    i18n::*,
    pages::inbox::state::use_inbox,
    ui::{Menu, Transition, menu},
};
use domain::session::{By, Choices, Filter};
use leptos::prelude::*;
use uuid::Uuid;

#[component]
pub fn Filters() -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let filter = Memo::new(move |_| inbox.query.with(|query| query.filter));
    let href = move |filter: Filter| {
        inbox
            .query
            .with(|query| query.narrowed(filter).href(inbox.session.get()))
    };
    let unread = move || {
        let filter = filter.get();
        let unread = !filter.unread;
        href(Filter { unread, ..filter })
    };
    let closing = move || {
        let filter = filter.get();
        let closing = !filter.closing;
        href(Filter { closing, ..filter })
    };
    let choices = Signal::derive(move || inbox.choices.get().and_then(Result::ok).unwrap_or_default());
    let chosen = move || {
        let filter = filter.get();
        let chosen = By::ALL.iter().filter_map(|by| Some((*by, filter.get(*by)?)));
        let chip = |(by, one)| {
            let name = choices.with(|choices| name_of(choices, by, one));
            let name = name.unwrap_or_else(|| group(i18n.get_locale(), by).to_owned());
            let ends = move || t_string!(i18n, inbox.list.end_filter);
            view! {
                <a class="chip" href=move || href(filter.with(by, None)) aria-current="true" title=ends>
                    <span dir="auto" translate="no">{name}</span>
                    <span aria-hidden="true">" ×"</span>
                    <span class="sr-only">", " {ends}</span>
                </a>
            }
        };
        chosen.map(chip).collect_view()
    };
    let item = move |by: By, (one, name): (Uuid, String)| {
        let href = move || href(filter.get().with(by, Some(one)));
        let current = move || (filter.get().get(by) == Some(one)).then_some("true");
        view! {
            <a
                class="menu-item"
                href=href
                on:click=|event| menu::leave(&event)
                aria-current=current
                dir="auto"
                translate="no"
            >
                {name}
            </a>
        }
    };
    let groups = move || {
        let choices = choices.get();
        let group = |by: &By| {
            let by = *by;
            let items = offered(&choices, by);
            (!items.is_empty()).then(|| {
                view! {
                    <p class="menu-group">{move || group(i18n.get_locale(), by)}</p>
                    {items.iter().cloned().map(|one| item(by, one)).collect_view()}
                }
            })
        };
        By::ALL.iter().map(group).collect_view()
    };
    let any = Memo::new(move |_| {
        choices.with(|choices| By::ALL.iter().any(|by| !offered(choices, *by).is_empty()))
    });
    let more = move || {
        let word = move || t_string!(i18n, inbox.list.filter);
        any.get().then(|| {
            view! {
                <Menu class="chip" summary=Box::new(move || view! { {word} }.into_any())>
                    {groups}
                </Menu>
            }
        })
    };
    view! {
        <nav class="inbox-filters" aria-label=move || t_string!(i18n, inbox.list.filters)>
            <a class="chip" href=unread aria-current=move || filter.get().unread.then_some("true")>
                {move || t_string!(i18n, inbox.list.only_unread)}
            </a>
            <a class="chip" href=closing aria-current=move || filter.get().closing.then_some("true")>
                {move || t_string!(i18n, inbox.list.closing)}
            </a>
            <Transition fallback=|| ()>{chosen} {more}</Transition>
        </nav>
    }
    .into_any()
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
