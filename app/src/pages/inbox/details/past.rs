//! The contact's earlier sessions.

use crate::{
    i18n::*,
    pages::{in_group::InGroup, inbox::state::use_inbox},
    ui::{Time, TimeStyle},
};
use domain::session::{EarlierSession, Tab, Thread};
use leptos::prelude::*;

/// Each is a link.
#[component]
pub fn Past(thread: Memo<Thread>) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let past = Memo::new(move |_| thread.with(|thread| thread.past.clone()));
    let line = move |session: EarlierSession| {
        let id = session.id;
        let href = move || inbox.query.with(|query| query.on(Tab::All).href(Some(id)));
        let owner = session.owner.map(|owner| format!(" · {owner}"));
        view! {
            <li>
                <a href=href>
                    <Time at=session.opened_at style=TimeStyle::Full />
                </a>
                <span>{session.channel} {owner} {session.group.then(|| view! { <InGroup /> })}</span>
            </li>
        }
    };
    view! {
        <details open>
            <summary>{move || t_string!(i18n, inbox.details.past)}</summary>
            <Show
                when=move || past.with(|past| !past.is_empty())
                fallback=move || view! { <p class="details-empty">{move || t_string!(i18n, inbox.details.no_past)}</p> }
            >
                <ol class="details-timeline">
                    <For each=move || past.get() key=|session| session.id children=line />
                </ol>
            </Show>
        </details>
    }
    .into_any()
}
