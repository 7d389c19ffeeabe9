//! One session as a row of the list.

use super::preview::PreviewLine;
use crate::{
    i18n::*,
    labels::initials,
    pages::inbox::{
        avatar::Avatar,
        element_ids::ROW_ID,
        glyph::{GROUP, Glyph},
        label_chips::LabelChips,
        state::use_inbox,
        window_clock::WindowClock,
    },
    ui::{LiveText, Time, TimeStyle, derived},
};
use domain::{
    ids::SessionId,
    session::{SessionRow, Several, State, Tab},
};
use leptos::prelude::*;

#[component]
pub fn Row(row: Memo<SessionRow>, id: SessionId, several: Memo<Several>) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let label = move || row.with(|row| row.contact.label.clone());
    let contact = Signal::derive(move || row.with(|row| row.contact.id));
    let preview = Memo::new(move |_| row.with(|row| row.last_message.clone()));
    let closed = move || row.with(|row| row.state == State::Closed);
    let closes =
        Signal::derive(move || row.with(|row| row.window_closes_at.filter(|_| row.state != State::Closed)));
    // The owner, short enough to leave room for the message.
    let owner = move || {
        let (short, long) = row.with(|row| match (row.state, &row.owner) {
            (State::Closed, _) => {
                let closed = t_string!(i18n, inbox.list.closed).to_owned();
                (closed.clone(), closed)
            }
            (_, Some(owner)) => (initials(&owner.name), owner.name.clone()),
            (_, None) => ("–".to_owned(), t_string!(i18n, inbox.list.nobody).to_owned()),
        });
        let all = inbox.query.with(|query| query.tab == Tab::All);
        all.then(|| {
            view! {
                <span class="row-owner" title=long.clone()>
                    <span class="sr-only">{long.clone()}</span>
                    <span aria-hidden="true">{short}</span>
                </span>
            }
        })
    };
    let unread = derived(move |_| row.with(|row| row.unread));
    let is_unread = derived(move |_| unread.get() > 0);
    let unread = move || {
        let long = move || t_string!(i18n, inbox.list.unread, count = unread.get()).to_string();
        is_unread.get().then(|| {
            view! {
                <span class="row-unread" title=long>
                    <LiveText class="sr-only" text=long />
                    <span aria-hidden="true">
                        <LiveText text=move || unread.get().to_string() />
                    </span>
                </span>
            }
        })
    };
    let waiting_since = derived(move |_| {
        let on_tab = inbox.query.with(|query| query.tab == Tab::Waiting);
        row.with(|row| row.waiting_since).filter(|_| on_tab)
    });
    // On the tab of waiting sessions, how long this one has waited; elsewhere, the time of the last message.
    let time = move || match waiting_since.get() {
        Some(since) => view! {
            <span class="row-waits">
                <span class="sr-only">{move || t_string!(i18n, inbox.list.waits)} " "</span>
                <Time at=since style=TimeStyle::Since />
            </span>
        }
        .into_any(),
        None => view! { <Time at=Signal::derive(move || row.with(|row| row.last_message_at)) /> }.into_any(),
    };
    let place = move || {
        let Several { channels, queues } = several.get();
        let place = row.with(|row| {
            let channel = channels.then(|| row.channel.name.clone());
            let queue = row.queue.as_ref().filter(|_| queues);
            let place = channel.into_iter().chain(queue.map(|queue| queue.name.clone()));
            place.collect::<Vec<_>>().join(" · ")
        });
        (!place.is_empty()).then(|| {
            let long = place.clone();
            view! {
                <span class="row-place" dir="auto" title=long>
                    {place}
                </span>
            }
        })
    };
    let labels = Memo::new(move |_| row.with(|row| row.labels.clone()));
    let labels = move || {
        labels.with(|labels| (!labels.is_empty()).then(|| view! { <LabelChips labels=labels.clone() /> }))
    };
    let in_group = derived(move |_| row.with(|row| row.group));
    let group = move || {
        let long = move || t_string!(i18n, inbox.thread.in_a_group);
        in_group.get().then(|| {
            view! {
                <span class="row-group" title=long>
                    <Glyph path=GROUP />
                    <span class="sr-only">{long}</span>
                </span>
            }
        })
    };
    let open = move || inbox.session.get() == Some(id);
    // Of the open session, the draft is in the composer. A draft changes only there, so it is read when that is left.
    let draft = Memo::new(move |_| {
        let text = (!open()).then(|| inbox.outbox.draft(id))?;
        Some(text).filter(|text| !text.trim().is_empty())
    });
    let has_draft = Memo::new(move |_| draft.with(Option::is_some));
    let preview = move || match has_draft.get() {
        true => view! {
            <span class="row-draft">{move || t_string!(i18n, inbox.list.draft)}</span>
            <LiveText class="row-text" dir="auto" text=move || draft.get().unwrap_or_default() />
        }
        .into_any(),
        false => view! { <PreviewLine preview /> }.into_any(),
    };
    view! {
        <a
            class="row"
            class:row-closed=closed
            id=format!("{ROW_ID}{id}")
            href=move || inbox.query.with(|query| query.href(Some(id)))
            aria-current=move || open().then_some("page")
        >
            <Avatar contact label=Signal::derive(label) />
            <span class="row-head">
                <LiveText class="row-name" dir="auto" text=label />
                {group}
                {owner}
                {time}
            </span>
            <span class="row-line">
                <span class="row-preview">
                    {preview}
                </span>
                <WindowClock closes only_soon=true />
                {unread}
            </span>
            {place}
            {labels}
        </a>
    }
    .into_any()
}
