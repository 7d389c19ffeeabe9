//! The time left in a session's service window.

use super::glyph::{CLOCK, Glyph};
use crate::{
    i18n::*,
    ui::{LiveText, derived, time::use_now},
};
use domain::time::Timestamp;
use leptos::prelude::*;

const HOUR_MS: i64 = 60 * 60 * 1000;

/// Empty until the page is live: the process does not know the browser's time.
#[component]
pub fn WindowClock(
    #[prop(into)] closes: Signal<Option<Timestamp>>,
    /// Only when it closes soon, or has closed.
    #[prop(optional)]
    only_soon: bool,
) -> impl IntoView {
    let i18n = use_i18n();
    let now = use_now();
    let left = derived(move |_| {
        let left = closes.get()?.millis() - now.get()?.millis();
        // Whole minutes, so that the value changes no more often than the display.
        Some((left / 60_000).max(0))
    });
    let shown = derived(move |_| {
        let minutes = left.get()?;
        let soon = minutes * 60_000 < 2 * HOUR_MS;
        (soon || !only_soon).then_some((minutes == 0, soon))
    });
    let view = move || {
        let (over, soon) = shown.get()?;
        let view = if over {
            let long = move || t_string!(i18n, inbox.window.closed_long);
            view! {
                <span class="window-clock window-closed" title=long>
                    <Glyph path=CLOCK />
                    {move || t_string!(i18n, inbox.window.closed)}
                </span>
            }
            .into_any()
        } else {
            let text = move || {
                let minutes = left.get().unwrap_or(0);
                format!("{}:{:02}", minutes / 60, minutes % 60)
            };
            let long = move || t_string!(i18n, inbox.window.left, left = text()).to_string();
            view! {
                <span class="window-clock" class:window-soon=soon title=long>
                    <Glyph path=CLOCK />
                    <LiveText text />
                </span>
            }
            .into_any()
        };
        Some(view)
    };
    view! { {view} }.into_any()
}
