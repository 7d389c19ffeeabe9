//! The tabs with their counts, which the page's title and its picture on the browser's tab show, too.

use crate::{
    browser,
    i18n::*,
    pages::inbox::state::use_inbox,
    ui::{LiveText, Menu, Title, Transition, derived, menu},
};
use domain::{
    refs::LabelRef,
    session::{Filter, InboxCounts, Tab},
};
use leptos::prelude::*;

#[component]
pub fn Tabs() -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let counts = derived(move |_| inbox.counts.get()?.ok().map(|counts| counts.value));
    let title = move || {
        let title = t_string!(i18n, inbox.title);
        match counts.get().map_or(0, |counts| counts.unread) {
            0 => title.to_owned(),
            unread => format!("({unread}) {title}"),
        }
    };
    Effect::new(move |_| browser::mark_tab(counts.get().is_some_and(|counts| counts.unread > 0)));
    on_cleanup(|| {
        if cfg!(not(feature = "ssr")) {
            browser::mark_tab(false);
        }
    });
    view! {
        <Title text=title />
        <TabLinks counts />
    }
    .into_any()
}

#[component]
pub fn TabLinks(#[prop(into)] counts: Signal<Option<InboxCounts>>) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let link = move |tab: Tab| {
        let name = move || match tab {
            Tab::Mine => t_string!(i18n, inbox.list.mine),
            Tab::Waiting => t_string!(i18n, inbox.list.waiting),
            Tab::All => t_string!(i18n, inbox.list.all),
        };
        let count = move || {
            counts.try_get().flatten().and_then(|counts| match tab {
                Tab::Mine => Some(counts.mine),
                Tab::Waiting => Some(counts.waiting),
                Tab::All => None,
            })
        };
        let counted = move || {
            let text = move || count().map(|count| count.to_string()).unwrap_or_default();
            count()
                .is_some()
                .then(|| view! { <LiveText class="inbox-tab-count" text /> })
        };
        view! {
            <a
                class="inbox-tab"
                href=move || inbox.query.with(|query| query.on(tab).href(inbox.session.get()))
                aria-current=move || inbox.query.with(|query| query.tab == tab).then_some("page")
            >
                {name}
                " "
                {counted}
            </a>
        }
    };
    view! {
        <nav class="inbox-tabs" aria-label=move || t_string!(i18n, inbox.list.tabs)>
            {Tab::ALL.iter().copied().map(link).collect_view()}
        </nav>
    }
    .into_any()
}

/// Links that narrow the tab, or end that.
#[component]
pub fn Filters() -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let unread = move || inbox.query.with(|query| query.filter.unread);
    let narrowed = move |filter: Filter| {
        inbox
            .query
            .with(|query| query.narrowed(filter).href(inbox.session.get()))
    };
    let filter = move || inbox.query.with(|query| query.filter);
    let href = move || {
        narrowed(Filter {
            unread: !unread(),
            ..filter()
        })
    };
    let labels = Signal::derive(move || inbox.labels.get().and_then(Result::ok).unwrap_or_default());
    let any = derived(move |_| labels.with(|labels| !labels.is_empty()));
    let chosen = move || {
        let label = filter().label?;
        labels.with(|labels| labels.iter().find(|known| known.id == label).cloned())
    };
    let link = move |label: LabelRef| {
        let is_chosen = move || filter().label == Some(label.id);
        // The chosen one again ends it.
        let href = move || {
            narrowed(Filter {
                label: (!is_chosen()).then_some(label.id),
                ..filter()
            })
        };
        view! {
            <a class="menu-item" href=href on:click=|event| menu::leave(&event) aria-current=move || is_chosen().then_some("true") dir="auto" translate="no">
                {label.name}
            </a>
        }
    };
    let label_menu = move || {
        any.get().then(|| {
            let word = move || match chosen() {
                Some(label) => label.name,
                None => t_string!(i18n, inbox.list.label_filter).to_owned(),
            };
            let items = move || labels.get().into_iter().map(link).collect_view();
            let class = if filter().label.is_some() {
                "chip chip-on"
            } else {
                "chip"
            };
            view! {
                <Menu class summary=Box::new(move || view! { <LiveText text=word /> }.into_any())>
                    {items}
                </Menu>
            }
        })
    };
    view! {
        <nav class="inbox-filters" aria-label=move || t_string!(i18n, inbox.list.filters)>
            <a class="chip" href=href aria-current=move || unread().then_some("true")>
                {move || t_string!(i18n, inbox.list.only_unread)}
            </a>
            <Transition fallback=|| ()>{label_menu}</Transition>
        </nav>
    }
    .into_any()
}
