//! The time left in a session's service window.

use super::glyph::{CLOCK, Glyph};
use crate::{
    i18n::*,
    ui::{anew, derived, time::use_now},
};
use domain::time::{Timestamp, WINDOW_CLOSES_SOON};
use leptos::prelude::*;
use std::time::Duration;

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
    // Whole minutes, so that the value changes no more often than the display.
    let left = derived(move |_| {
        let left = closes.get()?.millis() - now.get()?.millis();
        let minutes = (left / 60_000).max(0);
        let soon = Duration::from_secs(minutes.unsigned_abs() * 60) < WINDOW_CLOSES_SOON;
        (soon || !only_soon).then_some((minutes, soon))
    });
    let view = move || {
        let locale = i18n.get_locale();
        let clock = left.get().map(|(minutes, soon)| match minutes {
            0 => over(locale),
            _ => counting(locale, minutes, soon),
        });
        clock.into_any()
    };
    anew(view).into_any()
}

fn over(locale: Locale) -> AnyView {
    view! {
        <span class="window-clock window-closed" title=td_string!(locale, inbox.window.closed_long)>
            <Glyph path=CLOCK />
            {td_string!(locale, inbox.window.closed)}
        </span>
    }
    .into_any()
}

fn counting(locale: Locale, minutes: i64, soon: bool) -> AnyView {
    let text = format!("{}:{:02}", minutes / 60, minutes % 60);
    let long = td_string!(locale, inbox.window.left, left = text.as_str()).to_string();
    view! {
        <span class="window-clock" class:window-soon=soon title=long translate="no">
            <Glyph path=CLOCK />
            <span>{text}</span>
        </span>
    }
    .into_any()
}
