//! The operator's inbox: the list of sessions, one thread, its details.
//!
//! | module | what it holds |
//! |---|---|
//! | [`query`], [`state`] | where the URL says one is, and what the process says is there |
//! | [`list`], [`row`], [`no_rows`] | search, tabs, rows |
//! | [`thread`], [`head`], [`scroll`], [`reading`], [`no_thread`] | one session |
//! | [`flow`], [`bubble`], [`marks`], [`phones`], [`emoji`] | its lines: their order, their looks, WhatsApp's marks and phone numbers in a text |
//! | [`steps`] | what asks before it is done: close, take over, transfer |
//! | [`composer`] | where replies are written; [`crate::outbox`] has their way out |
//! | [`details`] | the contact and the session as facts |
//! | [`keys`] | the keyboard |
//! | [`glyph`], [`words`], [`browser`] | small signs, names of things, what is asked of the browser |

mod browser;
mod bubble;
mod composer;
mod details;
mod emoji;
mod face;
mod flow;
mod glyph;
mod head;
mod keys;
mod list;
mod marks;
mod no_rows;
mod no_thread;
mod phones;
mod query;
mod reading;
mod row;
mod scroll;
mod state;
mod steps;
mod thread;
mod words;

pub use self::{
    steps::{Reason, TargetSelect},
    thread::InGroup,
};

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
