//! The title of the browser's tab.

use leptos::prelude::*;

/// The page's name in the tab. The innermost title that is drawn counts.
#[component]
pub fn Title(#[prop(into)] text: Signal<String>) -> impl IntoView {
    // The process assembles the head when the page's signals may have gone: the head gets the text as of drawing the
    // page, not a signal.
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
