//! Shown in place of the rows: an empty list, or a list that is still loading.

use crate::{
    i18n::*,
    pages::inbox::state::use_inbox,
    ui::{ButtonLink, Empty, IconName, Kind},
};
use domain::session::{Filter, Tab};
use leptos::prelude::*;

#[component]
pub fn NoRows() -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let view = move || {
        let query = inbox.query.get();
        if !query.search.is_empty() {
            // What was found in messages follows.
            return view! {
                <p class="hits-note">
                    {move || t_string!(i18n, inbox.empty.search_text)} " "
                    <a href=query
                        .searching(String::new())
                        .href(None)>{move || t_string!(i18n, inbox.empty.search_button)}</a>
                </p>
            }
            .into_any();
        }
        let only_unread = Filter {
            unread: true,
            ..Filter::default()
        };
        if query.filter == only_unread {
            return view! {
                <Empty
                    icon=IconName::Check
                    title=Signal::derive(move || t_string!(i18n, inbox.empty.unread_title).to_owned())
                    text=Signal::derive(move || t_string!(i18n, inbox.empty.unread_text).to_owned())
                >
                    <ButtonLink href=query.narrowed(Filter::default()).href(None)>
                        {move || t_string!(i18n, inbox.empty.unread_button)}
                    </ButtonLink>
                </Empty>
            }
            .into_any();
        }
        if query.filter != Filter::default() {
            // Only the latest sessions were scanned.
            let further = inbox.list.with(|list| match list {
                Some(Ok(list)) => list.page.rows.next_cursor.is_some(),
                _ => false,
            });
            let href = match further {
                true => query.longer(),
                false => query.narrowed(Filter::default()),
            };
            let text = move || match further {
                true => t_string!(i18n, inbox.empty.further_text),
                false => t_string!(i18n, inbox.empty.narrowed_text),
            };
            let button = move || match further {
                true => t_string!(i18n, inbox.empty.further_button),
                false => t_string!(i18n, inbox.empty.narrowed_button),
            };
            return view! {
                <Empty
                    icon=IconName::Search
                    title=Signal::derive(move || t_string!(i18n, inbox.empty.narrowed_title).to_owned())
                    text=Signal::derive(move || text().to_owned())
                >
                    <ButtonLink href=href.href(None)>{button}</ButtonLink>
                </Empty>
            }
            .into_any();
        }
        match query.tab {
            Tab::Mine => view! {
                <Empty
                    icon=IconName::PickUp
                    title=Signal::derive(move || t_string!(i18n, inbox.empty.mine_title).to_owned())
                    text=Signal::derive(move || t_string!(i18n, inbox.empty.mine_text).to_owned())
                >
                    <ButtonLink href=query.on(Tab::Waiting).href(None) kind=Kind::Primary>
                        {move || t_string!(i18n, inbox.empty.mine_button)}
                    </ButtonLink>
                </Empty>
            }
            .into_any(),
            Tab::Waiting => view! {
                <Empty
                    icon=IconName::Check
                    title=Signal::derive(move || t_string!(i18n, inbox.empty.waiting_title).to_owned())
                    text=Signal::derive(move || t_string!(i18n, inbox.empty.waiting_text).to_owned())
                >
                    <ButtonLink href=query.on(Tab::All).href(None)>
                        {move || t_string!(i18n, inbox.empty.waiting_button)}
                    </ButtonLink>
                </Empty>
            }
            .into_any(),
            Tab::All => view! {
                <Empty
                    icon=IconName::Inbox
                    title=Signal::derive(move || t_string!(i18n, inbox.empty.all_title).to_owned())
                    text=Signal::derive(move || t_string!(i18n, inbox.empty.all_text).to_owned())
                >
                    <ButtonLink href="/channels">{move || t_string!(i18n, inbox.empty.all_button)}</ButtonLink>
                </Empty>
            }
            .into_any(),
        }
    };
    view! { {view} }.into_any()
}

#[component]
pub fn RowsSkeleton() -> impl IntoView {
    view! {
        <div class="rows rows-skeleton" aria-hidden="true">
            {(0..6)
                .map(|_| {
                    view! {
                        <div class="row">
                            <span class="avatar"></span>
                            <span class="skeleton-line"></span>
                            <span class="skeleton-line"></span>
                        </div>
                    }
                })
                .collect_view()}
        </div>
    }
    .into_any()
}
