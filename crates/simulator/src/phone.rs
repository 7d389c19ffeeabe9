//! The customer's phone: one page with its style and script, under a policy that allows no other origin.

use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName};
use axum::routing::get;

const PAGE: &str = include_str!("phone/phone.html");
const STYLE: &str = include_str!("phone/phone.css");
const SCRIPT: &str = include_str!("phone/phone.js");
const WORDS: &str = include_str!("phone/words.js");
const ICON: &str = include_str!("phone/icon.svg");

type Asset = ([(HeaderName, &'static str); 3], &'static str);

pub(crate) fn router() -> Router {
    Router::new()
        .route("/", get(async || asset("text/html; charset=utf-8", PAGE)))
        .route(
            "/phone.css",
            get(async || asset("text/css; charset=utf-8", STYLE)),
        )
        .route(
            "/phone.js",
            get(async || asset("text/javascript; charset=utf-8", SCRIPT)),
        )
        .route(
            "/words.js",
            get(async || asset("text/javascript; charset=utf-8", WORDS)),
        )
        .route("/icon.svg", get(async || asset("image/svg+xml", ICON)))
}

fn asset(kind: &'static str, text: &'static str) -> Asset {
    let policy = "default-src 'self'; base-uri 'none'; form-action 'self'";
    (
        [
            (CONTENT_TYPE, kind),
            (CONTENT_SECURITY_POLICY, policy),
            (CACHE_CONTROL, "no-cache"),
        ],
        text,
    )
}
