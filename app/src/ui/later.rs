//! Parts of the page that are drawn later than the rest, or never.

use super::time::use_now;
use leptos::prelude::*;
use std::{sync::Mutex, time::Duration};

/// Draws its children as soon as `when` holds, and keeps them from then on.
#[component]
pub fn Once(when: Signal<bool>, children: Children) -> impl IntoView {
    let children = Mutex::new(Some(children));
    let due = Memo::new(move |due| due == Some(&true) || when.get());
    let view = move || {
        let children = due.get().then(|| children.lock().ok()?.take());
        children.flatten().map(|children| children())
    };
    view.into_any()
}

/// Whether what is drawn now is on the screen: after the next frame. On the first page at once, because there all of it
/// comes with the HTML.
pub fn use_painted() -> Signal<bool> {
    let is_live = use_now().with_untracked(Option::is_some);
    let painted = RwSignal::new(!is_live);
    if is_live {
        // The frame itself comes before its paint, a timer after it.
        request_animation_frame(move || set_timeout(move || _ = painted.try_set(true), Duration::ZERO));
    }
    painted.into()
}

/// Draws its children when the more urgent parts are on the screen.
#[component]
pub fn AfterPaint(children: Children) -> impl IntoView {
    let painted = use_painted();
    view! { <Once when=painted children /> }
}
