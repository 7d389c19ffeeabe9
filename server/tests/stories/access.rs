//! Who gets in. One test covers every route and server function, so a new one cannot be forgotten.

use crate::support::{Story, http::Answer, users::Browser};
use reqwest::{Method, header};
use server::http::routes::{Access, routes};
use std::collections::BTreeSet;

const NOBODY: &str = "00000000-0000-0000-0000-000000000000";

/// Routes that need no log-in, no token and no signature. Add to this list only deliberately.
const PUBLIC_ROUTES: [&str; 14] = [
    // What the API can do is no secret; what it says is.
    "/api/docs",
    "/api/v1/openapi.json",
    "/help",
    "/help/pictures/{language}/{name}",
    "/help/{language}/{name}",
    "/help/{name}",
    "/files/{*token}",
    "/healthz",
    "/login/single-sign-on",
    "/login/single-sign-on/callback",
    "/login/unlock",
    "/metrics",
    "/pkg/{*path}",
    "/readyz",
];
const PUBLIC_PAGES: [&str; 4] = ["/login", "/login/code", "/password", "/setup"];
const PUBLIC_FUNCTIONS: [&str; 10] = [
    "/rpc/auth/code-page",
    "/rpc/auth/finish-setup",
    "/rpc/auth/language",
    "/rpc/auth/log-in",
    "/rpc/auth/log-out",
    "/rpc/auth/password-link",
    "/rpc/auth/single-sign-on",
    "/rpc/auth/setup-link",
    "/rpc/auth/theme",
    "/rpc/auth/use-password-link",
];

#[tokio::test(flavor = "multi_thread")]
async fn every_route_refuses_an_anonymous_caller() {
    let story = Story::on_sqlite().await;
    let line = story.support().await;
    let webhook_id = line.webhook_url.path().rsplit('/').next().expect("an id");
    let guess = whatsapp::signature::sign(&"a guess".into(), b"");
    let browser = Browser::new(&story);
    let mut public = BTreeSet::new();
    for route in routes() {
        let path = route
            .path
            .replace("{id}", NOBODY)
            .replace("{webhook_id}", webhook_id)
            .replace("{*rest}", "x");
        for method in [
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ] {
            let status = answer(&browser, method.clone(), &path).await.status.as_u16();
            let refused: &[u16] = match route.access {
                Access::Public | Access::Asset | Access::Link | Access::Visitor => {
                    public.insert(route.path.clone());
                    continue;
                }
                // The address belongs to a channel, so only the verify token or the signature is missing.
                Access::Meta if method == Method::GET => &[403],
                Access::Meta if method == Method::POST => {
                    let signed = browser.request(Method::POST, &path);
                    let signed = signed.header("x-hub-signature-256", &guess).send().await;
                    assert_eq!(
                        signed.expect("an answer").status(),
                        401,
                        "{path}, signed by a guess"
                    );
                    &[401]
                }
                Access::Meta => &[405],
                Access::Token | Access::TokenUpload => &[401],
                Access::User | Access::Upload => &[401, 405],
            };
            assert!(refused.contains(&status), "{method} {path} answered {status}");
        }
    }
    assert_eq!(public, PUBLIC_ROUTES.map(str::to_owned).into());
    assert_eq!(story.count("journal").await, 0, "nothing of a stranger is kept");
    story.end().await;
}

async fn answer(browser: &Browser, method: Method, path: &str) -> Answer {
    Answer::of(browser.request(method, path).send().await.expect("an answer")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_leads_an_anonymous_caller_to_the_log_in() {
    let story = Story::on_sqlite().await;
    let browser = Browser::new(&story);
    let mut public = BTreeSet::new();
    let pages = leptos_axum::generate_route_list(app::App);
    assert!(pages.len() > PUBLIC_PAGES.len());
    for page in &pages {
        let path: Vec<_> = page
            .path()
            .split('/')
            .map(|part| if part.starts_with('{') { NOBODY } else { part })
            .collect();
        let path = path.join("/");
        let answer = browser.get(&path).await;
        match answer.status.as_u16() {
            302 => assert!(
                answer.header("location").starts_with("/login"),
                "{path}: {answer:?}"
            ),
            200 => assert!(public.insert(page.path()), "{path}"),
            // The page for unknown addresses.
            404 => assert!(page.path().contains("{*"), "{path}"),
            other => panic!("{path} answered {other}"),
        }
    }
    assert_eq!(public, BTreeSet::from(PUBLIC_PAGES));
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_server_function_refuses_an_anonymous_caller() {
    let story = Story::on_sqlite().await;
    let browser = Browser::new(&story);
    let mut functions = BTreeSet::new();
    for (path, method) in server_fn::axum::server_fn_paths() {
        assert_eq!(
            method,
            Method::POST,
            "{path}: a GET could be called from anywhere"
        );
        functions.insert(path);
        if PUBLIC_FUNCTIONS.contains(&path) {
            continue;
        }
        let function = path.strip_prefix("/rpc/").expect("one place for all of them");
        let answer = browser.call(function, &arguments()).await;
        assert_eq!(answer.status, 401, "{path}: {}", answer.text);
    }
    assert!(functions.len() > PUBLIC_FUNCTIONS.len());
    assert!(functions.is_superset(&BTreeSet::from(PUBLIC_FUNCTIONS)));
    story.end().await;
}

/// Valid values for the arguments of every server function: no call may be refused because of its arguments.
fn arguments() -> Vec<(&'static str, &'static str)> {
    let ids = [
        "id",
        "session",
        "message",
        "channel",
        "extension",
        "queue",
        "file",
        "label",
        "contact",
        "call",
    ];
    let others = [
        ("cursor", "x"),
        ("tab", "mine"),
        ("version", "1"),
        ("disabled", "true"),
        ("body", "Hello"),
        ("name", "x"),
        ("form[name]", "x"),
        ("number", "1"),
        ("place", "app"),
        ("door", "console"),
        ("template", "1"),
        ("search", "x"),
        ("text", "Hello"),
        ("on", "true"),
        ("availability", "busy"),
        ("idle", "true"),
    ];
    ids.iter().map(|name| (*name, NOBODY)).chain(others).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_opens_the_api_and_nothing_else() {
    let story = Story::on_sqlite().await;
    let token_as_person = story.api.get("/events").await;
    assert_eq!(token_as_person.status, 401);
    let admin = story.admin("admin").await;
    admin.get("/api/v1/channels").await.problem(401);
    for wrong in ["Bearer", "Bearer ", "Bearer nonsense", "Basic YTpi"] {
        let request = Browser::new(&story)
            .request(Method::GET, "/api/v1/channels")
            .header(header::AUTHORIZATION, wrong);
        Answer::of(request.send().await.expect("an answer"))
            .await
            .problem(401);
    }
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_are_for_a_token() {
    let story = Story::on_sqlite().await;
    story.anonymous().get("/healthz").await;
    // This machine is nobody in particular: a proxy on it may forward a request from elsewhere without saying so.
    assert_eq!(story.anonymous().get("/metrics").await.status, 401);
    let metrics = story.api.get("/metrics").await;
    assert_eq!(metrics.status, 200);
    assert!(
        metrics.text.contains(server::http::request::DURATION),
        "{}",
        metrics.text
    );
    story.end().await;
}
