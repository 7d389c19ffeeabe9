//! What has happened to the session, and what colleagues have noted.

use crate::{
    i18n::*,
    pages::inbox::{called::Called, labels, text::Text},
    ui::Time,
};
use domain::session::{SessionEvent, SessionEventKind, Thread};
use leptos::prelude::*;

#[component]
pub fn Timeline(thread: Memo<Thread>) -> impl IntoView {
    let i18n = use_i18n();
    let events = move || events(thread, |event| event.what != SessionEventKind::Noted);
    view! {
        <details open>
            <summary>{move || t_string!(i18n, inbox.details.timeline)}</summary>
            <ol class="details-timeline">
                <For each=events key=|(n, _)| *n let((_, event))>
                    <li>
                        <Time at=event.at />
                        <span>{move || labels::event(i18n.get_locale(), &event)}</span>
                    </li>
                </For>
            </ol>
        </details>
    }
    .into_any()
}

#[component]
pub fn Notes(thread: Memo<Thread>) -> impl IntoView {
    let i18n = use_i18n();
    let notes = move || events(thread, |event| event.what == SessionEventKind::Noted);
    let any = Memo::new(move |_| !notes().is_empty());
    move || {
        any.get().then(|| {
            view! {
                <details open>
                    <summary>{move || t_string!(i18n, inbox.note.all)}</summary>
                    <ol class="details-notes">
                        <For each=notes key=|(n, _)| *n let((_, note))>
                            <li>
                                <p class="details-note-head">
                                    <bdi>{note.who}</bdi>
                                    <Called names=note.mentions />
                                    <Time at=note.at />
                                </p>
                                <Text text=note.reason.unwrap_or_default() />
                            </li>
                        </For>
                    </ol>
                </details>
            }
        })
    }
}

/// Some of the timeline, each with its place in it.
fn events(thread: Memo<Thread>, which: impl Fn(&SessionEvent) -> bool) -> Vec<(usize, SessionEvent)> {
    thread.with(|thread| {
        let all = thread.timeline.iter().cloned().enumerate();
        all.filter(|(_, event)| which(event)).collect()
    })
}
