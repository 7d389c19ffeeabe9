//! The contact's files, the latest first: those of the part of the conversation that is loaded.

use crate::{
    i18n::*,
    pages::inbox::{element_ids, labels, state::use_inbox},
    ui::{Time, TimeStyle},
};
use domain::{
    file::{FileState, FileView},
    ids::{MessageId, SessionId},
    message::MessageView,
    session::Thread,
    time::Timestamp,
};
use leptos::prelude::*;

/// A file and its message.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Found {
    session: SessionId,
    message: MessageId,
    at: Timestamp,
    kind: String,
    file: FileView,
}

#[component]
pub fn Files(thread: Memo<Thread>) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let files = Memo::new(move |_| thread.with(files_of));
    let line = move |found: Found| {
        let (message, session, at) = (found.message, found.session, found.at);
        let anchor = element_ids::of_message(message);
        let there = move || {
            inbox
                .query
                .with(|query| query.href_at(session, message.into(), &anchor))
        };
        let Found { kind, file, .. } = found;
        let (named, state) = (file.filename.clone(), file.state);
        let name = move || match &named {
            Some(name) => name.clone(),
            None => labels::kind(i18n.get_locale(), &kind),
        };
        let facts = move || labels::file_facts(i18n.get_locale(), &file);
        let name = match state {
            FileState::Here => view! {
                <a href=format!("/media/{message}") download="" rel="external" dir="auto">
                    {name}
                </a>
            }
            .into_any(),
            state => view! {
                <span dir="auto">{name}</span>
                " · "
                {move || labels::file_state(i18n.get_locale(), state)}
            }
            .into_any(),
        };
        view! {
            <li>
                <a href=there>
                    <Time at style=TimeStyle::Full />
                </a>
                <span>{name} " " <span class="nums">{facts}</span></span>
            </li>
        }
    };
    let further = move || {
        let more = thread.with(|thread| thread.above.is_some());
        more.then(|| {
            view! {
                <button
                    type="button"
                    class="button quiet"
                    prop:disabled=move || inbox.reading_above.get()
                    on:click=move |_| inbox.read_above()
                >
                    {move || t_string!(i18n, inbox.details.older_files)}
                </button>
            }
        })
    };
    view! {
        <details open>
            <summary>{move || t_string!(i18n, inbox.details.files)}</summary>
            <Show
                when=move || files.with(|files| !files.is_empty())
                fallback=move || view! { <p class="details-empty">{move || t_string!(i18n, inbox.details.no_files)}</p> }
            >
                <ol class="details-timeline">
                    <For each=move || files.get() key=|found| (found.message, found.file.state.as_str(), found.file.size) children=line />
                </ol>
            </Show>
            {further}
        </details>
    }
    .into_any()
}

fn files_of(thread: &Thread) -> Vec<Found> {
    let found = |session: SessionId, message: &MessageView| {
        let file = message.content.as_ref()?.file.clone()?;
        (!message.marks.deleted).then(|| Found {
            session,
            message: message.id,
            at: message.at,
            kind: message.kind.clone(),
            file,
        })
    };
    let now = thread
        .messages
        .iter()
        .rev()
        .filter_map(|message| found(thread.session.id, message));
    let before = thread.earlier.iter().rev().flat_map(|stretch| {
        let messages = stretch.messages.iter().rev();
        messages.filter_map(move |message| found(stretch.session.id, message))
    });
    now.chain(before).collect()
}
