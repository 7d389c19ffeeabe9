//! What stands where a list would be: says that there is nothing and what to do next.

use super::icon::{Icon, IconName};
use leptos::prelude::*;

/// An empty state. Its children are the button.
#[component]
pub fn Empty(
    icon: IconName,
    #[prop(into)] title: Signal<String>,
    #[prop(into)] text: Signal<String>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <section class="empty">
            <Icon name=icon />
            <h2>{move || title.get()}</h2>
            <p>{move || text.get()}</p>
            {children.map(|children| children())}
        </section>
    }
    .into_any()
}
