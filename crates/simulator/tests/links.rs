//! Files by link, as WhatsApp fetches them.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

#[expect(dead_code, reason = "each test file uses its part of the stage")]
mod support;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};
use simulator::FileSource;
use support::{JANA, sha256, stage};
use tokio::sync::Notify;

/// A web server with files, and without any.
#[derive(Debug, Clone, Default)]
struct Host {
    /// The path and the user agent of each request.
    asked: Arc<Mutex<Vec<(String, String)>>>,
    go: Arc<Notify>,
}

impl Host {
    async fn start() -> (Self, String) {
        let host = Self::default();
        let router = Router::new().fallback(serve).with_state(host.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        (host, url)
    }
}

async fn serve(State(host): State<Host>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let agent = request.headers().get("user-agent");
    let agent = agent.map_or("", |agent| agent.to_str().unwrap()).to_owned();
    host.asked.lock().unwrap().push((path.clone(), agent));
    let typed = |mime_type: &'static str| -> [(HeaderName, &'static str); 1] { [(CONTENT_TYPE, mime_type)] };
    match path.as_str() {
        "/picture.png" => (typed("image/png"), "a picture").into_response(),
        "/late.png" => {
            host.go.notified().await;
            (typed("image/png"), "a late picture").into_response()
        }
        "/moved.png" => (StatusCode::FOUND, [(LOCATION, "/picture.png")]).into_response(),
        "/log-in.png" => (typed("text/html"), "<h1>Log in</h1>").into_response(),
        "/endless.png" => {
            let pieces = futures::stream::iter(["a", "b"].map(Ok::<_, std::io::Error>));
            (typed("image/png"), Body::from_stream(pieces)).into_response()
        }
        "/large.png" => (typed("image/png"), vec![0; 5_000_001]).into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

fn image(link: &str) -> Value {
    json!({ "messaging_product": "whatsapp", "to": JANA, "type": "image", "image": { "link": link } })
}

#[tokio::test]
async fn a_link_is_fetched_after_the_answer() {
    let stage = stage().await;
    stage.open().await;
    let (host, url) = Host::start().await;
    assert_eq!(stage.send(&image(&format!("{url}/late.png"))).await.0, 200);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(stage.console.statuses().is_empty());
    assert!(stage.meta.sent_messages()[0].file.is_none());

    host.go.notify_one();
    assert!(stage.meta.settled().await);
    let names: Vec<String> = stage
        .console
        .statuses()
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(names, ["sent", "delivered"]);
    let file = stage.meta.sent_messages()[0].file.clone().unwrap();
    assert_eq!(file.source, FileSource::Link(format!("{url}/late.png")));
    assert_eq!(file.bytes().unwrap(), b"a late picture");
    assert_eq!(file.sha256, hex::encode(sha256(b"a late picture")));
    assert_eq!(
        *host.asked.lock().unwrap(),
        [("/late.png".to_owned(), "facebookexternalua".to_owned())]
    );
}

#[tokio::test]
async fn a_link_that_is_no_file_fails_later() {
    let stage = stage().await;
    stage.open().await;
    let (host, url) = Host::start().await;
    for (path, details) in [
        ("/moved.png", "Unsupported Image mime type text/html"),
        ("/log-in.png", "Unsupported Image mime type text/html"),
        ("/nothing.png", "failed with http code 404"),
        ("/endless.png", "Content-Length is missing"),
        ("/large.png", "file size too big"),
    ] {
        let before = stage.console.statuses().len();
        assert_eq!(stage.send(&image(&format!("{url}{path}"))).await.0, 200);
        assert!(stage.meta.settled().await);
        let statuses = stage.console.statuses();
        assert_eq!(statuses.len(), before + 1, "{path}");
        let (name, failed) = &statuses[before];
        assert_eq!(
            (name.as_str(), &failed["errors"][0]["code"]),
            ("failed", &json!(131053))
        );
        let told = failed["errors"][0]["error_data"]["details"].as_str().unwrap();
        assert!(told.contains(details), "{path}: {told}");
    }
    let asked = host.asked.lock().unwrap();
    assert!(
        asked.iter().all(|(path, _)| path != "/picture.png"),
        "no redirect is followed"
    );
    assert!(stage.meta.sent_messages().iter().all(|sent| sent.file.is_none()));
}
