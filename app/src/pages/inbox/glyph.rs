//! The small signs of the inbox: ticks, and the kind of a message. Strokes on a 24-unit grid, as in the kit.

use super::labels;
use crate::i18n::*;
use domain::message::Status;
use leptos::prelude::*;

pub const CLOCK: &str = "M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16zM12 8v4l3 2";
/// A session that is put off.
pub const SNOOZE: &str = "M5 6h7l-7 8h7M14 12h5l-5 6h5";
const TICK: &str = "M5 13l4 4L19 7";
const TICKS: &str = "M2 13l4 4L16 7M12 16l1.5 1L23 7";
const DOUBTFUL: &str = "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM9.500 9.500a2.500 2.500 0 1 1 3.500 2.300c-.7.3-1 .8-1 1.700M12 16.5v.5";
/// Two people, and more behind them.
pub const GROUP: &str = "M9 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM3 19c.6-3.300 3-5 6-5s5.400 1.700 6 5M15.500 5.300a3 3 0 0 1 0 5.400M17 14.300c2.200.6 3.500 2.200 4 4.700";
const FAILED: &str = "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM12 7v6M12 16.5v.5";

#[component]
pub fn Glyph(path: &'static str, #[prop(default = "icon")] class: &'static str) -> impl IntoView {
    view! {
        <svg class=class width="20" height="20" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d=path />
        </svg>
    }
}

/// The status of an outgoing message. It is a sign and a word: the word is for screen readers and on hover.
pub fn ticks(locale: Locale, status: Status) -> AnyView {
    let (path, class) = match status {
        Status::Queued => (CLOCK, "ticks"),
        Status::Unconfirmed => (DOUBTFUL, "ticks ticks-failed"),
        Status::Sent => (TICK, "ticks"),
        Status::Delivered => (TICKS, "ticks"),
        Status::Read | Status::Played => (TICKS, "ticks ticks-read"),
        Status::Failed => (FAILED, "ticks ticks-failed"),
    };
    let word = labels::status(locale, status);
    view! {
        <span class=class title=word>
            <Glyph path />
            <span class="sr-only">{word}</span>
        </span>
    }
    .into_any()
}

/// The sign for a kind of message; a text has none.
pub fn of_kind(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "text" => return None,
        "image" | "sticker" => "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 8.5v.5",
        "video" => "M3 6h12v12H3zM15 10l6-3v10l-6-3",
        "audio" | "voice" => {
            "M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3zM6 11a6 6 0 0 0 12 0M12 17v4"
        }
        "document" => "M6 3h8l4 4v14H6zM14 3v4h4M9 13h6M9 17h6",
        "location" => "M12 21c-4-5-6-8-6-11a6 6 0 0 1 12 0c0 3-2 6-6 11zM12 9.5v1",
        "contacts" => "M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM4 21c1-4 4-6 8-6s7 2 8 6",
        "reaction" => "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM8 14c1 2 2.500 3 4 3s3-1 4-3M9 9v1M15 9v1",
        "button" | "interactive" => "M4 7h16v10H4zM8 12h8",
        "call" => "M6 3l4 1 1 4-2 2c1 2 3 4 5 5l2-2 4 1 1 4c-1 2-3 3-5 3C10 20 4 14 3 7c0-2 1-3 3-4z",
        "order" => "M5 8h14l-1 12H6zM9 8V6a3 3 0 0 1 6 0v2",
        _ => "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM12 11v6M12 7v.5",
    })
}
