//! The mark after the name of a group's session.

use crate::i18n::*;
use leptos::prelude::*;

/// Says that others read along.
#[component]
pub fn InGroup() -> impl IntoView {
    let i18n = use_i18n();
    view! { <span>" · " {move || t_string!(i18n, inbox.thread.in_a_group)}</span> }.into_any()
}
