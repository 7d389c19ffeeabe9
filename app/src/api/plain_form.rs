//! Forms that a browser posts without JavaScript: the answer is a page and not data.

#[cfg(feature = "ssr")]
use http::{header::ACCEPT, request::Parts};
#[cfg(feature = "ssr")]
use leptos::prelude::use_context;

/// Redirects after a plain form post. The live page navigates itself, after it has shown the outcome.
#[cfg(feature = "ssr")]
pub fn redirect(path: &str) {
    if is_plain_form() {
        leptos_axum::redirect(path);
    }
}

/// Whether a form was posted without JavaScript, so that the answer is a page and not data.
#[cfg(feature = "ssr")]
pub fn is_plain_form() -> bool {
    use_context::<Parts>().is_some_and(|parts| {
        let accepts = parts.headers.get(ACCEPT).and_then(|value| value.to_str().ok());
        accepts.is_some_and(|accepts| accepts.contains("text/html"))
    })
}

/// Accepts only paths of this console: `//host` and `/\host` lead to other hosts, and so does `/.//host` once a browser has
/// removed the dot.
pub fn local(next: &str) -> &str {
    let path = next.split(['?', '#']).next().unwrap_or_default();
    let is_dots = |part: &str| matches!(part.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..");
    let parts: Vec<&str> = path.split('/').collect();
    let is_plain = match parts.as_slice() {
        ["", between @ .., _] => between.iter().all(|part| !part.is_empty()),
        _ => false,
    };
    let is_plain = is_plain && !path.contains('\\') && !parts.into_iter().any(is_dots);
    match is_plain && next.chars().all(|c| c.is_ascii_graphic()) {
        true => next,
        false => "/",
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::local;

    #[test]
    fn only_local_paths_are_followed() {
        for own in ["/", "/channels/1?tab=x", "/channels/", "/inbox?q=a//b/../c\\d"] {
            assert_eq!(local(own), own);
        }
        for foreign in [
            "",
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "/.//evil.example",
            "/inbox/..//evil.example",
            "/%2E//evil.example",
            "/a\\..\\..\\evil.example",
            "/a\r\nb",
            // Not allowed in a header.
            "/ž",
        ] {
            assert_eq!(local(foreign), "/", "{foreign:?}");
        }
    }
}
