//! Whether WhatsApp shows a preview of the link in the reply.

use super::draft::Draft;
use crate::i18n::*;
use leptos::prelude::*;

#[component]
pub fn PreviewSwitch(draft: Draft) -> impl IntoView {
    let i18n = use_i18n();
    let view = move || {
        draft.has_link.get().then(|| {
            view! {
                <label class="composer-preview">
                    <input
                        type="checkbox"
                        prop:checked=move || draft.preview.get()
                        on:change=move |event| draft.preview.set(event_target_checked(&event))
                    />
                    {move || t_string!(i18n, inbox.composer.link_preview)}
                </label>
            }
        })
    };
    view! { {view} }.into_any()
}
