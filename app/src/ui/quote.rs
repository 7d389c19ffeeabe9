//! Words of a third party, such as Meta's, not in the reader's language: behind *Details*, quoted as they came.

use crate::i18n::*;
use leptos::prelude::*;

#[component]
pub fn Quote(words: Vec<String>) -> impl IntoView {
    let i18n = use_i18n();
    let words: Vec<_> = words.into_iter().filter(|words| !words.is_empty()).collect();
    if words.is_empty() {
        return ().into_any();
    }
    let lines = words
        .into_iter()
        .map(|words| view! { <q lang="en">{words}</q> })
        .collect_view();
    view! {
        <details class="quote">
            <summary>{move || t_string!(i18n, common.details)}</summary>
            {lines}
        </details>
    }
    .into_any()
}
