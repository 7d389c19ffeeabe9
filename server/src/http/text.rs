//! Refuses text that contains a NUL: nobody types one, and PostgreSQL cannot store one. Meta's deliveries are an
//! exception: they are kept as they came.

use axum::{
    extract::Request,
    http::{StatusCode, Uri},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use serde_json::Value;

/// Refuses an address with a NUL in it.
pub async fn refuse_nul_in_address(request: Request, next: Next) -> Response {
    match in_address(request.uri()) {
        true => StatusCode::BAD_REQUEST.into_response(),
        false => next.run(request).await,
    }
}

pub fn in_address(uri: &Uri) -> bool {
    uri.path_and_query()
        .is_some_and(|text| in_encoded(text.as_str().as_bytes()))
}

/// Whether percent-encoded text contains a NUL. A literal percent sign is encoded as `%25`.
pub fn in_encoded(text: &[u8]) -> bool {
    text.contains(&0) || text.windows(3).any(|three| three == b"%00")
}

/// Whether there is a NUL in any text of a JSON value.
pub fn in_json(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(in_json),
        Value::Object(members) => members
            .iter()
            .any(|(name, value)| name.contains('\0') || in_json(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nul_is_found_however_it_is_written() {
        assert!(in_encoded(b"search=a%00b") && in_encoded(b"search=a\0b"));
        assert!(!in_encoded(b"search=100%2500"), "a percent sign and two zeros");
        let json = |text| in_json(&serde_json::from_str(text).unwrap());
        assert!(json(r#"{"a": [{"b": "x\u0000"}]}"#) && json(r#"{"a\u0000": 1}"#));
        assert!(!json(r#"{"a": "\\u0000"}"#), "a backslash and what follows it");
    }
}
