//! What the browser's tab is called.

use leptos::prelude::*;

/// The page's name in the tab. The innermost one that is drawn counts.
#[component]
pub fn Title(#[prop(into)] text: Signal<String>) -> impl IntoView {
    // The process puts the head together when the page's signals may have gone: it gets text, as it stands when the
    // page is drawn, and nothing that would have to be asked.
    #[cfg(feature = "ssr")]
    let title = move || {
        let text = text.get();
        view! { <leptos_meta::Title text /> }
    };
    // In the browser the head outlives the page for a moment.
    #[cfg(not(feature = "ssr"))]
    let title = view! { <leptos_meta::Title text=move || text.try_get().unwrap_or_default() /> };
    view! { {title} }.into_any()
}
