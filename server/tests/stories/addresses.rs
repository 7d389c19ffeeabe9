//! What an address, a host or a cookie of somebody else can do: nothing.

use crate::support::{
    Story,
    users::{Browser, PASSWORD},
};
use reqwest::{Method, header};
use url::form_urlencoded;

const WRONG: &str = "The username or the password is wrong.";

/// The address to which a log-in without a script leads.
async fn led_to(story: &Story, password: &str, next: &str) -> String {
    let form = [("login", "admin"), ("password", password), ("next", next)];
    let page = story.url.join("/login").expect("an address");
    let request = Browser::new(story)
        .calling("auth/log-in", &form)
        .header(header::ACCEPT, "text/html,*/*;q=0.8")
        .header(header::REFERER, page.as_str());
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.status(), 302);
    let to = answer.headers()[header::LOCATION].to_str().expect("text");
    to.strip_prefix(story.url.as_str().trim_end_matches('/'))
        .unwrap_or(to)
        .to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_puts_an_error_into_a_page() {
    let story = Story::on_sqlite().await;
    story.admin("admin").await;
    let stranger = Browser::new(&story);
    let address = led_to(&story, "a wrong password", "").await;
    let page = stranger.get(&address).await;
    assert!(page.status == 200 && page.text.contains(WRONG), "{address}");

    let (path, query) = address.split_once('?').expect("an error");
    // Each parameter as another one, or left out if that has no name.
    let with = |change: fn(&str, &str) -> [String; 2]| {
        let pairs = form_urlencoded::parse(query.as_bytes());
        let pairs = pairs.map(|(name, value)| change(&name, &value).into());
        let pairs = pairs.filter(|(name, _): &(String, String)| !name.is_empty());
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(pairs)
            .finish();
        format!("{path}?{query}")
    };
    let unsigned = with(|name, value| match name {
        "__sig" => [String::new(), String::new()],
        _ => [name.to_owned(), value.to_owned()],
    });
    let elsewhere = with(|name, value| [name.to_owned(), value.replace("log-in", "log-out")]);
    let twice = format!("{address}&__err=e30");
    for foreign in [unsigned, elsewhere, twice] {
        let answer = stranger.get(&foreign).await;
        assert_eq!(answer.status, 303, "{foreign}");
        let clean = answer.header("location").to_owned();
        assert!(
            clean.starts_with("/login?") && !clean.contains("__err"),
            "{clean}"
        );
        assert!(!stranger.get(&clean).await.text.contains(WRONG));
    }
    // What else is in the address stays.
    let next = stranger
        .get("/login?next=%2Fchannels&__err=e30&__path=%2Fx")
        .await;
    assert_eq!(next.header("location"), "/login?next=%2Fchannels");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_in_leads_only_to_the_console() {
    let story = Story::on_sqlite().await;
    story.admin("admin").await;
    assert_eq!(
        led_to(&story, PASSWORD, "/channels?tab=x").await,
        "/channels?tab=x"
    );
    for foreign in [
        "//evil.example",
        "/.//evil.example",
        "/%2e//evil.example",
        "https://evil.example",
    ] {
        assert_eq!(led_to(&story, PASSWORD, foreign).await, "/", "{foreign}");
    }
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_host_is_refused() {
    let story = Story::with(|settings| settings.http.hosts = vec!["pbx".to_owned()]).await;
    let line = story.support().await;
    let ask = async |host: &str, path: &str| {
        let request = Browser::new(&story)
            .request(Method::GET, path)
            .header(header::HOST, host);
        request.send().await.expect("an answer").status().as_u16()
    };
    for path in ["/login", "/api/v1/sessions", "/favicon.svg", "/events", "/help"] {
        assert_eq!(ask("evil.example", path).await, 421, "{path}");
        for own in ["pbx:3000", "localhost", "10.0.0.1:3000", "[::1]"] {
            assert_ne!(ask(own, path).await, 421, "{own} {path}");
        }
    }
    for path in ["/healthz", "/readyz", line.webhook_url.path()] {
        assert_ne!(ask("evil.example", path).await, 421, "{path}");
    }
    // A token is no cookie.
    let request = story.api.request(Method::GET, "/api/v1/sessions");
    assert_eq!(
        story
            .api
            .send(request.header(header::HOST, "evil.example"))
            .await
            .status,
        200
    );
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cookies_behind_https_are_of_this_host_alone() {
    let https = "https://pbx.example.com".parse().expect("an address");
    let story = Story::with(|settings| settings.http.public_url = Some(https)).await;
    story.admin("admin").await;
    let entered = Browser::new(&story).log_in("admin", PASSWORD).await;
    let chosen = Browser::new(&story)
        .call("auth/theme", &[("theme", "dark")])
        .await;
    let spoken = Browser::new(&story)
        .call("auth/language", &[("language", "cs")])
        .await;
    let mut names = Vec::new();
    for answer in [entered, chosen, spoken] {
        let hsts = answer.header("strict-transport-security");
        assert_eq!(hsts, "max-age=31536000; includeSubDomains");
        for cookie in answer.headers.get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().expect("text");
            assert!(
                cookie.ends_with("; Secure") || cookie.contains("; Secure;"),
                "{cookie}"
            );
            assert!(
                cookie.contains("Path=/") && !cookie.contains("Domain"),
                "{cookie}"
            );
            names.push(cookie.split('=').next().unwrap_or_default().to_owned());
        }
    }
    names.sort();
    let expected = [
        "__Host-switchboard_browser",
        "__Host-switchboard_session",
        "language",
        "theme",
    ];
    assert_eq!(names, expected);
    story.end().await;
}
