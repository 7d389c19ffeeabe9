//! The composer for replies and notes. Their texts are never lost: each is kept as a draft until the process has accepted
//! it.

mod canned;
mod counter;
mod draft;
mod emoji;
mod enter;
mod forms;
mod hints;
mod mentions;
mod more;
mod note;
mod offer;
mod preview;
mod quoted;
mod typing;

use self::{
    canned::{CannedList, use_canned},
    counter::Counter,
    draft::use_draft,
    emoji::EmojiButton,
    forms::{FormDialog, use_forms},
    hints::{Help, Hints},
    more::More,
    note::{NoteForm, WriteTabs},
    preview::PreviewSwitch,
    quoted::Quoted,
    typing::use_typing,
};
use super::{
    attach::{AttachButton, AttachedFiles, Meant, RecordButton},
    element_ids::REPLY_ID,
    state::use_inbox,
    template::{TemplateDialog, Templates},
};
use crate::{
    api::inbox::SendMessage,
    browser,
    i18n::*,
    outbox::OnItsWay,
    ui::{IconName, icon::Icon, time::use_now},
};
use domain::{ids::SessionId, message::content::MAX_TEXT, refusal::Refusal, session::Thread};
use leptos::{
    ev::{ClipboardEvent, DragEvent, KeyboardEvent},
    prelude::*,
};
use server_fn::ServerFn;

#[component]
pub fn Composer(id: SessionId, thread: Memo<Thread>) -> impl IntoView {
    let i18n = use_i18n();
    let draft = use_draft(id);
    let typing = use_typing(id, thread);
    let inbox = use_inbox();
    let files = inbox.files.of(id);
    let canned = use_canned(id, draft, files);
    let forms = use_forms(id);
    let templates = Templates::of(thread);
    let now = use_now();
    // The window closes by itself, while the page is open.
    let refusal = Memo::new(move |_| {
        thread.with(|thread| {
            let is_over = |closes| now.get().is_some_and(|now| closes <= now);
            let over = thread.session.window_closes_at.is_some_and(is_over);
            let refused = thread.may.reply.clone().err();
            refused.or_else(|| over.then_some(Refusal::WindowClosed))
        })
    });
    let refused = move || refusal.with(Option::is_some);
    Effect::new(move |_| {
        if inbox.wants_to_write.get() && !refused() {
            inbox.wants_to_write.set(false);
            // After the field has become visible.
            request_animation_frame(|| browser::focus(REPLY_ID));
        }
    });
    let too_long = Memo::new(move |_| draft.length.get() > MAX_TEXT);
    let send = move || {
        canned.close();
        let answers = inbox.quoting_now(id).map(|quoting| quoting.wamid);
        let Ok(text) = draft.take() else {
            return;
        };
        let words = text.is_some();
        let with_files = files.send(text.clone(), answers.as_ref());
        if !with_files && words {
            inbox.outbox.send(OnItsWay {
                answers,
                ..OnItsWay::new(id, browser::fresh_key(), text, browser::now())
            });
        }
        if with_files || words {
            inbox.quoting.set(None);
            typing.sent();
        }
    };
    let pressed = move |event: KeyboardEvent| {
        if !canned.takes(&event) && enter::sends(&event) {
            event.prevent_default();
            send();
        }
    };
    let pasted = move |event: ClipboardEvent| {
        let pasted = event.clipboard_data().and_then(|data| data.files());
        if pasted.as_ref().is_some_and(|files| files.length() > 0) && !refused() {
            event.prevent_default();
            files.add_all(pasted, Meant::File);
        }
    };
    let (over, set_over) = signal(false);
    // Without this the browser would leave the page for the dropped file.
    let dragged = move |event: DragEvent| {
        if !refused() {
            event.prevent_default();
            set_over.set(true);
        }
    };
    let dropped = move |event: DragEvent| {
        set_over.set(false);
        if !refused() {
            event.prevent_default();
            files.add_all(event.data_transfer().and_then(|data| data.files()), Meant::File);
        }
    };
    let label = move || t_string!(i18n, inbox.composer.label);
    let field = view! {
        <textarea
            id=REPLY_ID
            name="body"
            rows="1"
            node_ref=draft.area
            aria-label=label
            aria-describedby="composer-hints"
            aria-autocomplete="list"
            aria-controls=move || canned.offer.is_open().then_some(canned.offer.id)
            aria-activedescendant=move || canned.offer.active()
            placeholder=move || (!refused()).then(|| t_string!(i18n, inbox.composer.placeholder))
            title=move || t_string!(i18n, inbox.composer.hint)
            prop:readOnly=refused
            readonly=refusal.with_untracked(Option::is_some)
            aria-invalid=move || too_long.get().then_some("true")
            on:input=move |_| {
                draft.typed();
                typing.reply(draft.length.get_untracked());
                canned.look();
            }
            on:blur=move |_| canned.close()
            on:keydown=pressed
            on:paste=pasted
        ></textarea>
    };
    let button = view! {
        <button
            type="submit"
            class="button primary"
            aria-label=move || t_string!(i18n, inbox.composer.send)
            prop:disabled=move || refused() || too_long.get()
            disabled=refusal.with_untracked(Option::is_some)
        >
            <Icon name=IconName::Send />
        </button>
    };
    let notes = inbox.writes_note;
    view! {
        <WriteTabs id />
        {move || notes.get().then(|| view! { <NoteForm id typing /> })}
        <form
            class="composer"
            hidden=move || notes.get()
            class:composer-refused=refused
            class:composer-empty=move || draft.length.get() == 0
            method="post"
            action=SendMessage::url()
            class:composer-over=over
            on:submit=move |event| {
                event.prevent_default();
                send();
            }
            on:dragover=dragged
            on:dragleave=move |_| set_over.set(false)
            on:drop=dropped
        >
            <input type="hidden" name="session" value=id.to_string() />
            <input type="hidden" name="key" autocomplete="off" value=key_of_this_page() />
            <CannedList canned />
            <Hints thread draft />
            <Quoted id />
            <AttachedFiles files />
            <div class="composer-line">
                <More forms files templates />
                <AttachButton files refused=Signal::derive(refused) />
                {field}
                <EmojiButton draft refused=Signal::derive(refused) />
                <RecordButton files refused=Signal::derive(refused) />
                {button}
            </div>
            <PreviewSwitch draft />
            <Counter length=draft.length />
        </form>
        // HTML forbids nested forms, so these are outside.
        <FormDialog forms />
        <TemplateDialog id templates />
        <div hidden=move || notes.get()>
            <Help id thread refusal templates />
        </div>
    }
    .into_any()
}

/// Without JavaScript a double click posts the form twice: the key makes both posts one message. The live page creates
/// a key for each message itself.
fn key_of_this_page() -> Option<String> {
    #[cfg(feature = "ssr")]
    return Some(Nonce::new().to_string());
    #[cfg(not(feature = "ssr"))]
    None
}
