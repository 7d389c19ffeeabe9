//! The operator's inbox: the list of sessions, one thread, its details.
//!
//! | module | what it holds |
//! |---|---|
//! | [`query`], [`state`], [`fetch`] | the place that the URL names, and the data that the process has for it |
//! | [`list`] | search, tabs, rows |
//! | [`drawn_rows`] | which rows of a long list are drawn |
//! | [`thread`] | one session |
//! | [`markup`], [`text`] | WhatsApp's marks and phone numbers in a text, and the text with them |
//! | [`actions`] | the actions on a session: pick up, close, take over, transfer |
//! | [`attach`] | files that go with a reply: picked, dropped, pasted, recorded, uploaded |
//! | [`composer`] | where replies are written; [`crate::outbox`] sends them |
//! | [`emoji`] | the panel from which an emoji is chosen |
//! | [`details`] | the contact and the session as facts |
//! | [`label_chips`], [`called`] | the labels of a session, the colleagues that a note calls for |
//! | [`keys`] | the keyboard |
//! | [`glyph`], [`window_clock`], [`labels`], [`element_ids`] | small signs, clock, labels, element ids |

mod actions;
mod attach;
mod avatar;
mod called;
mod composer;
mod details;
mod drawn_rows;
mod element_ids;
mod emoji;
mod fetch;
mod following;
mod glyph;
mod keys;
mod label_chips;
pub mod labels;
mod list;
mod listed;
mod markup;
mod query;
mod snooze;
mod state;
mod template;
mod text;
mod thread;
mod window_clock;

use self::{details::Shown, keys::Keys, list::SessionList, state::Inbox, thread::ThreadPane};
use crate::i18n::*;
use leptos::prelude::*;

/// `/inbox` and `/inbox/:session`.
#[component]
pub fn InboxPage() -> impl IntoView {
    let i18n = use_i18n();
    let inbox = Inbox::open();
    provide_context(inbox);
    let shown = Shown::provide();
    let list = view! { <SessionList /> }.into_any();
    let thread = view! { <ThreadPane /> }.into_any();
    view! {
        <div
            class="inbox"
            class:inbox-opened=move || inbox.session.get().is_some() || inbox.nowhere.get()
            data-details=move || shown.as_attribute()
        >
            <h1 class="sr-only">{move || t_string!(i18n, inbox.title)}</h1>
            {list}
            {thread}
        </div>
        <Keys />
    }
    .into_any()
}
