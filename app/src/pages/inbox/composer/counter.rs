//! How many more characters a reply may have.

use crate::{i18n::*, ui::LiveText};
use domain::message::content::MAX_TEXT;
use leptos::prelude::*;

/// The counter appears once this many characters are left.
const NEAR: usize = 300;

#[component]
pub fn Counter(length: RwSignal<usize>) -> impl IntoView {
    let i18n = use_i18n();
    let near = Memo::new(move |_| length.get() + NEAR > MAX_TEXT);
    let over = move || length.get() > MAX_TEXT;
    let text = move || match length.get() {
        length if length > MAX_TEXT => {
            t_string!(i18n, inbox.composer.too_long, count = length - MAX_TEXT).to_string()
        }
        length => t_string!(i18n, inbox.composer.left, count = length, most = MAX_TEXT).to_string(),
    };
    let view = move || {
        near.get().then(|| {
            view! {
                <p class="composer-counter" class:over=over>
                    <LiveText text />
                </p>
            }
        })
    };
    view! { {view} }.into_any()
}
