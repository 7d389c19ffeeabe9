//! The left column: search, tabs, and one row per session.

mod empty;
mod filters;
mod hits;
mod preview;
mod row;
mod search;
mod tabs;

use self::{
    empty::{NoRows, RowsSkeleton},
    filters::Filters,
    hits::FoundMessages,
    row::Row,
    search::Search,
    tabs::{TabLinks, Tabs},
};
use super::{
    element_ids::MORE_ID,
    keys,
    state::{Inbox, use_inbox},
};
use crate::{
    api::ApiError,
    i18n::*,
    ui::{Icon, IconName, Transition, TroubleView, derived, time::use_now},
};
use domain::{
    ids::SessionId,
    session::{InboxPage, SessionRow, Several},
};
use leptos::prelude::*;

/// Search, tabs and rows.
#[component]
pub fn SessionList() -> impl IntoView {
    let i18n = use_i18n();
    let tabs = view! {
        <Transition fallback=|| view! { <TabLinks counts=None /> }>
            <Tabs />
        </Transition>
    }
    .into_any();
    let rows = view! {
        <Transition fallback=RowsSkeleton>
            <Rows />
        </Transition>
    }
    .into_any();
    let hits = view! {
        <Transition fallback=|| ()>
            <FoundMessages />
        </Transition>
    }
    .into_any();
    view! {
        <section class="inbox-list" aria-label=move || t_string!(i18n, inbox.list.label)>
            <div class="inbox-top">
                <Search />
                <KeysButton />
            </div>
            {tabs}
            <Filters />
            <div class="rows-scroll">{rows} {hits}</div>
        </section>
    }
    .into_any()
}

/// A button that shows the keys, so that no key is needed for it. Before the page is live there are no keys.
#[component]
fn KeysButton() -> impl IntoView {
    let i18n = use_i18n();
    let now = use_now();
    view! {
        <button
            type="button"
            class="button quiet"
            class:not-yet=move || now.with(Option::is_none)
            aria-label=move || t_string!(i18n, inbox.keys.title)
            title=move || t_string!(i18n, inbox.keys.title)
            on:click=move |_| _ = keys::show()
        >
            <Icon name=IconName::Keyboard />
        </button>
    }
    .into_any()
}

/// The state of the list; a change of a row does not change it.
#[derive(Debug, Clone, PartialEq)]
enum Shape {
    Nothing,
    Failed(ApiError),
    Rows,
}

#[component]
fn Rows() -> impl IntoView {
    let inbox = use_inbox();
    let shape = derived(move |_| {
        inbox.list.with(|list| match list {
            Some(Ok(list)) if list.page.rows.items.is_empty() => Some(Shape::Nothing),
            Some(Ok(_)) => Some(Shape::Rows),
            Some(Err(error)) => Some(Shape::Failed(error.clone())),
            None => None,
        })
    });
    view! {
        {move || {
            shape
                .get()
                .map(|shape| match shape {
                    Shape::Nothing => view! { <NoRows /> }.into_any(),
                    Shape::Failed(error) => {
                        let retry = Callback::new(move |()| inbox.list.refetch());
                        view! { <TroubleView error retry /> }.into_any()
                    }
                    Shape::Rows => view! { <FullRows /> }.into_any(),
                })
        }}
    }
    .into_any()
}

/// Looks at the list; without one, there is nothing to see. It is not copied: every row looks at it.
fn look<T: Default>(inbox: Inbox, see: impl FnOnce(&InboxPage) -> T) -> T {
    inbox.list.with(|list| match list {
        Some(Ok(list)) => see(&list.page),
        _ => T::default(),
    })
}

/// Whether each row has to name its channel and its queue: there are several, or there were when these sessions began.
fn several(page: &InboxPage) -> Several {
    let differ = |of: fn(&SessionRow) -> Option<String>| {
        let mut all = page.rows.items.iter().filter_map(of);
        all.next().is_some_and(|first| all.any(|other| other != first))
    };
    Several {
        channels: page.several.channels || differ(|row| Some(row.channel.id.to_string())),
        queues: page.several.queues || differ(|row| row.queue.as_ref().map(|queue| queue.id.to_string())),
    }
}

#[component]
fn FullRows() -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let ids = move || {
        look(inbox, |page| {
            page.rows.items.iter().map(|row| row.id).collect::<Vec<_>>()
        })
    };
    let several = Memo::new(move |_| look(inbox, several));
    let row = move |id: SessionId| {
        let find = move || {
            look(inbox, |page| {
                page.rows.items.iter().find(|row| row.id == id).cloned()
            })
        };
        let first = untrack(find)?;
        // A row that is being removed keeps its last content.
        let row = Memo::new(move |before: Option<&SessionRow>| {
            let now = find().or_else(|| before.cloned());
            now.unwrap_or_else(|| first.clone())
        });
        Some(view! {
            <li>
                <Row row id several />
            </li>
        })
    };
    let more = move || {
        let more = look(inbox, |page| page.rows.next_cursor.is_some());
        let href = move || inbox.query.with(|query| query.longer().href(inbox.session.get()));
        more.then(|| {
            view! {
                <a id=MORE_ID class="button quiet rows-more" href=href>
                    {move || t_string!(i18n, inbox.list.more)}
                </a>
            }
        })
    };
    view! {
        <ul class="rows">
            <For each=ids key=|id| *id children=row />
        </ul>
        {more}
    }
    .into_any()
}
