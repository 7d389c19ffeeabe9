//! A menu that opens under its button. `<details>` works without JavaScript; with it, a click elsewhere or Escape
//! closes.

use leptos::{
    ev::{self, MouseEvent},
    html,
    prelude::*,
};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// Closes the menu of the item that was chosen, and gives its button the focus: a dialog that opens now gives it back
/// there.
pub fn leave(event: &MouseEvent) {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    if let Some(item) = target {
        focus_summary(&item);
        if let Ok(Some(menu)) = item.closest("details") {
            let _ = menu.remove_attribute("open");
        }
    }
}

fn focus_summary(within: &Element) {
    let menu = within.closest("details").ok().flatten();
    let summary = menu.and_then(|menu| menu.query_selector("summary").ok().flatten());
    if let Some(summary) = summary.and_then(|summary| summary.dyn_into::<HtmlElement>().ok()) {
        let _ = summary.focus();
    }
}

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
                let inside = document().active_element();
                let inside =
                    inside.filter(|inside| details.get_untracked().is_some_and(|d| d.contains(Some(inside))));
                close();
                inside.iter().for_each(focus_summary);
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
