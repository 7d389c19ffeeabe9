//! What this browser does for an alert, as its user chose, and what they look at.

use crate::browser::{store, stored};
use domain::ids::SessionId;

/// The storage key under which this browser keeps that notifications of the system's are wanted.
const DESKTOP: &str = "alerts.desktop";
/// The storage key of the [`Sound`].
const SOUND: &str = "alerts.sound";

pub fn wants_desktop() -> bool {
    stored(DESKTOP).is_some()
}

pub fn choose_desktop(on: bool) {
    store(DESKTOP, on.then_some("on"));
}

/// What is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sound {
    Rising,
    Falling,
    Low,
    Short,
}

impl Sound {
    pub const ALL: [Self; 4] = [Self::Rising, Self::Falling, Self::Low, Self::Short];

    pub fn as_str(self) -> &'static str {
        match self {
            // As it was stored when there was one sound.
            Self::Rising => "on",
            Self::Falling => "falling",
            Self::Low => "low",
            Self::Short => "short",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sound| sound.as_str() == name)
    }

    /// The tones, each in hertz and with the seconds after which it begins.
    pub fn tones(self) -> &'static [(f32, f64)] {
        match self {
            Self::Rising => &[(660.0, 0.0), (880.0, 0.14)],
            Self::Falling => &[(880.0, 0.0), (587.0, 0.14)],
            Self::Low => &[(392.0, 0.0), (392.0, 0.2)],
            Self::Short => &[(1175.0, 0.0)],
        }
    }
}

/// The sound that the user chose; `None`: silence.
pub fn sound() -> Option<Sound> {
    Sound::named(&stored(SOUND)?)
}

pub fn choose_sound(sound: Option<Sound>) {
    store(SOUND, sound.map(Sound::as_str));
}

/// The storage key of the session that the user looks at, in whichever tab.
const IN_VIEW: &str = "alerts.view";

/// Notes what the user looks at in this tab.
pub fn looks_at(session: Option<&str>) {
    store(IN_VIEW, session);
}

/// The user has left this tab. They may look at another one already.
pub fn looks_away(session: Option<&str>) {
    if stored(IN_VIEW).as_deref() == session {
        looks_at(None);
    }
}

pub fn is_in_view(session: SessionId) -> bool {
    stored(IN_VIEW).is_some_and(|seen| seen == session.to_string())
}
