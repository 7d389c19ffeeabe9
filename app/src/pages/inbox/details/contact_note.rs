//! The note about the contact: everybody who sees a session of theirs reads it and may change it.

use super::kept::Kept;
use crate::{
    api::ActionForm,
    i18n::*,
    pages::inbox::state::use_inbox,
    ui::{LiveText, Time, TimeStyle, form::on_outcome, in_textarea},
};
use domain::{contact_note::MAX_CONTACT_NOTE, session::Thread};
use leptos::{html, prelude::*};

#[component]
pub fn NoteOnContact(thread: Memo<Thread>) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let area = NodeRef::<html::Textarea>::new();
    let note = Memo::new(move |_| thread.with(|thread| thread.contact_note.clone()));
    let session = move || thread.with(|thread| thread.session.id.to_string());
    let kept = Kept::new(area, move || note.with(|note| note.text.clone()));
    let submitted = kept.saves(area, inbox.contact_note);
    // The version that what is typed is based on.
    let based_on = RwSignal::new(note.with_untracked(|note| note.version));
    Effect::new(move |_| {
        let version = note.with(|note| note.version);
        if !kept.edited() {
            based_on.set(version);
        }
    });
    // What was typed while the note was being saved is based on the saved one.
    on_outcome(inbox.contact_note, move |outcome| {
        if outcome.is_ok() {
            based_on.set(note.with_untracked(|note| note.version));
        }
    });
    let changed_meanwhile =
        Memo::new(move |_| kept.edited() && note.with(|note| note.version) != based_on.get());
    // Whoever has read the other note may save theirs in its place.
    let warning = move || {
        changed_meanwhile.get().then(|| {
            view! {
                <p class="notice warning">
                    {move || t_string!(i18n, inbox.details.note_changed)}
                    <LiveText dir="auto" text=move || note.with(|note| note.text.clone()) />
                </p>
            }
        })
    };
    let who = move || note.with(|note| note.by.clone());
    let changed = move || {
        let at = note.with(|note| note.at)?;
        Some(view! {
            <p class="hint">
                <LiveText text=move || who().unwrap_or_default() />
                " · "
                <Time at=at style=TimeStyle::Relative />
            </p>
        })
    };
    let unsaved = thread.with_untracked(|thread| thread.unsaved_note.clone());
    let unsaved = unsaved.map(|text| {
        view! {
            <p class="notice warning" role="alert">
                {move || t_string!(i18n, inbox.details.note_unsaved)} <LiveText dir="auto" text=move || text.clone() />
            </p>
        }
    });
    let first = note.with_untracked(|note| note.text.clone());
    let pending = inbox.contact_note.pending();
    view! {
        <details open>
            <summary>{move || t_string!(i18n, inbox.details.note)}</summary>
            <div class="details-note" on:submit=move |_| submitted()>
                <ActionForm action=inbox.contact_note>
                    <input type="hidden" name="session" value=session prop:value=session />
                    <input
                        type="hidden"
                        name="version"
                        value=move || based_on.get().to_string()
                        prop:value=move || {
                            let now = note.with(|note| note.version);
                            // What somebody else has written was shown above.
                            if changed_meanwhile.get() { now } else { based_on.get() }.to_string()
                        }
                    />
                    <textarea
                        class="input"
                        name="text"
                        rows="3"
                        maxlength=MAX_CONTACT_NOTE.to_string()
                        dir="auto"
                        node_ref=area
                        aria-label=move || t_string!(i18n, inbox.details.note)
                        placeholder=move || t_string!(i18n, inbox.details.note_placeholder)
                        on:input=move |_| kept.typed()
                    >
                        {in_textarea(first)}
                    </textarea>
                    <div aria-live="polite">{warning}</div>
                    {unsaved}
                    {changed}
                    <button
                        type="submit"
                        class="button"
                        prop:disabled=move || pending.try_get().unwrap_or_default()
                    >
                        {move || t_string!(i18n, common.button.save)}
                    </button>
                </ActionForm>
            </div>
        </details>
    }
    .into_any()
}
