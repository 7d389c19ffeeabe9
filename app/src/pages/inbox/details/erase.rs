//! Saving the customer's data, and erasing the customer. That asks first: it cannot be undone.

use crate::{
    api::ActionForm,
    i18n::*,
    pages::inbox::{actions::Step, state::use_inbox},
    ui::IconName,
};
use domain::{ids::SessionId, session::Thread};
use leptos::prelude::*;

/// The id of the form that cancels.
const NO: &str = "erase-no";

#[component]
pub fn Erasing(thread: Memo<Thread>) -> impl IntoView {
    let i18n = use_i18n();
    let may = Memo::new(move |_| thread.with(|thread| thread.may.erase));
    let of = Memo::new(move |_| thread.with(|thread| (thread.session.id, thread.session.contact.id)));
    let part = move || {
        may.get().then(|| {
            let (session, contact) = of.get();
            view! {
                <details open class="details-erase">
                    <summary>{move || t_string!(i18n, inbox.erase.part)}</summary>
                    <a
                        href=format!("/contacts/{contact}/customer.zip")
                        rel="external"
                        download=format!("customer-{contact}.zip")
                    >
                        {move || t_string!(i18n, inbox.erase.save)}
                    </a>
                    <Ask session=session contact=contact.to_string() />
                </details>
            }
        })
    };
    view! { {part} }.into_any()
}

#[component]
fn Ask(session: SessionId, contact: String) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let pending = inbox.erase.pending();
    let dialog = NodeRef::new();
    view! {
        <Step
            id=session
            step="erase"
            icon=IconName::Cross
            word=|locale| td_string!(locale, inbox.erase.erase)
            title=|locale| td_string!(locale, inbox.erase.title)
            dialog
        >
            <p>{move || t_string!(i18n, inbox.erase.text)}</p>
            <ActionForm action=inbox.erase>
                <input type="hidden" name="contact" value=contact />
                <label class="choice">
                    <input type="checkbox" name="sure" value="true" required />
                    <span>{move || t_string!(i18n, inbox.erase.sure)}</span>
                </label>
                <div class="dialog-buttons">
                    <button type="submit" class="button" form=NO>
                        {move || t_string!(i18n, inbox.transfer.no)}
                    </button>
                    <button
                        type="submit"
                        class="button danger"
                        prop:disabled=move || pending.try_get().unwrap_or_default()
                    >
                        {move || t_string!(i18n, inbox.erase.erase)}
                    </button>
                </div>
            </ActionForm>
            // HTML forbids nested forms, so its button is in the other one.
            <form method="dialog" id=NO></form>
        </Step>
    }
    .into_any()
}
