//! The left column: search, tabs, and one row per session.

mod empty;
mod filters;
mod hits;
mod mentions;
mod preview;
mod row;
mod search;
mod tabs;

use self::{
    empty::{NoRows, RowsSkeleton},
    filters::Filters,
    hits::FoundMessages,
    mentions::Mentions,
    row::Row,
    search::Search,
    tabs::{TabLinks, Tabs},
};
use super::{
    drawn_rows::DrawnRows,
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
use leptos::{ev::MouseEvent, prelude::*};
use std::ops::Range;
use uuid::Uuid;

/// Search, tabs and rows.
#[component]
pub fn SessionList() -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
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
    let mentions = view! {
        <Transition fallback=|| ()>
            <Mentions />
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
            {mentions}
            <div class="rows-scroll" node_ref=inbox.drawn.scroller on:scroll=move |_| reach_on(inbox, untrack(|| count(inbox)))>
                {rows}
                {hits}
            </div>
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

/// The rows that come on the screen are drawn, and the next page is read before its place comes. Who has scrolled before
/// the page was live, or while a page was read, is near the end without another scroll.
fn reach_on(inbox: Inbox, count: usize) {
    inbox.drawn.draw(count);
    if inbox.drawn.is_near_end() {
        inbox.read_on();
    }
}

fn count(inbox: Inbox) -> usize {
    look(inbox, |page| page.rows.items.len())
}

/// The row of a session and its place: most likely one that is drawn, so that not every row looks through the whole
/// list.
fn row_of(rows: &[SessionRow], drawn: DrawnRows, id: SessionId) -> Option<(usize, &SessionRow)> {
    let drawn = untrack(|| drawn.of(rows.len()));
    let is_it = |(_, row): &(usize, &SessionRow)| row.id == id;
    let mut near = rows.iter().enumerate().skip(drawn.start).take(drawn.len());
    near.find(is_it).or_else(|| rows.iter().enumerate().find(is_it))
}

/// Whether each row has to name its channel and its queue: there are several, or there were when these sessions began.
fn several(page: &InboxPage) -> Several {
    let differ = |of: fn(&SessionRow) -> Option<Uuid>| {
        let mut all = page.rows.items.iter().filter_map(of);
        all.next().is_some_and(|first| all.any(|other| other != first))
    };
    Several {
        channels: page.several.channels || differ(|row| Some(row.channel.id.uuid())),
        queues: page.several.queues || differ(|row| row.queue.as_ref().map(|queue| queue.id.uuid())),
    }
}

#[component]
fn FullRows() -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let drawn = inbox.drawn;
    let count = Memo::new(move |_| count(inbox));
    let ids = Memo::new(move |_| {
        let range = drawn.of(count.get());
        look(inbox, |page| {
            let rows = page.rows.items.get(range).unwrap_or_default();
            rows.iter().map(|row| row.id).collect::<Vec<_>>()
        })
    });
    let last = Memo::new(move |_| look(inbox, |page| page.rows.items.last().map(|row| row.id)));
    // After the rows are drawn.
    Effect::new(move |_| {
        let count = count.get();
        last.track();
        request_animation_frame(move || reach_on(inbox, count));
    });
    let more = Memo::new(move |_| look(inbox, |page| page.rows.next_cursor.is_some()));
    let several = Memo::new(move |_| look(inbox, several));
    // Where some are left out, their number and the place of each are not to be seen in the page.
    let left_out = Memo::new(move |_| drawn.some_are_left_out());
    let row = move |id: SessionId| {
        let find = move || {
            look(inbox, |page| {
                row_of(&page.rows.items, drawn, id).map(|(_, row)| row.clone())
            })
        };
        let first = untrack(find)?;
        // A row that is being removed keeps its last content.
        let row = Memo::new(move |before: Option<&SessionRow>| {
            let now = find().or_else(|| before.cloned());
            now.unwrap_or_else(|| first.clone())
        });
        let place = move || {
            let place = || {
                look(inbox, |page| {
                    row_of(&page.rows.items, drawn, id).map(|(place, _)| place + 1)
                })
            };
            left_out.get().then(place)?.map(|place| place.to_string())
        };
        let size = move || {
            let size = || match more.get() {
                true => "-1".to_owned(),
                false => count.get().to_string(),
            };
            left_out.get().then(size)
        };
        Some(view! {
            <li aria-posinset=place aria-setsize=size>
                <Row row id several />
            </li>
        })
    };
    let read_on = move |event: MouseEvent| {
        if !event.ctrl_key() && !event.meta_key() && !event.shift_key() {
            event.prevent_default();
            inbox.read_on();
        }
    };
    let href = move || inbox.query.with(|query| query.longer().href(inbox.session.get()));
    let more = move || {
        more.get().then(|| {
            let busy = move || inbox.reading_on.get().then_some("true");
            view! {
                <a id=MORE_ID class="button quiet rows-more" href=href aria-busy=busy on:click=read_on>
                    {move || t_string!(i18n, inbox.list.more)}
                </a>
            }
        })
    };
    let gap = move |rows: fn(Range<usize>, usize) -> usize| {
        let left_out = Memo::new(move |_| rows(drawn.of(count.get()), count.get()));
        move || {
            let rows = left_out.get();
            (rows > 0).then(|| view! { <li aria-hidden="true" style:height=drawn.room(rows)></li> })
        }
    };
    view! {
        <ul class="rows" node_ref=drawn.rows>
            {gap(|drawn, _| drawn.start)}
            <For each=move || ids.get() key=|id| *id children=row />
            {gap(|drawn, count| count - drawn.end)}
        </ul>
        {more}
    }
    .into_any()
}
