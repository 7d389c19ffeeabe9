//! Changing the cookies that an answer sets.

use axum::http::{HeaderMap, HeaderValue, header};

/// Replaces each cookie; `None` takes it out. Without a cookie it costs only a look.
pub fn change_cookies(headers: &mut HeaderMap, change: impl Fn(HeaderValue) -> Option<HeaderValue>) {
    let cookies: Vec<_> = headers.get_all(header::SET_COOKIE).iter().cloned().collect();
    if cookies.is_empty() {
        return;
    }
    headers.remove(header::SET_COOKIE);
    for cookie in cookies.into_iter().filter_map(change) {
        headers.append(header::SET_COOKIE, cookie);
    }
}
