//! Draws every page for many browsers at once, some of which disconnect in the middle; and checks compression.

use crate::support::{
    Story, panics,
    users::{Browser, COOKIE},
    world::id_of,
};
use flate2::read::GzDecoder;
use futures::{StreamExt as _, future::join_all, stream};
use reqwest::{Method, StatusCode, header};
use server::http::pages;
use std::{io::Read as _, time::Duration};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

const AT_ONCE: usize = 16;
const PAGES: usize = 3000;

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn many_browsers_at_once_see_every_page_on_sqlite() {
    many_browsers_at_once_see_every_page(Story::on_sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
#[ignore = "needs PostgreSQL; cargo xtask test runs them"]
async fn many_browsers_at_once_see_every_page_on_postgres() {
    many_browsers_at_once_see_every_page(Story::on_postgres().await).await;
}

async fn many_browsers_at_once_see_every_page(story: Story) {
    panics::count();
    let (extension, operator) = story.operator("201", "jana").await;
    let admin = story.admin("admin").await;
    let queue = story.queue("Support", &[&extension]).await;
    let line = story.channel(&story.app(1), 1, "queue", &queue).await;
    story.connect(&line).await;
    for n in 1..=3 {
        story.says(story.customer(n), &line, "Hello").await;
    }
    let session = id_of(&story.api.items("/api/v1/sessions").await[0]);
    let message = story
        .api
        .get(&format!("/api/v1/sessions/{session}/messages"))
        .await;
    let message = id_of(&message.ok()["items"][0]);

    let paths: Vec<String> = pages::pages()
        .iter()
        .map(|page| {
            let path = page.path();
            let id = match path.split('/').nth(2).unwrap_or_default() {
                "messages" => &message,
                "{session}" => &session,
                _ if path.starts_with("/channels") => &line.channel,
                _ if path.starts_with("/queues") => &queue,
                _ if path.starts_with("/extensions") => &extension,
                _ => "00000000-0000-0000-0000-000000000001",
            };
            let parts = path
                .split('/')
                .map(|part| if part.starts_with('{') { id } else { part });
            parts.collect::<Vec<_>>().join("/")
        })
        .chain(
            [
                "/inbox?tab=all",
                "/inbox?tab=waiting&q=hello",
                "/no/such/page",
                "/channels/none",
            ]
            .map(str::to_owned),
        )
        .collect();
    assert!(paths.len() > 20, "{paths:?}");

    let browsers = [admin, operator, Browser::new(&story)];
    let seen = stream::iter(0..PAGES).map(|n| {
        // Every path for every browser, in an order that takes long to repeat.
        let (path, browser) = (
            &paths[n % paths.len()],
            &browsers[n / paths.len() % browsers.len()],
        );
        let address = story.url.socket_addrs(|| None).expect("an address")[0];
        async move {
            if n % 7 == 3 {
                break_off(address, path, browser, Duration::from_millis(n as u64 % 12)).await;
                return None;
            }
            let page = browser.get(path).await;
            (page.status >= StatusCode::INTERNAL_SERVER_ERROR).then(|| (path.clone(), page.status))
        }
    });
    let failed: Vec<_> = seen
        .buffer_unordered(AT_ONCE)
        .filter_map(|failed| async move { failed })
        .collect()
        .await;
    assert!(failed.is_empty(), "{} of {PAGES}: {failed:?}", failed.len());
    story.settled().await;
    story.end().await;
    panics::assert_none();
}

/// Requests a page and disconnects, sometimes before the response's head arrives and sometimes after it.
async fn break_off(address: std::net::SocketAddr, path: &str, browser: &Browser, after: Duration) {
    let cookie = browser.cookie.as_deref().unwrap_or_default();
    let ask = format!(
        "{} {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nCookie: {COOKIE}={cookie}\r\n\r\n",
        Method::GET
    );
    let mut line = TcpStream::connect(address).await.expect("a connection");
    line.write_all(ask.as_bytes()).await.expect("a request");
    let mut head = [0; 64];
    let _ = tokio::time::timeout(after, line.read(&mut head)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_wait_for_a_place_and_not_for_ever() {
    let story = Story::with(|settings| settings.http.pages = 1).await;
    let admin = story.admin("admin").await;
    let address = story.url.socket_addrs(|| None).expect("an address")[0];
    let pages = stream::iter(0..60).map(|n| {
        let admin = &admin;
        async move {
            match n % 3 {
                0 => break_off(address, "/inbox", admin, Duration::from_millis(n % 12)).await,
                _ => assert_eq!(admin.get("/inbox").await.status, StatusCode::OK),
            }
        }
    });
    pages.buffer_unordered(4).collect::<Vec<()>>().await;
    story.end().await;

    let story = Story::with(|settings| settings.http.pages = 0).await;
    let refused = [("en", "Too much at once"), ("cs", "Příliš mnoho najednou")].map(|(language, said)| {
        let asked = Browser::new(&story).request(Method::GET, "/login");
        let asked = asked.header(header::ACCEPT_LANGUAGE, language).send();
        async move {
            let refused = asked.await.expect("an answer");
            assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
            assert!(refused.headers().contains_key(header::RETRY_AFTER));
            assert!(refused.text().await.expect("text").contains(said));
        }
    });
    join_all(refused).await;
    let alive = story.api.get("/healthz").await;
    assert!(alive.status.is_success(), "the rest goes on");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_and_data_are_packed_for_who_takes_it() {
    let story = Story::on_sqlite().await;
    let admin = story.admin("admin").await;
    for n in 0..12 {
        story.extension(&format!("2{n:02}")).await;
    }
    let pages = [
        admin.request(Method::GET, "/inbox"),
        Browser::new(&story).request(Method::GET, "/login"),
    ];
    let data = [
        admin
            .calling("extensions/list", &[])
            .header(header::ACCEPT, "application/json"),
        story.api.request(Method::GET, "/api/v1/extensions"),
    ];
    for request in pages.into_iter().chain(data) {
        let plain = request
            .try_clone()
            .expect("no stream")
            .send()
            .await
            .expect("an answer");
        assert_eq!(plain.headers().get(header::CONTENT_ENCODING), None);
        assert_eq!(plain.headers()[header::VARY], "accept-encoding");
        let plain = plain.text().await.expect("a body");
        let packed = request
            .header(header::ACCEPT_ENCODING, "gzip, br")
            .send()
            .await
            .expect("an answer");
        assert_eq!(packed.headers()[header::CONTENT_ENCODING], "gzip", "{plain}");
        let packed = packed.bytes().await.expect("a body");
        assert!(
            packed.len() * 2 < plain.len(),
            "{} of {}",
            packed.len(),
            plain.len()
        );
        let mut text = String::new();
        GzDecoder::new(&packed[..])
            .read_to_string(&mut text)
            .expect("what was packed");
        let start = plain.floor_char_boundary(60);
        assert_eq!(text[..start], plain[..start]);
    }
    for (path, kind) in [
        ("/events", "text/event-stream; charset=utf-8"),
        ("/healthz", "text/plain; charset=utf-8"),
    ] {
        let asked = admin
            .request(Method::GET, path)
            .header(header::ACCEPT_ENCODING, "gzip");
        let answer = asked.send().await.expect("an answer");
        assert_eq!(answer.headers()[header::CONTENT_TYPE], kind);
        assert_eq!(answer.headers().get(header::CONTENT_ENCODING), None, "{path}");
    }
    story.end().await;
}
