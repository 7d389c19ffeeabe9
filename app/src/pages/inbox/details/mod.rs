//! The right column: the contact and the session as facts. It can be hidden.

mod block;
mod contact;
mod contact_note;
mod erase;
mod files;
mod kept;
mod labels;
mod merged;
mod past;
mod session;
mod shown;
mod timeline;

pub use self::shown::{Shown, use_shown};

use self::{
    contact::Contact,
    contact_note::NoteOnContact,
    erase::Erasing,
    files::Files,
    labels::Labels,
    merged::MergedContacts,
    past::Past,
    session::Session,
    shown::HIDE_ID,
    timeline::{Notes, Timeline},
};
use crate::{
    i18n::*,
    ui::{Icon, IconName},
};
use domain::session::Thread;
use leptos::prelude::*;

#[component]
pub fn Details(thread: Memo<Thread>) -> impl IntoView {
    let i18n = use_i18n();
    let shown = use_shown();
    let contact = view! { <Contact thread /> }.into_any();
    let note = view! { <NoteOnContact thread /> }.into_any();
    let merged = view! { <MergedContacts thread /> }.into_any();
    let session = view! { <Session thread /> }.into_any();
    let labels = view! { <Labels thread /> }.into_any();
    let notes = view! { <Notes thread /> }.into_any();
    let timeline = view! { <Timeline thread /> }.into_any();
    let files = view! { <Files thread /> }.into_any();
    let past = view! { <Past thread /> }.into_any();
    let erasing = view! { <Erasing thread /> }.into_any();
    view! {
        <button
            type="button"
            id=HIDE_ID
            class="button quiet details-hide"
            aria-label=move || t_string!(i18n, inbox.details.hide)
            on:click=move |_| shown.switch()
        >
            <Icon name=IconName::Cross />
        </button>
        {contact}
        {note}
        {merged}
        {session}
        {labels}
        {notes}
        {timeline}
        {files}
        {past}
        {erasing}
    }
    .into_any()
}
