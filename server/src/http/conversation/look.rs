//! How a page is written: its language, its times, and texts by strangers.

use crate::http::api;
use app::{i18n::Locale, ui::zone::Zone};
use domain::time::Timestamp;
use pulldown_cmark_escape::escape_html;
use std::fmt::Write as _;

pub struct Look {
    pub locale: Locale,
    /// The reader's; UTC without one.
    pub zone: Option<Zone>,
}

impl Look {
    pub fn on_the_wall(&self, at: Timestamp) -> Timestamp {
        self.zone.as_ref().map_or(at, |zone| zone.on_the_wall(at))
    }

    /// The local time, and how far that is from UTC.
    pub fn time(&self, at: Timestamp) -> String {
        let wall = self.on_the_wall(at);
        let shown = api::time(wall);
        let (day, clock) = (shown.get(..10), shown.get(11..19));
        let minutes = (wall.millis() - at.millis()) / 60_000;
        let sign = if minutes < 0 { '-' } else { '+' };
        let (hours, minutes) = (minutes.abs() / 60, minutes.abs() % 60);
        format!(
            "<time datetime=\"{}\">{} {} UTC{sign}{hours:02}:{minutes:02}</time>",
            api::time(at),
            day.unwrap_or_default(),
            clock.unwrap_or_default(),
        )
    }
}

/// A text by a stranger: no HTML, and what would turn the direction of the text, or cannot be seen, is named.
pub fn escaped(text: &str) -> String {
    let mut named = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\t' => named.push(c),
            '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {
                let _ = write!(named, "[U+{:04X}]", u32::from(c));
            }
            '\r' => {}
            c if c.is_control() => drop(write!(named, "[U+{:04X}]", u32::from(c))),
            c => named.push(c),
        }
    }
    let mut html = String::with_capacity(named.len());
    // Writing to a string cannot fail.
    let _ = escape_html(&mut html, &named);
    html
}

/// An address inside the ZIP.
pub fn address(name: &str) -> String {
    let mut address = String::with_capacity(name.len());
    for byte in name.bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' => address.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => address.push(char::from(byte)),
            byte => drop(write!(address, "%{byte:02X}")),
        }
    }
    address
}
