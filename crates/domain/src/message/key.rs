//! The idempotency key of a message, or of a request of the REST API.

use crate::form::Problem;

/// Maximum number of characters in an idempotency key.
pub const MAX_KEY: usize = 255;

/// An idempotency key: a message is stored once, and a call has one effect, however often it is sent with the same key.
/// Printable ASCII without surrounding spaces, as in an HTTP header.
pub fn idempotency_key(text: &str) -> Result<String, Problem> {
    let key = text.trim();
    if key.is_empty() {
        Err(Problem::Required)
    } else if key.len() > MAX_KEY {
        Err(Problem::TooLong)
    } else if key.bytes().all(|b| b.is_ascii_graphic() || b == b' ') {
        Ok(key.to_owned())
    } else {
        Err(Problem::NotAToken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_header() {
        assert_eq!(idempotency_key(" obj-7 "), Ok("obj-7".to_owned()));
        assert_eq!(idempotency_key("  "), Err(Problem::Required));
        assert_eq!(idempotency_key("klíč"), Err(Problem::NotAToken));
        assert_eq!(idempotency_key("a\0b"), Err(Problem::NotAToken));
        assert!(idempotency_key(&"k".repeat(MAX_KEY)).is_ok());
        assert_eq!(idempotency_key(&"k".repeat(MAX_KEY + 1)), Err(Problem::TooLong));
    }
}
