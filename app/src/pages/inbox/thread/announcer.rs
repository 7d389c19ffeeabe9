//! Announces new messages.

use crate::{i18n::*, pages::inbox::labels, ui::LiveText};
use domain::{
    ids::MessageId,
    message::{MessageView, thread::speaks},
    session::Thread,
};
use leptos::prelude::*;

/// For users of screen readers.
#[component]
pub fn Announcer(thread: Memo<Thread>) -> impl IntoView {
    let i18n = use_i18n();
    let said = RwSignal::new(String::new());
    Effect::new(move |before: Option<Option<MessageId>>| {
        let newest = thread.with(|thread| {
            let inbound = thread.messages.iter().rev().find(|message| speaks(message));
            let words = |m: &MessageView| {
                labels::spoken(i18n.get_locale_untracked(), &thread.session.contact.label, m)
            };
            inbound.map(|message| (message.id, words(message)))
        });
        let id = newest.as_ref().map(|(id, _)| *id);
        if let (Some(before), Some((id, text))) = (before, newest)
            && before != Some(id)
        {
            said.set(text);
        }
        id
    });
    view! {
        <p class="sr-only" role="status" aria-live="polite">
            <LiveText text=move || said.get() />
        </p>
    }
    .into_any()
}
