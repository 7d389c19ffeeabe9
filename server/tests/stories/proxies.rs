//! Tests the server behind real reverse proxies, configured as in docs/OPERATING.md, over HTTP/2 with TLS.

mod program;

use self::program::{HOST, Kind, Proxy};
use crate::support::{
    Story,
    events::Events,
    users::{Browser, PASSWORD},
    world::{Line, delivery, text_message},
};
use futures::future::join_all;
use reqwest::{Client, Method, Version};
use serde_json::json;
use std::time::{Duration, Instant};
use url::Url;

/// The browser's address, which the server must see.
const CLIENT: &str = "127.0.0.9";
/// An address that a client falsely claims.
const CLAIMED: &str = "198.51.100.7";
/// Tabs of a browser, each with a stream, on one connection.
const TABS: usize = 7;
/// mod_http2 begins with six requests at once on a connection, and raises that number only while requests end
/// (`processing_limit` in its `h2_mplx.c`): these streams leave room for one more request.
const TABS_BEHIND_APACHE: usize = 5;
/// A proxy that fills its buffer first would take an hour.
const AT_ONCE: Duration = Duration::from_secs(3);

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs nginx; cargo xtask test runs it"]
async fn behind_nginx() {
    let proxied = Proxied::by(|port| Kind::Nginx.documented(port)).await;
    proxied.works(TABS).await;
    proxied.end().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs nginx; cargo xtask test runs it"]
async fn behind_nginx_as_everybody_sets_it_up() {
    // Only `proxy_pass`: no header, buffering on, HTTP/1.0 to the server.
    let site = format!(
        "server {{ listen 443 ssl http2; ssl_certificate /etc/ssl/{HOST}.pem; ssl_certificate_key /etc/ssl/{HOST}.key; \
         location / {{ proxy_pass http://127.0.0.1:3000; }} }}"
    );
    let proxied = Proxied::by(|port| Kind::Nginx.with(&site, port)).await;
    proxied.is_live(TABS).await;
    proxied.end().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Caddy; cargo xtask test runs it"]
async fn behind_caddy() {
    let proxied = Proxied::by(|port| Kind::Caddy.documented(port)).await;
    proxied.works(TABS).await;
    proxied.end().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs HAProxy; cargo xtask test runs it"]
async fn behind_haproxy() {
    let proxied = Proxied::by(|port| Kind::Haproxy.documented(port)).await;
    proxied.works(TABS).await;
    proxied.end().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Apache; cargo xtask test runs it"]
async fn behind_apache() {
    let proxied = Proxied::by(|port| Kind::Apache.documented(port)).await;
    proxied.works(TABS_BEHIND_APACHE).await;
    proxied.end().await;
}

/// A story whose server is reached only through a proxy.
struct Proxied {
    story: Story,
    _proxy: Proxy,
    client: Client,
    url: Url,
    line: Line,
    browser: Browser,
}

impl Proxied {
    async fn by(configured: impl FnOnce(u16) -> program::Site) -> Self {
        let port = program::free_port();
        let url: Url = format!("https://{HOST}:{port}/").parse().expect("a URL");
        let public_url = url.clone();
        let story = Story::with(move |settings| settings.http.public_url = Some(public_url)).await;
        let proxy = Proxy::start(configured(port), story.url.port().expect("a port"));
        let client = proxy.client(CLIENT.parse().expect("an address"));
        proxy.is_ready(&client, &url).await;

        story.admin("admin").await;
        // The simulator knows neither the name nor the certificate, so the story performs the handshake itself.
        let line = story.support_before_the_handshake().await;
        let mut browser = Browser::through(client.clone(), url.clone());
        let answer = browser.log_in("admin", PASSWORD).await;
        assert!(browser.cookie.is_some(), "{answer:?}");
        Self {
            story,
            _proxy: proxy,
            client,
            url,
            line,
            browser,
        }
    }

    async fn works(&self, tabs: usize) {
        self.is_live(tabs).await;
        self.knows_the_client().await;
        self.lets_webhooks_through().await;
        self.echoes_nothing().await;
    }

    async fn is_live(&self, tabs: usize) {
        let page = self.browser.request(Method::GET, "/inbox").send().await;
        let page = page.expect("an answer");
        assert_eq!((page.status().as_u16(), page.version()), (200, Version::HTTP_2));

        let begun = Instant::now();
        let mut tabs = join_all((0..tabs).map(|_| Events::open(&self.browser))).await;
        join_all(tabs.iter_mut().map(Events::hello)).await;
        assert!(
            begun.elapsed() < AT_ONCE,
            "the first bytes after {:?}",
            begun.elapsed()
        );

        let body = delivery(
            &self.line.phone_number_id,
            "420800555201",
            &[text_message("420800555201", "wamid.live", "Hello")],
        );
        let begun = Instant::now();
        assert_eq!(self.post(body).await, 200);
        join_all(tabs.iter_mut().map(|tab| tab.until("message"))).await;
        assert!(begun.elapsed() < AT_ONCE, "a message after {:?}", begun.elapsed());
        // The streams stay open.
        join_all(tabs.iter_mut().map(|tab| tab.named("ping"))).await;
    }

    async fn knows_the_client(&self) {
        for claim in [None, Some(CLAIMED)] {
            let mut request = self.browser.calling("countries/overview", &[]);
            if let Some(claim) = claim {
                request = request.header("x-forwarded-for", claim);
            }
            let answer = request.header("accept", "application/json").send().await;
            let overview: serde_json::Value = answer.expect("an answer").json().await.expect("JSON");
            assert_eq!(overview["you"][0], CLIENT, "whatever the client says: {claim:?}");
        }
    }

    async fn lets_webhooks_through(&self) {
        let query = [
            ("hub.mode", "subscribe"),
            ("hub.verify_token", &self.line.verify_token),
            ("hub.challenge", "1158201444"),
        ];
        let handshake = self.client.get(self.line.webhook_url.clone()).query(&query);
        let answer = handshake.send().await.expect("an answer");
        assert_eq!(answer.text().await.expect("text"), "1158201444");

        // Meta sends up to 3 MB, https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/overview
        let mut message = text_message("420800555201", "wamid.large", "Much");
        message["padding"] = json!("x".repeat(3 * 1024 * 1024 - 1024));
        let body = delivery(&self.line.phone_number_id, "420800555201", &[message]);
        assert!(body.len() > 3_140_000);
        assert_eq!(self.post(body).await, 200);
        self.story.engine.settled().await;
        let messages = self.story.messages(&self.story.session().await).await;
        let texts: Vec<_> = messages.iter().map(|message| &message["text"]["body"]).collect();
        assert_eq!(texts.len(), 2, "{texts:?}");
    }

    /// Some servers answer TRACE with the request, and so with the cookie that no script may read.
    async fn echoes_nothing(&self) {
        let request = self.browser.request(Method::TRACE, "/login");
        let answer = request.header("max-forwards", "0").send().await;
        let answer = answer.expect("an answer");
        assert!([404, 405].contains(&answer.status().as_u16()), "{answer:?}");
        let text = answer.text().await.expect("text");
        assert!(!text.to_lowercase().contains("cookie"), "{text}");
    }

    async fn post(&self, body: Vec<u8>) -> u16 {
        let signature = self.line.app.sign(&body);
        let request = self
            .client
            .post(self.line.webhook_url.clone())
            .header("content-type", "application/json")
            .header("x-hub-signature-256", signature);
        let answer = request.body(body).send().await.expect("an answer");
        answer.status().as_u16()
    }

    async fn end(self) {
        assert_eq!(self.line.webhook_url.origin(), self.url.origin());
        self.story.end().await;
    }
}
