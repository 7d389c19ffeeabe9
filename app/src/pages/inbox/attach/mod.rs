//! Files that go with a reply: picked, dropped or pasted and uploaded at once, or of a canned reply; and sent one message
//! each. One that is too large for what it is is sent as a document only if the user wants it.

mod attached;
mod files;
mod recorder;
mod row;

pub use attached::Meant;
pub use files::{AllFiles, Files};
pub use recorder::RecordButton;

use crate::{
    i18n::*,
    ui::{IconName, icon::Icon},
};
use leptos::{html, prelude::*};
use row::Row;

/// The button that picks files. Without a script there is nothing behind it, so it appears with the live page.
#[component]
pub fn AttachButton(files: Files, #[prop(into)] refused: Signal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let input = NodeRef::<html::Input>::new();
    let picked = move |_| {
        if let Some(input) = input.get_untracked() {
            files.add_all(input.files(), Meant::File);
            // The same file may be picked again.
            input.set_value("");
        }
    };
    let pick = move |_| {
        if let Some(input) = input.get_untracked() {
            input.click();
        }
    };
    let label = move || t_string!(i18n, inbox.attach.attach);
    view! {
        <input type="file" multiple hidden node_ref=input on:change=picked aria-label=label />
        <button
            type="button"
            class="button"
            aria-label=label
            title=label
            on:click=pick
            prop:disabled=move || refused.get()
        >
            <Icon name=IconName::Attach />
        </button>
    }
    .into_any()
}

/// The files that wait to be sent.
#[component]
pub fn AttachedFiles(files: Files) -> impl IntoView {
    let i18n = use_i18n();
    let any = Memo::new(move |_| !files.all().is_empty());
    let rows = move || {
        any.get().then(|| {
            view! {
                <ul class="attached" aria-label=move || t_string!(i18n, inbox.attach.list)>
                    <For each=move || files.all() key=|attached| attached.key() let:attached>
                        <Row files attached />
                    </For>
                </ul>
            }
        })
    };
    view! { {rows} }.into_any()
}
