//! The Enter that sends.

use leptos::ev::KeyboardEvent;

pub fn sends(event: &KeyboardEvent) -> bool {
    event.key() == "Enter" && !event.shift_key() && !composes(event)
}

/// With some input methods Enter also ends the composition of a character: that Enter does not send. Safari reports
/// first that the composition is over, and then a key with this code: <https://bugs.webkit.org/show_bug.cgi?id=165004>
fn composes(event: &KeyboardEvent) -> bool {
    const OF_AN_INPUT_METHOD: u32 = 229;
    event.is_composing() || event.key_code() == OF_AN_INPUT_METHOD
}
