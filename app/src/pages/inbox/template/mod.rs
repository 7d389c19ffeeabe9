//! Sending a template: the button, and the dialog in which one is chosen and filled in. All of it needs a script, so it
//! appears with the live page.

mod fields;
mod form;
mod picker;
mod preview;
mod state;

pub use self::state::Templates;

use self::picker::Picker;
use crate::{
    i18n::*,
    ui::{IconName, icon::Icon},
};
use domain::ids::SessionId;
use leptos::prelude::*;

/// Opens the dialog.
#[component]
pub fn TemplateButton(templates: Templates) -> impl IntoView {
    let i18n = use_i18n();
    let label = move || t_string!(i18n, templates.picker.open);
    let button = move || {
        templates.offered.get().then(|| {
            view! {
                <button
                    type="button"
                    class="button primary"
                    aria-haspopup="dialog"
                    on:click=move |_| templates.open()
                >
                    <Icon name=IconName::Template />
                    <span>{label}</span>
                </button>
            }
        })
    };
    view! { {button} }.into_any()
}

/// The dialog, empty until it is opened.
#[component]
pub fn TemplateDialog(id: SessionId, templates: Templates) -> impl IntoView {
    let i18n = use_i18n();
    let content = move || (templates.opened.get() > 0).then(|| view! { <Picker id templates /> });
    view! {
        <dialog class="dialog template-dialog" node_ref=templates.dialog aria-labelledby="template-title">
            <h2 id="template-title">{move || t_string!(i18n, templates.picker.title)}</h2>
            {content}
        </dialog>
    }
    .into_any()
}
