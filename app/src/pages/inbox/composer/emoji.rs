//! The button that opens the emoji, and puts the chosen ones where the cursor is.

use super::draft::Draft;
use crate::{
    browser,
    i18n::*,
    pages::inbox::{element_ids::REPLY_ID, emoji::EmojiPanel},
    ui::{IconName, icon::Icon, time::use_now},
};
use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;

/// Without a script there is nothing behind it, so it appears with the live page.
#[component]
pub fn EmojiButton(draft: Draft, refused: Signal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let now = use_now();
    let open = RwSignal::new(false);
    let root = NodeRef::<html::Div>::new();
    let pick = Callback::new(move |sign: String| draft.insert(&sign));
    let leave = Callback::new(move |()| {
        open.set(false);
        browser::focus(REPLY_ID);
    });
    // A click elsewhere closes it.
    Effect::new(move |_| {
        let clicked = window_event_listener(ev::mousedown, move |event| {
            let target = event
                .target()
                .and_then(|target| target.dyn_into::<web_sys::Node>().ok());
            let inside = root
                .get_untracked()
                .is_some_and(|root| root.contains(target.as_ref()));
            if !inside {
                open.try_set(false);
            }
        });
        on_cleanup(move || clicked.remove());
    });
    let label = move || t_string!(i18n, inbox.emoji.label);
    let panel = move || open.get().then(|| view! { <EmojiPanel pick leave /> });
    view! {
        <div class="composer-emoji" node_ref=root class:not-yet=move || now.with(Option::is_none)>
            <button
                type="button"
                class="button quiet"
                aria-label=label
                title=label
                aria-expanded=move || open.get().to_string()
                prop:disabled=refused
                on:click=move |_| open.update(|open| *open = !*open)
            >
                <Icon name=IconName::Smile />
            </button>
            {panel}
        </div>
    }
    .into_any()
}
