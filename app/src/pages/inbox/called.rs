//! The colleagues for whom a note calls.

use leptos::prelude::*;

#[component]
pub fn Called(names: Vec<String>) -> impl IntoView {
    let names = (!names.is_empty()).then(|| format!("@ {}", names.join(", ")));
    names.map(|names| view! { <bdi class="note-called">{names}</bdi> })
}
