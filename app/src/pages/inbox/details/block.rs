//! Blocking the contact on the session's channel, and taking that back. Both ask first: Meta is told.

use crate::{
    api::ActionForm,
    i18n::*,
    pages::inbox::{
        actions::{Step, Word},
        state::use_inbox,
    },
    ui::{IconName, LiveText, Time, TimeStyle},
};
use domain::{ids::SessionId, session::Thread};
use leptos::prelude::*;

#[component]
pub fn Blocking(thread: Memo<Thread>) -> impl IntoView {
    let i18n = use_i18n();
    let block = Memo::new(move |_| thread.with(|thread| thread.contact_block.clone()));
    let blocked = Memo::new(move |_| block.with(Option::is_some));
    let id = Memo::new(move |_| thread.with(|thread| thread.session.id));
    let may = Memo::new(move |_| thread.with(|thread| thread.may.block));
    let by = move || {
        block
            .get()
            .map(|block| t_string!(i18n, inbox.block.by, who = block.by).to_string())
    };
    let at = move || block.with(|block| block.as_ref().map(|block| block.at));
    let since = move || {
        blocked.get().then(|| {
            view! {
                <p class="hint">
                    <LiveText text=move || by().unwrap_or_default() />
                    {move || at().map(|at| view! { " · " <Time at=at style=TimeStyle::Relative /> })}
                </p>
            }
        })
    };
    let button = move || {
        may.get().then(|| match blocked.get() {
            false => view! {
                <Ask
                    id=id.get()
                    step="block"
                    no="block-no"
                    on="true"
                    word=|locale| td_string!(locale, inbox.block.block)
                    title=|locale| td_string!(locale, inbox.block.title)
                    text=|locale| td_string!(locale, inbox.block.text)
                />
            }
            .into_any(),
            true => view! {
                <Ask
                    id=id.get()
                    step="unblock"
                    no="unblock-no"
                    on="false"
                    word=|locale| td_string!(locale, inbox.block.unblock)
                    title=|locale| td_string!(locale, inbox.block.unblock_title)
                    text=|locale| td_string!(locale, inbox.block.unblock_text)
                />
            }
            .into_any(),
        })
    };
    view! {
        <div class="details-block">
            {since}
            {button}
        </div>
    }
    .into_any()
}

#[component]
fn Ask(
    id: SessionId,
    step: &'static str,
    /// The id of the form that cancels.
    no: &'static str,
    on: &'static str,
    word: Word,
    title: Word,
    text: Word,
) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let pending = inbox.block.pending();
    let dialog = NodeRef::new();
    view! {
        <Step id step icon=IconName::Cross word title dialog>
            <p>{move || text(i18n.get_locale())}</p>
            <ActionForm action=inbox.block>
                <input type="hidden" name="session" value=id.to_string() />
                <input type="hidden" name="on" value=on />
                <div class="dialog-buttons">
                    <button type="submit" class="button" form=no>
                        {move || t_string!(i18n, inbox.transfer.no)}
                    </button>
                    <button type="submit" class="button primary" prop:disabled=move || pending.try_get().unwrap_or_default()>
                        {move || word(i18n.get_locale())}
                    </button>
                </div>
            </ActionForm>
            // HTML forbids nested forms, so its button is in the other one.
            <form method="dialog" id=no></form>
        </Step>
    }
    .into_any()
}
