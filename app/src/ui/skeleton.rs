//! Grey lines in the shape of the content that is still loading.

use leptos::prelude::*;

/// `lines` rows of a list or a form.
#[component]
pub fn Skeleton(#[prop(default = 4)] lines: u8) -> impl IntoView {
    view! {
        <div class="skeleton" aria-hidden="true">
            {(0..lines).map(|_| view! { <div class="skeleton-line"></div> }).collect_view()}
        </div>
    }
    .into_any()
}
