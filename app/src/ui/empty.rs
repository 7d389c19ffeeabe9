//! Shown in place of an empty list: says that there is nothing, and what to do next.

use super::icon::{Icon, IconName};
use leptos::prelude::*;

/// An empty state. Its children are the button.
#[component]
pub fn Empty(
    icon: IconName,
    #[prop(into)] title: Signal<String>,
    #[prop(into)] text: Signal<String>,
    /// The page has nothing else: this title is the page's title.
    #[prop(optional)]
    alone: bool,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <section class="empty">
            <Icon name=icon />
            {match alone {
                true => view! { <h1>{move || title.get()}</h1> }.into_any(),
                false => view! { <h2>{move || title.get()}</h2> }.into_any(),
            }}
            <p>{move || text.get()}</p>
            {children.map(|children| children())}
        </section>
    }
    .into_any()
}
