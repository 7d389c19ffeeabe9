//! A text that changes where it stands: a name, a preview, a time.
//!
//! A browser's page translation puts elements of its own in the place of every text node, so that whatever is written
//! to such a node later is not seen. A live text is written to its element. It also asks not to be translated: it is a
//! name or a number, or what somebody wrote in a language of their own.

use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::Node;

/// The text in a `<span>`.
#[component]
pub fn LiveText<F>(
    text: F,
    #[prop(optional)] class: &'static str,
    /// `auto` for what people wrote.
    #[prop(optional)]
    dir: Option<&'static str>,
) -> impl IntoView
where
    F: Fn() -> String + Send + Sync + 'static,
{
    let span = NodeRef::<html::Span>::new();
    let first = untrack(&text);
    keep_written(span, first.clone(), text);
    view! {
        <span class=class dir=dir translate="no" node_ref=span>
            {first}
        </span>
    }
    .into_any()
}

/// Writes a text to its element whenever it is another one than before; `first` is there already.
pub fn keep_written<E>(element: NodeRef<E>, first: String, text: impl Fn() -> String + 'static)
where
    E: html::ElementType + 'static,
    E::Output: JsCast + Clone + 'static,
{
    Effect::new(move |before: Option<String>| {
        let now = text();
        if now != before.unwrap_or_else(|| first.clone())
            && let Some(element) = element.get_untracked()
        {
            element.unchecked_ref::<Node>().set_text_content(Some(&now));
        }
        now
    });
}
