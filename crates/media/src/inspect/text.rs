//! Plain text in UTF-8, and what only looks like it.

use crate::details::{Details, Inspected};

/// What plain text hardly contains and a page or a script does. It is the second line: a browser that is told
/// `text/plain` and `nosniff` runs nothing.
const RUNS: &[&str] = &[
    "<!doctype",
    "<html",
    "<script",
    "<svg",
    "<iframe",
    "<?xml",
    "javascript:",
    "function(",
    "function (",
    ") => ",
    "use strict",
    "eval(",
    "document.cookie",
    "document.write",
    "window.location",
];

/// Valid UTF-8 without control characters. `head` may end within a character if the file goes on.
pub(super) fn is_text(head: &[u8], size: u64) -> bool {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() && size > head.len() as u64 => {
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    !text
        .chars()
        .any(|character| character.is_control() && !"\t\n\r\u{c}".contains(character))
}

pub(super) fn look(head: &[u8]) -> Option<Inspected> {
    let text = String::from_utf8_lossy(head).to_ascii_lowercase();
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.starts_with("{\\rtf") {
        return Some(Inspected::new("application/rtf", Details::Other));
    }
    let runs = text.starts_with('<') || RUNS.iter().any(|marker| text.contains(marker));
    (!runs).then(|| Inspected::new("text/plain", Details::Document))
}
