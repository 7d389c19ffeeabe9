//! The outcome of applying dead letters again.

use crate::{i18n::*, labels};
use domain::dead_letter::Replayed;
use leptos::prelude::*;

#[component]
pub fn Outcome(replayed: Replayed) -> impl IntoView {
    let i18n = use_i18n();
    let left = replayed.left;
    let to_go = (left > 0).then(|| {
        view! { <p>{move || t_string!(i18n, system.deliveries.to_go, count = left).to_string()}</p> }
    });
    view! {
        <div class="notice">
            <p>{move || labels::replayed(i18n.get_locale(), &replayed)}</p>
            {to_go}
        </div>
    }
    .into_any()
}
