//! The header that makes a browser save a response instead of showing it.

use axum::http::HeaderValue;
use std::fmt::Write as _;

/// The header of RFC 6266: an ASCII name for old browsers, and the full name.
pub fn attachment(name: &str, ascii: &str) -> HeaderValue {
    let mut encoded = String::new();
    for byte in name.bytes() {
        match byte {
            b'.' | b'-' | b'_' => encoded.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => encoded.push(char::from(byte)),
            byte => drop(write!(encoded, "%{byte:02X}")),
        }
    }
    let value = format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{encoded}");
    HeaderValue::try_from(value).unwrap_or_else(|_| HeaderValue::from_static("attachment"))
}
