//! One session as a row of the list.

use super::preview::{draft_line, preview_line};
use crate::{
    i18n::*,
    labels::initials,
    pages::inbox::{
        avatar::avatar,
        element_ids::ROW_ID,
        glyph::{GROUP, Glyph, SNOOZE},
        label_chips::label_chips,
        state::use_inbox,
        window_clock::WindowClock,
    },
    ui::{Time, TimeStyle, anew, present},
};
use domain::{
    ids::SessionId,
    session::{SessionRow, Several, State, Tab},
    time::Timestamp,
};
use leptos::prelude::*;

#[component]
pub fn Row(row: Memo<SessionRow>, id: SessionId, several: Memo<Several>) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    // Only two rows change when another session is opened.
    let open = Memo::new(move |_| inbox.session.get() == Some(id));
    // Of the open session, the draft is in the composer. A draft changes only there, so it is read when that is left.
    let draft = Memo::new(move |_| {
        let text = (!open.get()).then(|| inbox.outbox.draft(id))?;
        Some(text).filter(|text| !text.trim().is_empty())
    });
    let content = anew(move || {
        let around = Around {
            locale: i18n.get_locale(),
            tab: inbox.query.with(|query| query.tab),
            several: several.get(),
        };
        row.with(|row| content(row, draft.get(), around))
    });
    let class = move || match row.with(|row| row.state) {
        State::Closed => "row row-closed",
        _ => "row",
    };
    view! {
        <a
            class=class
            id=format!("{ROW_ID}{id}")
            href=move || inbox.query.with(|query| query.href(Some(id)))
            aria-current=move || open.get().then_some("page")
            translate="no"
        >
            {content}
        </a>
    }
    .into_any()
}

/// What else a row depends on.
#[derive(Clone, Copy)]
struct Around {
    locale: Locale,
    tab: Tab,
    several: Several,
}

fn content(row: &SessionRow, draft: Option<String>, around: Around) -> AnyView {
    let Around { locale, tab, several } = around;
    let closes = row.window_closes_at.filter(|_| row.state != State::Closed);
    let closes = closes.map(|at| view! { <WindowClock closes=Some(at) only_soon=true /> }.into_any());
    let said = row.last_message.as_ref();
    let said = match draft {
        Some(draft) => Some(draft_line(locale, draft)),
        None => said.map(|preview| preview_line(locale, preview)),
    };
    let head = present([
        row.group.then(|| group(locale)),
        (tab == Tab::All).then(|| owner(locale, row)),
        Some(time(locale, row, tab)),
    ]);
    let line = present([
        closes,
        row.snoozed_until.map(|until| snoozed(locale, until)),
        (row.unread > 0).then(|| unread(locale, row.unread)),
    ]);
    let below = present([
        place(row, several),
        (!row.labels.is_empty()).then(|| label_chips(locale, &row.labels)),
    ]);
    view! {
        {avatar(row.contact.id, &row.contact.label)}
        <span class="row-head">
            <span class="row-name" dir="auto">
                {row.contact.label.clone()}
            </span>
            {head}
        </span>
        <span class="row-line">
            <span class="row-preview">{said}</span>
            {line}
        </span>
        {below}
    }
    .into_any()
}

fn group(locale: Locale) -> AnyView {
    let long = td_string!(locale, inbox.thread.in_a_group);
    view! {
        <span class="row-group" title=long>
            <Glyph path=GROUP />
            <span class="sr-only">{long}</span>
        </span>
    }
    .into_any()
}

/// The owner, short enough to leave room for the message.
fn owner(locale: Locale, row: &SessionRow) -> AnyView {
    let (short, long) = match (row.state, &row.owner) {
        (State::Closed, _) => {
            let closed = td_string!(locale, inbox.list.closed).to_owned();
            (closed.clone(), closed)
        }
        (_, Some(owner)) => (initials(&owner.name), owner.name.clone()),
        (_, None) => ("–".to_owned(), td_string!(locale, inbox.list.nobody).to_owned()),
    };
    view! {
        <span class="row-owner" title=long>
            <span class="sr-only">{long.clone()}</span>
            <span aria-hidden="true">{short}</span>
        </span>
    }
    .into_any()
}

/// On the tab of waiting sessions, how long this one has waited; elsewhere, the time of the last message.
fn time(locale: Locale, row: &SessionRow, tab: Tab) -> AnyView {
    match row.waiting_since.filter(|_| tab == Tab::Waiting) {
        Some(since) => view! {
            <span class="row-waits">
                <span class="sr-only">{td_string!(locale, inbox.list.waits)} " "</span>
                <Time at=since style=TimeStyle::Since />
            </span>
        }
        .into_any(),
        None => view! { <Time at=row.last_message_at /> }.into_any(),
    }
}

fn snoozed(locale: Locale, until: Timestamp) -> AnyView {
    view! {
        <span class="row-snoozed">
            <Glyph path=SNOOZE />
            <span class="sr-only">{td_string!(locale, inbox.snooze.until)} " "</span>
            <Time at=until style=TimeStyle::Ahead />
        </span>
    }
    .into_any()
}

fn unread(locale: Locale, count: u32) -> AnyView {
    let long = td_string!(locale, inbox.list.unread, count = count).to_string();
    view! {
        <span class="row-unread" title=long>
            <span class="sr-only">{long.clone()}</span>
            <span aria-hidden="true">{count.to_string()}</span>
        </span>
    }
    .into_any()
}

/// The channel and the queue, where there are several.
fn place(row: &SessionRow, several: Several) -> Option<AnyView> {
    let Several { channels, queues } = several;
    let channel = channels.then_some(&row.channel.name);
    let queue = row.queue.as_ref().filter(|_| queues).map(|queue| &queue.name);
    let place: Vec<_> = channel.into_iter().chain(queue).map(String::as_str).collect();
    let place = Some(place.join(" · ")).filter(|place| !place.is_empty())?;
    let view = view! {
        <span class="row-place" dir="auto" title=place>
            {place.clone()}
        </span>
    };
    Some(view.into_any())
}
