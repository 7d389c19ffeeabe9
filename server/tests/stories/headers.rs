//! What every answer says to a browser, whoever made it: a handler, a layer, or nobody.

use crate::support::{Story, http::client, users::COOKIE};
use reqwest::{
    Method, RequestBuilder,
    header::{self, HeaderMap, HeaderName, HeaderValue},
};
use server::{
    http::{routes::routes, security::NO_PAGE},
    settings::Settings,
};
use std::{collections::BTreeSet, time::Duration};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

const NOTHING: &str = "00000000-0000-0000-0000-000000000000";
const METHODS: [Method; 8] = [
    Method::GET,
    Method::HEAD,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
    Method::OPTIONS,
    Method::TRACE,
];

async fn behind_https(more: impl FnOnce(&mut Settings)) -> Story {
    Story::with(|settings| {
        settings.http.public_url = Some("https://pbx.example.com".parse().expect("an address"));
        more(settings);
    })
    .await
}

fn check(asked: &str, headers: &HeaderMap) {
    let text = |name: &str| {
        headers
            .get(name)
            .map_or("", |value| value.to_str().expect("text"))
    };
    for (name, value) in [
        ("strict-transport-security", "max-age=31536000; includeSubDomains"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
    ] {
        assert_eq!(text(name), value, "{name} of {asked}");
        assert_eq!(headers.get_all(name).iter().count(), 1, "{name} of {asked}");
    }
    assert!(!text("cache-control").is_empty(), "{asked}");
    let (kind, policy) = (text("content-type"), text("content-security-policy"));
    match kind.starts_with("text/html") || kind.starts_with("text/javascript") {
        true => {
            for part in [
                "'nonce-",
                "object-src 'none'",
                "base-uri 'none'",
                "frame-ancestors 'none'",
            ] {
                assert!(policy.contains(part), "{part} of {asked}: {policy}");
            }
        }
        false => assert_eq!(policy, NO_PAGE, "{asked}"),
    }
    if kind.starts_with("text/") || kind.contains("+xml") {
        assert!(kind.ends_with("; charset=utf-8"), "{asked}: {kind}");
    }
}

/// Reads only the head of the answer, because a stream has no end.
async fn status(request: RequestBuilder) -> u16 {
    let (client, request) = request.build_split();
    let request = request.expect("a request");
    let asked = format!("{} {}", request.method(), request.url());
    let answer = client.execute(request).await.expect("an answer");
    let asked = format!("{asked} ({})", answer.status());
    check(&asked, answer.headers());
    answer.status().as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_has_the_headers() {
    let story = behind_https(|_| {}).await;
    let line = story.support_before_the_handshake().await;
    let admin = story.admin("admin").await.cookie.expect("a session");
    let webhook_id = line.webhook_url.path().rsplit('/').next().expect("an id");
    let mut paths: Vec<String> = routes()
        .iter()
        .map(|route| {
            let path = route.path.replace("{webhook_id}", webhook_id);
            let path = path.replace("{language}", "en").replace("{name}", "inbox");
            path.replace("{id}", NOTHING).replace("{message}", NOTHING)
        })
        .collect();
    let pages = leptos_axum::generate_route_list(app::App);
    paths.extend(pages.iter().map(|page| page.path().to_owned()));
    paths.extend(server_fn::axum::server_fn_paths().map(|(path, _)| path.to_owned()));
    paths.extend(["/favicon.svg", "/push.js", "/no/such/page", "/webhooks/none"].map(str::to_owned));
    let (client, mut statuses) = (client(), BTreeSet::new());
    for path in paths {
        for method in METHODS {
            let url = story.url.join(&path).expect("a path");
            let request = client.request(method.clone(), url);
            let inside = request.try_clone().expect("no stream");
            let inside = inside.header(header::COOKIE, format!("__Host-{COOKIE}={admin}"));
            let script = story.api.request(method, &path);
            // It stays logged in.
            let inside = Some(inside).filter(|_| !path.contains("/log-out"));
            for request in [Some(request), Some(script), inside].into_iter().flatten() {
                statuses.insert(status(request).await);
            }
        }
    }
    for expected in [200, 302, 401, 403, 404, 405] {
        assert!(statuses.contains(&expected), "{expected}: {statuses:?}");
    }
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_refusal_of_a_layer_has_the_headers() {
    let story = behind_https(|settings| {
        settings.http.request_seconds = Duration::from_secs(3);
        settings.http.webhook_body_bytes = 1000;
    })
    .await;
    let line = story.support_before_the_handshake().await;
    let client = client();
    let at = |method: Method, path: &str| client.request(method, story.url.join(path).expect("a path"));
    let large = vec![b' '; 100_000];
    let log_in = "/rpc/auth/log-in";
    assert_eq!(status(at(Method::GET, "/login?next=%00")).await, 400);
    assert_eq!(status(at(Method::POST, log_in).body(large.clone())).await, 413);
    let foreign = at(Method::POST, log_in).header("sec-fetch-site", "cross-site");
    assert_eq!(status(foreign).await, 403);
    let elsewhere = at(Method::GET, "/login").header(header::HOST, "evil.example");
    assert_eq!(status(elsewhere).await, 421);

    let webhook = line.webhook_url.path();
    let question = format!(
        "{webhook}?hub.mode=subscribe&hub.challenge=1&hub.verify_token={}",
        line.verify_token
    );
    assert_eq!(status(at(Method::GET, &question)).await, 200);
    let signed = |body: Vec<u8>| {
        let signature = line.app.sign(&body);
        at(Method::POST, webhook)
            .header("x-hub-signature-256", signature)
            .body(body)
    };
    assert_eq!(status(signed(b"{}".to_vec())).await, 200);
    assert_eq!(status(signed(large)).await, 413);

    for (path, signature) in [(log_in, String::new()), (webhook, line.app.sign(b"{}"))] {
        let (line, headers) = never_ending(&story, path, &signature).await;
        assert!(line.starts_with("HTTP/1.1 408"), "{path}: {line}");
        check(path, &headers);
    }
    story.end().await;
}

/// The answer to a body that does not come.
async fn never_ending(story: &Story, path: &str, signature: &str) -> (String, HeaderMap) {
    let at = story.url.socket_addrs(|| None).expect("an address");
    let mut stream = TcpStream::connect(&at[..]).await.expect("a connection");
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\nx-hub-signature-256: {signature}\r\n\r\n{{"
    );
    stream.write_all(head.as_bytes()).await.expect("sent");
    let mut answer = Vec::new();
    while !answer.windows(4).any(|four| four == b"\r\n\r\n") {
        assert!(stream.read_buf(&mut answer).await.expect("an answer") > 0);
    }
    let answer = String::from_utf8(answer).expect("text");
    let mut lines = answer.lines();
    let first = lines.next().expect("a line").to_owned();
    let headers = lines
        .map_while(|line| line.split_once(": "))
        .map(|(name, value)| {
            let name: HeaderName = name.parse().expect("a name");
            (name, HeaderValue::from_str(value).expect("a value"))
        });
    (first, headers.collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_their_request_back() {
    let story = Story::on_sqlite().await;
    let line = story.support().await;
    let paths = ["/", "/login", "/api/v1/sessions", "/rpc/auth/me", "/no/such/page"];
    for path in paths.into_iter().chain([line.webhook_url.path()]) {
        let request = story.api.request(Method::TRACE, path);
        let answer = story
            .api
            .send(request.header(header::COOKIE, "secret=of-a-browser"))
            .await;
        assert!([404, 405].contains(&answer.status.as_u16()), "{path}: {answer:?}");
        let headers = format!("{:?}", answer.headers);
        for text in [&headers, &answer.text] {
            assert!(!text.contains("of-a-browser"), "{path}: {text}");
        }
    }
    story.end().await;
}
