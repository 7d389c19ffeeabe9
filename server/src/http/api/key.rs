//! The header `Idempotency-Key` (<https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/>).

use super::problem::Problem;
use axum::http::HeaderMap;
use domain::{message::idempotency_key, refusal::Refusal};

pub const KEY: &str = "Idempotency-Key";
/// Messages keep their keys for ever.
const MESSAGES: &str = "/api/v1/sessions/{id}/messages";

/// Whether a POST to this path is repeated by its key, as `idempotency` does it.
pub fn repeats(path: &str) -> bool {
    path != MESSAGES
}

/// The key of a request, bare or as a string of a structured field (RFC 9651).
pub fn key_of(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut lines = headers.get_all(KEY).iter();
    let Some(given) = lines.next() else {
        return Ok(None);
    };
    // No key is a NUL. Two lines are no key, either.
    let given = given.to_str().ok().filter(|_| lines.next().is_none());
    let given = given.unwrap_or("\0").trim();
    let quoted = given.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let key = idempotency_key(quoted.unwrap_or(given));
    let key = key.map_err(|problem| Refusal::field(KEY, problem))?;
    Ok(Some(key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    fn keys(given: &[&str]) -> HeaderMap {
        let lines = given.iter().map(|given| {
            let given = HeaderValue::from_str(given).expect("a header");
            (HeaderName::from_static("idempotency-key"), given)
        });
        lines.collect()
    }

    #[test]
    fn quotes_are_not_part_of_a_key() {
        for (given, expected) in [("k-1", "k-1"), ("\"k-1\"", "k-1"), ("\"", "\""), ("a\"b", "a\"b")] {
            assert_eq!(key_of(&keys(&[given])).expect("a key").as_deref(), Some(expected));
        }
        for none in ["", "\"\"", "a\tb", &"k".repeat(256)] {
            key_of(&keys(&[none])).expect_err("no key");
        }
        assert!(key_of(&HeaderMap::new()).expect("none").is_none());
    }

    #[test]
    fn of_two_keys_none_is_chosen() {
        for second in ["k-2", "k-1"] {
            key_of(&keys(&["k-1", second])).expect_err("no key");
        }
    }
}
