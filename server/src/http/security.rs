//! Security headers for the browser, and the check that refuses requests from other sites.
//!
//! Server functions are plain POSTs. A page of another site cannot call one: the cookie is `SameSite=Lax`, and this
//! module refuses a request that the browser marks as coming from another site.

use super::{api, state::Http};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use leptos::nonce::Nonce;
use url::{Position, Url};

/// Mints the nonce under which this response's scripts may run, and sets the headers.
pub async fn headers(State(http): State<Http>, mut request: Request, next: Next) -> Response {
    let nonce = Nonce::new();
    request.extensions_mut().insert(nonce.clone());
    let mut response = next.run(request).await;

    // A response that does not mention caching may contain data of customers.
    let no_store = HeaderValue::from_static("no-store");
    response
        .headers_mut()
        .entry(header::CACHE_CONTROL)
        .or_insert(no_store);
    // A file of a customer has a stricter policy of its own.
    let own_policy = response.headers().contains_key(header::CONTENT_SECURITY_POLICY);
    let mut set = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().insert(name, value);
        }
    };
    if !own_policy {
        set(header::CONTENT_SECURITY_POLICY, &policy(&nonce));
    }
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::X_FRAME_OPTIONS, "DENY");
    set(header::REFERRER_POLICY, "same-origin");
    set(
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    );
    set(
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(self), payment=(), usb=()",
    );
    if http.public_url.scheme() == "https" {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    response
}

/// `wasm-unsafe-eval` lets the browser compile the console's WebAssembly; it does not allow `eval` of text.
fn policy(nonce: &str) -> String {
    format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; font-src 'self'; \
         object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
}

/// Refuses a request that changes something and comes from a page of another site.
pub async fn refuse_foreign_sites(State(http): State<Http>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    // Neither depends on the cookie: Meta signs, scripts send a token.
    let without_cookie = path.starts_with("/webhooks/")
        || (path.starts_with("/api/") && api::bearer(request.headers()).is_some());
    if request.method().is_safe() || without_cookie || is_own_site(request.headers(), &http.public_url) {
        return next.run(request).await;
    }
    tracing::warn!("a request from another site was refused");
    (StatusCode::FORBIDDEN, "This request came from another site.\n").into_response()
}

/// Browsers send `Sec-Fetch-Site` from trustworthy pages and `Origin` with every POST; a client that sends neither is
/// no browser.
fn is_own_site(headers: &HeaderMap, public_url: &Url) -> bool {
    let text = |name: HeaderName| headers.get(name).map(HeaderValue::to_str);
    if let Some(site) = text(HeaderName::from_static("sec-fetch-site")) {
        return matches!(site, Ok("same-origin" | "none"));
    }
    let Some(origin) = text(header::ORIGIN) else {
        return true;
    };
    let Some(origin) = origin.ok().and_then(|origin| Url::parse(origin).ok()) else {
        return false;
    };
    let host = |url: &Url| url[Position::BeforeHost..Position::AfterPort].to_owned();
    let called = text(header::HOST).and_then(Result::ok);
    origin.origin() == public_url.origin() || called.is_some_and(|called| host(&origin) == called)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(headers: &[(&'static str, &str)]) -> bool {
        let headers = headers.iter().map(|(name, value)| {
            (
                HeaderName::from_static(name),
                HeaderValue::try_from(*value).unwrap(),
            )
        });
        is_own_site(
            &headers.collect(),
            &Url::parse("https://pbx.example.com").unwrap(),
        )
    }

    #[test]
    fn what_a_browser_says_of_the_site_decides() {
        assert!(own(&[("sec-fetch-site", "same-origin")]));
        assert!(own(&[("sec-fetch-site", "none")]));
        assert!(!own(&[("sec-fetch-site", "cross-site")]));
        assert!(!own(&[("sec-fetch-site", "same-site")]));
        assert!(!own(&[
            ("sec-fetch-site", "cross-site"),
            ("origin", "https://pbx.example.com")
        ]));
    }

    #[test]
    fn older_browsers_are_told_by_the_origin() {
        assert!(own(&[
            ("origin", "https://pbx.example.com"),
            ("host", "10.0.0.1:3000")
        ]));
        assert!(own(&[
            ("origin", "http://localhost:3000"),
            ("host", "localhost:3000")
        ]));
        assert!(!own(&[
            ("origin", "https://evil.example"),
            ("host", "pbx.example.com")
        ]));
        assert!(!own(&[
            ("origin", "https://pbx.example.com.evil.example"),
            ("host", "pbx.example.com")
        ]));
        assert!(!own(&[("origin", "null"), ("host", "pbx.example.com")]));
        assert!(own(&[("host", "pbx.example.com")]));
    }
}
