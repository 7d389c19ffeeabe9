//! Whether the details are visible: the header's button shows and hides them, and their own button hides them.

use crate::{browser, pages::inbox::element_ids::DETAILS_SWITCH_ID};
use leptos::prelude::*;

/// Narrower windows show the details only when asked to; inbox.css has the same number.
const WIDE: &str = "(min-width: 1280px)";
/// The details' own button, in windows where they cover the thread and its header.
pub const HIDE_ID: &str = "details-hide";

/// Whether the details are shown: `None` leaves it to the width of the window.
#[derive(Debug, Clone, Copy)]
pub struct Shown(RwSignal<Option<bool>>);

impl Shown {
    /// Provides it to the page.
    pub fn provide() -> Self {
        let shown = Self(RwSignal::new(None));
        provide_context(shown);
        shown
    }

    /// For the page's `data-details`.
    pub fn as_attribute(self) -> Option<&'static str> {
        self.0.get().map(|shown| if shown { "shown" } else { "hidden" })
    }

    pub fn switch(self) {
        let by_width = || {
            window()
                .match_media(WIDE)
                .ok()
                .flatten()
                .is_some_and(|wide| wide.matches())
        };
        let now = self.0.get_untracked().unwrap_or_else(by_width);
        self.0.set(Some(!now));
        // The keyboard focus must not stay beneath the details, or on a button that is gone.
        request_animation_frame(move || browser::focus(if now { DETAILS_SWITCH_ID } else { HIDE_ID }));
    }
}

pub fn use_shown() -> Shown {
    expect_context()
}
