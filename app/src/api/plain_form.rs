//! Forms that a browser posts without JavaScript: the answer is a page and not data.

use http::{header::ACCEPT, request::Parts};
use leptos::prelude::use_context;

/// Redirects after a plain form post. The live page navigates itself, after it has shown the outcome.
pub fn redirect(path: &str) {
    if is_plain_form() {
        leptos_axum::redirect(path);
    }
}

/// Whether a form was posted without JavaScript, so that the answer is a page and not data.
pub fn is_plain_form() -> bool {
    use_context::<Parts>().is_some_and(|parts| {
        let accepts = parts.headers.get(ACCEPT).and_then(|value| value.to_str().ok());
        accepts.is_some_and(|accepts| accepts.contains("text/html"))
    })
}
