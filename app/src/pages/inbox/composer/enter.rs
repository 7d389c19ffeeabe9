//! The Enter that sends.

use crate::browser::composes;
use leptos::ev::KeyboardEvent;

pub fn sends(event: &KeyboardEvent) -> bool {
    event.key() == "Enter" && !event.shift_key() && !composes(event)
}
