//! The left column: which sessions, and one row for each.

mod empty;
mod row;

pub use self::row::{ROW_ID, initial};

use self::{
    empty::{NoRows, RowsSkeleton},
    row::Row,
};
use super::{
    keys::{self, MORE_ID, SEARCH_ID},
    state::use_inbox,
};
use crate::{
    api::ApiError,
    i18n::*,
    ui::{Icon, IconName, LiveText, Title, TroubleView, time::use_now, worked_out},
};
use domain::{
    ids::SessionId,
    session::{InboxCounts, InboxPage, SessionRow, Several, Tab},
};
use leptos::{html, leptos_dom::helpers::TimeoutHandle, prelude::*};
use leptos_router::{NavigateOptions, components::Form, hooks::use_navigate};
use std::time::Duration;

/// Whoever types a name is not asked after each letter.
const TYPING: Duration = Duration::from_millis(250);

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
    view! {
        <section class="inbox-list" aria-label=move || t_string!(i18n, inbox.list.label)>
            <div class="inbox-top">
                <Search />
                <KeysButton />
            </div>
            {tabs}
            <div class="rows-scroll">{rows}</div>
        </section>
    }
    .into_any()
}

#[component]
fn Search() -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let navigate = use_navigate();
    let typing = StoredValue::new(None::<TimeoutHandle>);
    let search = move |text: String| {
        let query = inbox.query.get_untracked();
        if query.search != text {
            let href = query.searching(text).href(inbox.session.get_untracked());
            navigate(
                &href,
                NavigateOptions {
                    replace: true,
                    scroll: false,
                    ..Default::default()
                },
            );
        }
    };
    let typed = move |event| {
        let (search, text) = (search.clone(), event_target_value(&event));
        if let Some(timer) = typing.get_value() {
            timer.clear();
        }
        typing.set_value(set_timeout_with_handle(move || search(text.trim().to_owned()), TYPING).ok());
    };
    // Cleared or gone back from elsewhere; what somebody is typing stays.
    let field = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        let search = inbox.query.with(|query| query.search.clone());
        let typing = document()
            .active_element()
            .is_some_and(|element| element.id() == SEARCH_ID);
        if let Some(field) = field.get().filter(|_| !typing) {
            field.set_value(&search);
        }
    });
    let label = move || t_string!(i18n, inbox.list.search);
    view! {
        <Form action="" method="get" attr:class="inbox-search" attr:role="search">
            <input type="hidden" name="tab" value=move || inbox.query.with(|query| query.tab.as_str()) />
            <Icon name=IconName::Search />
            <input
                id=SEARCH_ID
                node_ref=field
                type="search"
                name="q"
                autocomplete="off"
                aria-label=label
                placeholder=label
                value=inbox.query.with_untracked(|query| query.search.clone())
                on:input=typed
            />
        </Form>
    }
    .into_any()
}

/// The keys can be seen without a key. Before the page is live there are none.
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

#[component]
fn Tabs() -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let counts = worked_out(move |_| inbox.counts.get().and_then(Result::ok));
    let title = move || {
        let title = t_string!(i18n, inbox.title);
        match counts.get().map_or(0, |counts| counts.unread) {
            0 => title.to_owned(),
            unread => format!("({unread}) {title}"),
        }
    };
    view! {
        <Title text=title />
        <TabLinks counts />
    }
    .into_any()
}

#[component]
fn TabLinks(#[prop(into)] counts: Signal<Option<InboxCounts>>) -> impl IntoView {
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
            {Tab::ALL.map(link).into_iter().collect_view()}
        </nav>
    }
    .into_any()
}

/// What there is to show; the rows themselves change without it.
#[derive(Debug, Clone, PartialEq)]
enum Shape {
    Nothing,
    Failed(ApiError),
    Rows,
}

#[component]
fn Rows() -> impl IntoView {
    let inbox = use_inbox();
    let page = worked_out(move |_| match inbox.list.get() {
        Some(Ok(page)) => Ok(page),
        Some(Err(error)) => Err(Some(error)),
        None => Err(None),
    });
    let shape = worked_out(move |_| {
        page.with(|page| match page {
            Ok(page) if page.rows.items.is_empty() => Some(Shape::Nothing),
            Ok(_) => Some(Shape::Rows),
            Err(Some(error)) => Some(Shape::Failed(error.clone())),
            Err(None) => None,
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
                    Shape::Rows => view! { <FullRows page /> }.into_any(),
                })
        }}
    }
    .into_any()
}

#[component]
fn FullRows(page: Signal<Result<InboxPage, Option<ApiError>>>) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let ids = move || {
        page.with(|page| match page {
            Ok(page) => page.rows.items.iter().map(|row| row.id).collect(),
            Err(_) => Vec::new(),
        })
    };
    let several =
        Memo::new(move |_| page.with(|page| page.as_ref().map_or_else(|_| Several::default(), row::several)));
    let row = move |id: SessionId| {
        let row = Memo::new(move |before: Option<&Option<SessionRow>>| {
            let now = page.with(|page| {
                page.as_ref()
                    .ok()?
                    .rows
                    .items
                    .iter()
                    .find(|row| row.id == id)
                    .cloned()
            });
            // A row on its way out keeps its last face.
            now.or_else(|| before.cloned().flatten())
        });
        row.get_untracked().map(|first| {
            let row = Signal::derive(move || row.get().unwrap_or_else(|| first.clone()));
            view! {
                <li>
                    <Row row id several />
                </li>
            }
        })
    };
    let more = move || {
        let more = page.with(|page| page.as_ref().is_ok_and(|page| page.rows.next_cursor.is_some()));
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
