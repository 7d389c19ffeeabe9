//! The links to the messages above and below those that are loaded.

use crate::{i18n::*, pages::inbox::state::use_inbox, ui::LiveText};
use domain::session::Thread;
use leptos::{ev::MouseEvent, prelude::*};
use leptos_router::location::Url;

/// The messages above load by themselves when the user scrolls there; without a script the link leads to them.
#[component]
pub fn LinkAbove(thread: Memo<Thread>) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let above = Memo::new(move |_| thread.with(|thread| thread.above.clone()));
    let more = Memo::new(move |_| above.with(Option::is_some));
    let read = move |event: MouseEvent| {
        event.prevent_default();
        inbox.read_above();
    };
    let words = move || match inbox.reading_above.get() {
        true => t_string!(i18n, common.loading).to_owned(),
        false => t_string!(i18n, inbox.thread.older).to_owned(),
    };
    let href = move || {
        let session = thread.with(|thread| thread.session.id);
        let here = inbox.query.with(|query| query.href(Some(session)));
        let cursor = above.get().unwrap_or_default();
        format!("{here}&before={}", Url::escape(&cursor))
    };
    let link = move || {
        more.get().then(|| {
            view! {
                <p class="flow-link">
                    <a href=href on:click=read>
                        <LiveText text=words />
                    </a>
                </p>
            }
        })
    };
    view! { {link} }.into_any()
}

/// Back to the end, for a user who followed the link above.
#[component]
pub fn LinkBelow(thread: Memo<Thread>) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let cut = Memo::new(move |_| thread.with(|thread| thread.cut));
    let href = move || {
        let session = thread.with(|thread| thread.session.id);
        inbox.query.with(|query| query.href(Some(session)))
    };
    let link = move || {
        cut.get().then(|| {
            view! {
                <p class="flow-link">
                    <a href=href>{move || t_string!(i18n, inbox.thread.newest)}</a>
                </p>
            }
        })
    };
    view! { {link} }.into_any()
}
