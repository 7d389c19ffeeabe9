//! A state as a dot *and* a word: colour alone says nothing to some people.

use leptos::prelude::*;

/// What a state means for the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Good,
    /// Nothing is wrong, something is still to come.
    Waiting,
    Warning,
    Bad,
    /// Neither good nor bad: a draft, something disabled.
    Off,
}

impl Tone {
    /// For a word that is not one of this console's own.
    pub fn class(self) -> &'static str {
        match self {
            Self::Good => "badge good",
            Self::Waiting => "badge waiting",
            Self::Warning => "badge warning",
            Self::Bad => "badge bad",
            Self::Off => "badge off",
        }
    }
}

impl From<domain::channel::Badge> for Tone {
    fn from(badge: domain::channel::Badge) -> Self {
        use domain::channel::Badge;
        match badge {
            Badge::Draft => Self::Off,
            Badge::WaitingForMeta => Self::Waiting,
            Badge::Active => Self::Good,
            Badge::Degraded => Self::Warning,
            Badge::NotReceiving | Badge::TokenRefused => Self::Bad,
            Badge::Paused => Self::Off,
        }
    }
}

/// A badge.
#[component]
pub fn Badge(tone: Tone, #[prop(into)] word: Signal<&'static str>) -> impl IntoView {
    // A view that is redrawn may run once more after its signals have gone.
    view! { <span class=tone.class()>{move || word.try_get()}</span> }.into_any()
}
