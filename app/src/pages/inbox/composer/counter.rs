//! How much longer a reply may become.

use crate::{i18n::*, ui::LiveText};
use domain::message::TEXT_MOST;
use leptos::prelude::*;

/// From so many characters left on, they are counted.
const NEAR: usize = 300;

#[component]
pub fn Counter(length: RwSignal<usize>) -> impl IntoView {
    let i18n = use_i18n();
    let near = Memo::new(move |_| length.get() + NEAR > TEXT_MOST);
    let over = move || length.get() > TEXT_MOST;
    let text = move || match length.get() {
        length if length > TEXT_MOST => {
            t_string!(i18n, inbox.composer.too_long, count = length - TEXT_MOST).to_string()
        }
        length => t_string!(i18n, inbox.composer.left, count = length, most = TEXT_MOST).to_string(),
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
