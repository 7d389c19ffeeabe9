//! The tabs with their counts, which the page's title and its picture on the browser's tab show, too.

use crate::{
    browser,
    i18n::*,
    pages::inbox::state::use_inbox,
    ui::{LiveText, Title, derived},
};
use domain::session::{InboxCounts, Tab};
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
