//! The head of a page: its name, which is also the window's title, and the actions on the whole page.

use super::title::Title;
use leptos::prelude::*;

/// The head of a page. Its children stand at the right: badges and buttons.
#[component]
pub fn PageHead(
    #[prop(into)] title: Signal<String>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <Title text=title />
        <header class="page-head">
            <h1>{title}</h1>
            {children.map(|children| children())}
        </header>
    }
    .into_any()
}
