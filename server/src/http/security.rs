//! Security headers for the browser, and the check that refuses requests from other sites.
//!
//! Server functions are plain POSTs. A page of another site cannot call one: the cookie is `SameSite=Lax`, and this
//! module refuses a request that the browser marks as coming from another site.

use super::{api, cookies::change_cookies, state::Http};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use engine::seldom::{EVERY_SECOND, Seldom};
use leptos::nonce::Nonce;
use url::{Host, Position, Url};

/// The policy of every answer that is neither a page nor a script: whatever it is, nothing of it loads or runs, nothing
/// shows it in a frame, and a document made of it is of no origin.
pub const NO_PAGE: &str =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox";

/// What every answer says.
const ALWAYS: [(HeaderName, HeaderValue); 5] = [
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), geolocation=(self), payment=(), usb=()"),
    ),
];

/// Mints the nonce under which the scripts of a page may run, and sets the policy of pages and scripts (a service worker
/// obeys that of its own script).
pub async fn pages_policy(mut request: Request, next: Next) -> Response {
    let nonce = Nonce::new();
    request.extensions_mut().insert(nonce.clone());
    let mut response = next.run(request).await;
    if is_page_or_script(response.headers())
        && let Ok(policy) = HeaderValue::try_from(policy(&nonce))
    {
        response
            .headers_mut()
            .insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

fn is_page_or_script(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    kind.is_some_and(|kind| kind.starts_with(b"text/html") || kind.starts_with(b"text/javascript"))
}

/// Sets the headers of whatever leaves the router, also of refusals that a layer made. It is cheap, because Meta sends
/// thousands of requests a second.
pub fn every_answer(http: &Http) -> impl Fn(Response) -> Response + Clone + Send + Sync + 'static {
    let https = http.public_url.scheme() == "https";
    move |mut response| {
        let headers = response.headers_mut();
        for (name, value) in ALWAYS {
            headers.insert(name, value);
        }
        headers
            .entry(header::CONTENT_SECURITY_POLICY)
            .or_insert(const { HeaderValue::from_static(NO_PAGE) });
        // A response that does not mention caching may contain data of customers.
        headers
            .entry(header::CACHE_CONTROL)
            .or_insert(const { HeaderValue::from_static("no-store") });
        name_charset(headers);
        if https {
            headers.insert(
                header::STRICT_TRANSPORT_SECURITY,
                const { HeaderValue::from_static("max-age=31536000; includeSubDomains") },
            );
            make_cookies_secure(headers);
        }
        response
    }
}

/// Every text that this server sends is UTF-8: files of customers are text only if they are.
fn name_charset(headers: &mut HeaderMap) {
    let kind = headers.get(header::CONTENT_TYPE).map(HeaderValue::to_str);
    let Some(Ok(kind)) = kind else { return };
    let is_text = kind.starts_with("text/") || kind.ends_with("+xml");
    if is_text
        && !kind.contains("charset=")
        && let Ok(named) = HeaderValue::try_from(format!("{kind}; charset=utf-8"))
    {
        headers.insert(header::CONTENT_TYPE, named);
    }
}

/// No cookie crosses the network in the clear, whoever set it.
fn make_cookies_secure(headers: &mut HeaderMap) {
    change_cookies(headers, |cookie| {
        let text = cookie.to_str().unwrap_or_default();
        let is_secure = text
            .split(';')
            .any(|part| part.trim().eq_ignore_ascii_case("secure"));
        if is_secure {
            return Some(cookie);
        }
        let secured = HeaderValue::try_from(format!("{text}; Secure"));
        Some(secured.unwrap_or(cookie))
    });
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
    static REFUSED: Seldom = Seldom::every(EVERY_SECOND);
    if let Some(left_out) = REFUSED.due() {
        tracing::warn!(left_out, "a request from another site was refused");
    }
    (StatusCode::FORBIDDEN, "This request came from another site.\n").into_response()
}

/// Browsers send `Sec-Fetch-Site` from trustworthy pages and `Origin` with every POST; a client that sends neither is
/// no browser. The origin is the public one, or that of another of the server's hosts, by the public scheme: a page of the
/// same host without TLS may be anybody's.
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
    let host = &origin[Position::BeforeHost..Position::AfterPort];
    let called = text(header::HOST).and_then(Result::ok);
    let by_another_host = called == Some(host) && origin.scheme() == public_url.scheme();
    origin.origin() == public_url.origin() || (by_another_host && origin.host() != public_url.host())
}

/// Refuses a browser that asks for a host that is not this server's: the page of a foreign name that was made to lead here
/// would otherwise read answers as its own.
pub async fn refuse_foreign_hosts(State(http): State<Http>, request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).map(HeaderValue::to_str);
    let is_own = match host {
        Some(Ok(host)) => is_own_host(host, &http.public_url, &http.settings.http.hosts),
        Some(Err(_)) => false,
        // Only HTTP/1.0, which no browser speaks.
        None => true,
    };
    let without_cookie =
        request.uri().path().starts_with("/api/") && api::bearer(request.headers()).is_some();
    let probes = ["/healthz", "/readyz", "/metrics"].contains(&request.uri().path());
    if is_own || without_cookie || probes {
        return next.run(request).await;
    }
    static REFUSED: Seldom = Seldom::every(EVERY_SECOND);
    if let Some(left_out) = REFUSED.due() {
        let host = host.and_then(Result::ok).unwrap_or_default();
        tracing::warn!(
            host,
            left_out,
            "a request for another host was refused; the server's are those of http.public_url and http.hosts"
        );
    }
    let words = "This server has another name. Its administrator may add this one to http.hosts.\n";
    (StatusCode::MISDIRECTED_REQUEST, words).into_response()
}

/// An address is nobody's name, and leads where it says.
fn is_own_host(called: &str, public_url: &Url, hosts: &[String]) -> bool {
    let Ok(called) = Url::parse(&format!("http://{called}/")) else {
        return false;
    };
    match called.host() {
        Some(Host::Domain(name)) => {
            let is = |own: &str| own.eq_ignore_ascii_case(name);
            is("localhost") || public_url.host_str().is_some_and(is) || hosts.iter().any(|own| is(own))
        }
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => true,
        None => false,
    }
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
            ("origin", "https://10.0.0.1:3000"),
            ("host", "10.0.0.1:3000")
        ]));
        assert!(!own(&[
            ("origin", "http://pbx.example.com"),
            ("host", "pbx.example.com")
        ]));
        assert!(!own(&[
            ("origin", "https://pbx.example.com:8443"),
            ("host", "pbx.example.com:8443")
        ]));
        assert!(!own(&[("origin", "http://10.0.0.1"), ("host", "10.0.0.1")]));
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

    #[test]
    fn a_foreign_name_is_not_this_servers() {
        let public_url = Url::parse("https://pbx.example.com").unwrap();
        let hosts = ["pbx".to_owned()];
        let is_own = |called: &str| is_own_host(called, &public_url, &hosts);
        for own in [
            "pbx.example.com",
            "PBX.example.com:8443",
            "pbx:3000",
            "localhost:3000",
            "10.0.0.1",
            "[::1]:3000",
        ] {
            assert!(is_own(own), "{own}");
        }
        for foreign in [
            "evil.example",
            "pbx.example.com.evil.example",
            "",
            "a b",
            "pbx.example.com@evil.example",
            "evil.example/pbx.example.com",
            "evil.example#pbx.example.com",
        ] {
            assert!(!is_own(foreign), "{foreign}");
        }
    }
}
