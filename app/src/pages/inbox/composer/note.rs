//! A note for colleagues, which the customer never sees. Whoever sees the session may write one.

use super::{
    draft::gives_way,
    enter,
    mentions::{MentionList, use_mentions},
    offer::Offered,
    typing::Typing,
};
use crate::{
    api::ActionForm,
    browser,
    i18n::*,
    outbox::use_outbox,
    pages::inbox::{
        element_ids::{NOTE_ID, NOTE_TAB_ID, REPLY_ID, REPLY_TAB_ID},
        state::use_inbox,
    },
    ui::{Icon, IconName, form::on_outcome},
};
use domain::{
    ids::{SessionId, UserId},
    session::MAX_NOTE,
};
use leptos::{ev::KeyboardEvent, html, prelude::*};

/// *Reply* and *Note*: links, because the address says which one is written.
#[component]
pub fn WriteTabs(id: SessionId) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let notes = inbox.writes_note;
    let href = move |note: bool| {
        let here = inbox.query.with(|query| query.href(Some(id)));
        if note { format!("{here}&note=1") } else { here }
    };
    // Whoever has chosen what to write wants to write.
    Effect::new(move |before: Option<bool>| {
        let now = notes.get();
        if before.is_some_and(|before| before != now) {
            request_animation_frame(move || browser::focus(if now { NOTE_ID } else { REPLY_ID }));
        }
        now
    });
    view! {
        <nav class="composer-tabs" aria-label=move || t_string!(i18n, inbox.composer.tabs)>
            <a
                id=REPLY_TAB_ID
                href=move || href(false)
                aria-current=move || (!notes.get()).then_some("true")
            >
                {move || t_string!(i18n, inbox.composer.label)}
            </a>
            <a id=NOTE_TAB_ID href=move || href(true) aria-current=move || notes.get().then_some("true")>
                {move || t_string!(i18n, inbox.note.title)}
            </a>
        </nav>
    }
    .into_any()
}

#[component]
pub fn NoteForm(id: SessionId, typing: Typing) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let outbox = use_outbox();
    let area = NodeRef::<html::Textarea>::new();
    let keep = move || {
        if let Some(area) = area.get_untracked() {
            outbox.keep_note(id, &area.value());
            if !area.value().is_empty() {
                typing.note();
            }
        }
    };
    let mentions = use_mentions(id, area);
    let call = Callback::new(move |colleague: Offered| {
        mentions.choose(&colleague);
        keep();
    });
    let shown = StoredValue::new(String::new());
    Effect::new(move |before: Option<Option<UserId>>| {
        let writer = outbox.writer();
        let text = outbox.note(id);
        if let Some(area) = area.get() {
            let changed = before.flatten().is_some_and(|before| writer != Some(before));
            if changed || gives_way(&area.value(), &shown.get_value(), &text) {
                area.set_value(&text);
                shown.set_value(text);
            }
        }
        writer
    });
    // What is typed while a note is being saved stays.
    on_outcome(inbox.note, move |outcome| {
        let saved = inbox.noted.get_untracked().filter(|_| outcome.is_ok());
        if let (Some((_, text)), Some(area)) = (saved, area.get_untracked())
            && area.value() == text
        {
            area.set_value("");
        }
    });
    let submitted = move |_| {
        if let Some(area) = area.get_untracked() {
            inbox.noted.set(Some((id, area.value())));
        }
    };
    let pressed = move |event: KeyboardEvent| {
        if mentions.takes(&event) {
            keep();
        } else if enter::sends(&event) {
            event.prevent_default();
            let form = area.get_untracked().and_then(|area| area.form());
            if let Some(form) = form {
                let _ = form.request_submit();
            }
        }
    };
    let pending = inbox.note.pending();
    view! {
        <div class="composer composer-note" on:submit=submitted>
            <ActionForm action=inbox.note>
                <input type="hidden" name="session" value=id.to_string() />
                <MentionList mentions choose=call />
                <p class="composer-hint">{move || t_string!(i18n, inbox.note.hint)}</p>
                <div class="composer-line">
                    <textarea
                        id=NOTE_ID
                        name="text"
                        rows="1"
                        required
                        maxlength=MAX_NOTE.to_string()
                        node_ref=area
                        aria-label=move || t_string!(i18n, inbox.note.title)
                        placeholder=move || t_string!(i18n, inbox.note.placeholder)
                        aria-autocomplete="list"
                        aria-controls=move || mentions.offer.is_open().then_some(mentions.offer.id)
                        aria-activedescendant=move || mentions.offer.active()
                        on:input=move |_| {
                            keep();
                            mentions.look();
                        }
                        on:blur=move |_| mentions.close()
                        on:keydown=pressed
                    ></textarea>
                    <button
                        type="submit"
                        class="button primary"
                        aria-label=move || t_string!(i18n, inbox.note.save)
                        prop:disabled=move || pending.try_get().unwrap_or_default()
                    >
                        <Icon name=IconName::Send />
                    </button>
                </div>
            </ActionForm>
        </div>
    }
    .into_any()
}
