//! The cookies and headers that a browser gets, and the requests that are refused.

use crate::{
    stories,
    support::{
        Story,
        http::Answer,
        users::{Browser, COOKIE, PASSWORD, set_cookie},
    },
};
use reqwest::{
    Method,
    header::{self, HeaderValue},
};
use std::time::Duration;

stories! {
    a_log_in_is_a_cookie_with_all_its_guards
    the_session_id_is_new_at_every_log_in
    only_a_log_out_removes_the_cookie
    a_session_ends_when_idle_and_in_any_case
    logging_out_everywhere_ends_every_session
    a_disabled_person_is_out_at_once
    log_ins_are_throttled
}

const HOUR: Duration = Duration::from_secs(3600);

async fn a_log_in_is_a_cookie_with_all_its_guards(story: &Story) {
    let mut browser = story.admin("admin").await;
    let answer = browser.log_in("admin", PASSWORD).await;
    let cookies: Vec<_> = answer
        .headers
        .get_all(header::SET_COOKIE)
        .iter()
        .map(|c| c.to_str().expect("text"))
        .collect();
    let cookie = cookies
        .iter()
        .find(|cookie| cookie.starts_with("switchboard_session="))
        .expect("a cookie");
    for guard in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(guard), "{guard} in {cookie}");
    }
    assert!(
        !cookie.contains("Secure"),
        "over http a browser would not send it back"
    );

    let wrong = Browser::new(story).log_in("admin", "wrong password").await;
    assert_eq!(wrong.status, 401);
    assert_eq!(set_cookie(&wrong), None);
    let unknown = Browser::new(story).log_in("nobody", PASSWORD).await;
    assert_eq!(
        (unknown.status, unknown.text),
        (wrong.status, wrong.text),
        "nobody learns which names exist"
    );
}

async fn the_session_id_is_new_at_every_log_in(story: &Story) {
    let mut browser = story.admin("admin").await;
    let before = browser.cookie.clone().expect("a cookie");
    browser.log_in("admin", PASSWORD).await;
    let after = browser.cookie.clone().expect("a cookie");
    assert_ne!(before, after);
    assert!(browser.is_logged_in().await);
    browser.cookie = Some(before);
    assert!(!browser.is_logged_in().await, "the old id is worth nothing");

    let mut planted = Browser::new(story);
    planted.cookie = Some("AAAAAAAAAAAAAAAAAAAAAA".into());
    planted.log_in("admin", PASSWORD).await;
    assert_ne!(planted.cookie.as_deref(), Some("AAAAAAAAAAAAAAAAAAAAAA"));
}

async fn only_a_log_out_removes_the_cookie(story: &Story) {
    let mut browser = story.admin("admin").await;
    let other_tab = browser.clone();
    browser.log_in("admin", PASSWORD).await;
    // Its request was on its way when the session got its new id.
    for late in [
        other_tab.get("/inbox").await,
        other_tab.call("inbox/counts", &[]).await,
        other_tab
            .call("account/reauthenticate", &[("current", PASSWORD)])
            .await,
    ] {
        assert!(!names_cookie(&late), "{:?}", late.headers);
    }
    assert!(browser.is_logged_in().await);
    assert!(names_cookie(&browser.call("auth/log-out", &[]).await));
    assert!(!browser.is_logged_in().await);
}

fn names_cookie(answer: &Answer) -> bool {
    let cookies = answer.headers.get_all(header::SET_COOKIE).iter();
    cookies
        .map(HeaderValue::as_bytes)
        .any(|cookie| cookie.starts_with(COOKIE.as_bytes()))
}

async fn a_session_ends_when_idle_and_in_any_case(story: &Story) {
    let idle = story.admin("idle").await;
    story.clock.advance(11 * HOUR);
    assert!(idle.is_logged_in().await);
    story.clock.advance(11 * HOUR);
    assert!(idle.is_logged_in().await, "a request prolongs it");
    story.clock.advance(12 * HOUR);
    assert!(!idle.is_logged_in().await);

    let busy = story.admin("busy").await;
    let mut hours = 0;
    while busy.is_logged_in().await {
        story.clock.advance(6 * HOUR);
        hours += 6;
        assert!(hours <= 7 * 24, "a week is the end");
    }
    assert_eq!(hours, 7 * 24);
}

async fn logging_out_everywhere_ends_every_session(story: &Story) {
    let here = story.admin("admin").await;
    let mut there = Browser::new(story);
    there.log_in("admin", PASSWORD).await;
    let other = story.admin("other").await;

    let mut third = Browser::new(story);
    third.log_in("admin", PASSWORD).await;
    assert!(third.call("auth/log-out", &[]).await.status.is_success());
    assert!(!third.is_logged_in().await);
    assert!(
        here.is_logged_in().await && there.is_logged_in().await,
        "only one was logged out"
    );

    assert!(
        here.call("auth/log-out-everywhere", &[])
            .await
            .status
            .is_success()
    );
    assert!(!here.is_logged_in().await && !there.is_logged_in().await);
    assert!(other.is_logged_in().await);
}

async fn a_disabled_person_is_out_at_once(story: &Story) {
    let (extension, operator) = story.operator("201", "jana").await;
    assert!(operator.is_logged_in().await);
    let id = extension.parse().expect("an id");
    let disabled =
        engine::directory::extensions::set_disabled(&story.engine, &domain::access::Actor::System, id, true);
    disabled.await.expect("disabled");
    assert!(!operator.is_logged_in().await);
    assert_eq!(Browser::new(story).log_in("jana", PASSWORD).await.status, 401);
}

async fn log_ins_are_throttled(story: &Story) {
    story.admin("admin").await;
    let mut browser = Browser::new(story);
    let mut refused = None;
    for _ in 0..30 {
        let answer = browser.log_in("admin", "wrong password").await;
        if answer.status == 429 {
            refused = Some(answer);
            break;
        }
        assert_eq!(answer.status, 401);
    }
    assert!(refused.is_some(), "thirty guesses in a moment");
    assert_eq!(
        browser.log_in("admin", PASSWORD).await.status,
        429,
        "the right one has to wait, too"
    );
    story.clock.advance(Duration::from_secs(120));
    assert!(browser.log_in("admin", PASSWORD).await.status.is_success());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_and_its_policy_have_the_same_nonce() {
    let story = Story::on_sqlite().await;
    let browser = Browser::new(&story);
    let (first, second) = (browser.get("/login").await, browser.get("/login").await);
    for page in [&first, &second] {
        let nonces: Vec<_> = page
            .text
            .split("nonce=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        assert!(!nonces.is_empty(), "{}", page.text);
        assert!(
            nonces.iter().all(|nonce| *nonce == nonce_of(page)),
            "{nonces:?} {}",
            nonce_of(page)
        );
        let policy = page.header("content-security-policy");
        assert!(
            !policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"),
            "{policy}"
        );
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert_eq!(page.header("referrer-policy"), "same-origin");
        assert_eq!(page.header("cache-control"), "no-store");
        assert!(policy.contains("frame-ancestors 'none'"));
    }
    assert_ne!(nonce_of(&first), nonce_of(&second));
    story.end().await;
}

fn nonce_of(page: &Answer) -> &str {
    let policy = page.header("content-security-policy");
    let nonce = policy
        .split("'nonce-")
        .nth(1)
        .and_then(|rest| rest.split('\'').next());
    nonce.expect("a nonce")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_from_another_site_is_refused() {
    let story = Story::on_sqlite().await;
    let browser = story.admin("admin").await;
    let call = |name: &'static str, value: String| {
        let request = browser.calling("auth/me", &[]).header(name, value);
        async move {
            Answer::of(request.send().await.expect("an answer"))
                .await
                .status
                .as_u16()
        }
    };
    assert_eq!(call("sec-fetch-site", "same-origin".into()).await, 200);
    assert_eq!(call("sec-fetch-site", "cross-site".into()).await, 403);
    assert_eq!(call("sec-fetch-site", "same-site".into()).await, 403);
    assert_eq!(
        call("origin", story.url.origin().ascii_serialization()).await,
        200
    );
    assert_eq!(call("origin", "https://evil.example".into()).await, 403);
    assert_eq!(call("origin", "null".into()).await, 403);

    // Requests of scripts and of Meta carry no cookie that another site could misuse.
    let script = story
        .api
        .request(Method::POST, "/api/v1/extensions")
        .header("origin", "https://tool.example");
    let made = story
        .api
        .send(script.json(&serde_json::json!({"number": "201", "name": "Jana"})))
        .await;
    assert_eq!(made.status, 201);
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_leads_nowhere_says_so_to_those_inside() {
    let story = Story::on_sqlite().await;
    let (admin, anonymous) = (story.admin("admin").await, Browser::new(&story));
    for path in [
        "/no/such/page",
        "/hash.txt",
        "/../Cargo.toml",
        "/pkg/",
        "/%2e%2e/Cargo.toml",
    ] {
        assert_eq!(admin.get(path).await.status, 404, "{path}");
        let answer = anonymous.get(path).await;
        assert!(
            answer.header("location").starts_with("/login"),
            "{path}: {answer:?}"
        );
    }
    for path in ["/pkg/nothing.js", "/pkg/../hash.txt", "/pkg/x/../../hash.txt"] {
        assert_ne!(anonymous.get(path).await.status, 200, "{path}");
    }
    let post = admin
        .request(Method::POST, "/no/such/page")
        .send()
        .await
        .expect("an answer");
    assert_eq!(post.status(), 404);
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_in_works_without_javascript() {
    let story = Story::on_sqlite().await;
    story.admin("admin").await;
    let form = |password: &'static str| {
        let arguments = [("login", "admin"), ("password", password), ("next", "/channels")];
        let post = Browser::new(&story).calling("auth/log-in", &arguments);
        let post = post.header(header::REFERER, story.url.join("/login").expect("a URL").as_str());
        post.header("sec-fetch-site", "same-origin")
            .header(header::ACCEPT, "text/html,*/*;q=0.8")
    };
    let good = Answer::of(form(PASSWORD).send().await.expect("an answer")).await;
    assert_eq!(
        (good.status.as_u16(), good.header("location")),
        (302, "/channels")
    );
    assert!(set_cookie(&good).is_some());
    let bad = Answer::of(form("wrong password").send().await.expect("an answer")).await;
    assert_eq!(
        bad.status, 302,
        "back to the form, with the reason in the address"
    );
    assert!(bad.header("location").contains("/login?"));
    story.end().await;
}
