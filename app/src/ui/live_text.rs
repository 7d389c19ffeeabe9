//! A text that changes in place: a name, a preview, a time.
//!
//! A browser's page translation replaces every text node with elements of its own, so that later writes to the node are
//! not seen. A live text is therefore written to its element. It also opts out of translation: it is a name, a number,
//! or text that somebody wrote in their own language.

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
    keep_written(span, text);
    view! {
        <span class=class dir=dir translate="no" node_ref=span>
            {first}
        </span>
    }
    .into_any()
}

/// Writes a text to its element whenever it changes. At first the element is looked at: it may be one that the process
/// has written, or one of an earlier view.
fn keep_written<E>(element: NodeRef<E>, text: impl Fn() -> String + 'static)
where
    E: html::ElementType + 'static,
    E::Output: JsCast + Clone + 'static,
{
    Effect::new(move |before: Option<String>| {
        let now = text();
        if let Some(element) = element.get() {
            let element = element.unchecked_ref::<Node>();
            if before.or_else(|| element.text_content()).as_ref() != Some(&now) {
                element.set_text_content(Some(&now));
            }
        }
        now
    });
}
