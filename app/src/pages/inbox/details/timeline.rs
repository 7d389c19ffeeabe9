//! What has happened to the session.

use crate::{i18n::*, pages::inbox::labels, ui::Time};
use domain::session::Thread;
use leptos::prelude::*;

#[component]
pub fn Timeline(thread: Memo<Thread>) -> impl IntoView {
    let i18n = use_i18n();
    let events =
        move || thread.with(|thread| thread.timeline.iter().cloned().enumerate().collect::<Vec<_>>());
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
