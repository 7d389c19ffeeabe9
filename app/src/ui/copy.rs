//! A value to paste elsewhere: read-only, with a button that copies it and confirms that.

use super::{icon::Icon, icon::IconName, time::use_now};
use crate::i18n::*;
use leptos::{html, prelude::*};
use std::time::Duration;
use wasm_bindgen::JsCast;

const SAID_FOR: Duration = Duration::from_secs(2);

/// A read-only field with a copy button.
#[component]
pub fn CopyField(
    /// The field's name for the guide that follows the focus.
    name: &'static str,
    #[prop(into)] label: Signal<&'static str>,
    #[prop(into)] hint: Signal<&'static str>,
    #[prop(into)] value: String,
) -> impl IntoView {
    let i18n = use_i18n();
    let live = use_now();
    let input = NodeRef::<html::Input>::new();
    let copied = RwSignal::new(false);
    let said = move || copied.try_get().unwrap_or_default();
    let copy = move |_| {
        if let Some(input) = input.get_untracked() {
            copy_from(&input);
            copied.set(true);
            set_timeout(
                move || {
                    copied.try_set(false);
                },
                SAID_FOR,
            );
        }
    };
    let id = format!("field-{name}");
    let hint_id = format!("{id}-hint");
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <div class="with-button">
                <input
                    id=id.clone()
                    data-field=name
                    class="input mono"
                    type="text"
                    readonly
                    value=value
                    node_ref=input
                    aria-describedby=hint_id.clone()
                />
                <button type="button" class="button" class:not-yet=move || live.get().is_none() on:click=copy>
                    {move || view! { <Icon name=if said() { IconName::Check } else { IconName::Copy } /> }}
                    <span aria-live="polite">
                        {move || match said() {
                            true => t_string!(i18n, common.button.copied),
                            false => t_string!(i18n, common.button.copy),
                        }}
                    </span>
                </button>
            </div>
            <p class="hint" id=hint_id>{hint}</p>
        </div>
    }
    .into_any()
}

/// The clipboard exists only on https and localhost; elsewhere the old `copy` command works.
fn copy_from(input: &web_sys::HtmlInputElement) {
    input.select();
    let navigator = window().navigator();
    let clipboard = js_sys::Reflect::get(&navigator, &"clipboard".into());
    if clipboard.is_ok_and(|clipboard| !clipboard.is_undefined()) {
        drop(navigator.clipboard().write_text(&input.value()));
    } else if let Some(document) = document().dyn_ref::<web_sys::HtmlDocument>() {
        drop(document.exec_command("copy"));
    }
}
