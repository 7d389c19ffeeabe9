//! A menu that opens under its button. `<details>` works without JavaScript; with it, a click elsewhere or Escape
//! closes.

use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;

/// A menu: `summary` is what the button shows.
#[component]
pub fn Menu(
    /// Classes of the button.
    #[prop(default = "button")]
    class: &'static str,
    #[prop(optional, into)] label: Option<Signal<String>>,
    summary: Children,
    children: Children,
) -> impl IntoView {
    let details = NodeRef::<html::Details>::new();
    let close = move || {
        if let Some(details) = details.get_untracked() {
            drop(details.remove_attribute("open"));
        }
    };
    Effect::new(move |_| {
        let clicked = window_event_listener(ev::click, move |event| {
            let target = event
                .target()
                .and_then(|target| target.dyn_into::<web_sys::Node>().ok());
            let inside = details
                .get_untracked()
                .is_some_and(|details| details.contains(target.as_ref()));
            if !inside {
                close();
            }
        });
        let pressed = window_event_listener(ev::keydown, move |event| {
            if event.key() == "Escape" {
                close();
            }
        });
        on_cleanup(move || {
            clicked.remove();
            pressed.remove();
        });
    });
    view! {
        <details class="menu" node_ref=details>
            // A menu that is redrawn may run once more after its label has gone.
            <summary class=class aria-label=move || label.and_then(|label| label.try_get())>
                {summary()}
            </summary>
            <div class="menu-list">{children()}</div>
        </details>
    }
    .into_any()
}
