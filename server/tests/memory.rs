//! Large files take little memory: ten uploads and ten downloads at once, both ways to Meta included.
//!
//! `SWITCHBOARD_TEST_FILE_MB` sets the size of a file; the memory does not depend on it.

#[expect(dead_code, reason = "crash.rs and faults.rs use the rest")]
mod program;
#[expect(dead_code, reason = "the stories use the rest")]
#[path = "support/s3.rs"]
mod s3;

use axum::{
    Json, Router,
    body::Body,
    extract::Path,
    http::header::CONTENT_LENGTH,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use futures::{StreamExt as _, future::join_all, stream};
use program::{Program, Store, delivery, text_message};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const AT_ONCE: usize = 10;
/// In kilobytes, besides the program's file: together less than 150 MB for a release, whose file is smaller than a debug
/// build's.
const MOST_MEMORY: u64 = 80_000;
const PART: usize = 64 * 1024;

fn size() -> usize {
    let megabytes = std::env::var("SWITCHBOARD_TEST_FILE_MB").ok();
    let megabytes = megabytes.and_then(|megabytes| megabytes.parse().ok());
    megabytes.unwrap_or(25) * 1_000_000
}

/// A file that nobody holds in memory.
fn file() -> impl futures::Stream<Item = std::io::Result<bytes::Bytes>> {
    let whole = bytes::Bytes::from(vec![b'x'; PART]);
    let parts = (0..size().div_ceil(PART)).map(move |n| Ok(whole.slice(..PART.min(size() - n * PART))));
    stream::iter(parts)
}

/// A stand-in for Meta that keeps nothing.
async fn meta() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    let base = url.clone();
    let info = move |Path(id): Path<String>| async move {
        Json(
            json!({"id": id, "url": format!("{base}file"), "mime_type": "application/pdf", "file_size": size()}),
        )
    };
    let download = || async { ([(CONTENT_LENGTH, size())], Body::from_stream(file())) };
    let router = Router::new()
        .route("/v25.0/{number}/media", post(uploaded))
        .route("/v25.0/{number}/messages", post(accepted))
        .route("/v25.0/{id}", get(info))
        .route("/file", get(download));
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

async fn uploaded(body: Body) -> Response {
    let mut body = body.into_data_stream();
    let mut length = 0;
    while let Some(Ok(part)) = body.next().await {
        length += part.len();
    }
    assert!(length > size(), "the whole file and its form");
    Json(json!({"id": "1"})).into_response()
}

async fn accepted(Json(message): Json<Value>) -> Json<Value> {
    let key = message["biz_opaque_callback_data"].as_str().unwrap_or_default();
    Json(json!({"messages": [{"id": format!("wamid.{key}")}]}))
}

struct Desk {
    program: Program,
    client: Client,
}

impl Desk {
    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("http://{}{path}", self.program.address);
        self.client.request(method, url).bearer_auth(&self.program.token)
    }

    async fn json(&self, request: RequestBuilder) -> Value {
        let answer = request.send().await.expect("an answer");
        let (status, text) = (answer.status(), answer.text().await.expect("text"));
        assert!(status.is_success(), "{status} {text}\n{}", self.program.log());
        serde_json::from_str(&text).unwrap_or_default()
    }

    async fn uploads(&self, session: &str) {
        let metadata = format!("session {}", BASE64_STANDARD.encode(session));
        let begun = self.request(Method::POST, "/api/v1/uploads");
        let begun = begun
            .header("upload-length", size())
            .header("upload-metadata", metadata);
        let begun = begun.send().await.expect("an answer");
        let place = begun.headers()["location"].to_str().expect("text").to_owned();
        let append = self.request(Method::PATCH, &place);
        let append = append
            .header("content-type", "application/offset+octet-stream")
            .header("upload-offset", 0)
            .body(reqwest::Body::wrap_stream(file()));
        self.json(append).await;
        let file = place.rsplit('/').next().expect("an id");
        let path = format!("/api/v1/sessions/{session}/messages");
        let message = json!({"type": "document", "document": {"file": file, "filename": "a.pdf"}});
        self.json(self.request(Method::POST, &path).json(&message)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_uploads_and_ten_downloads_at_once_take_little_memory() {
    ten_of_each_take_little_memory(&[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_of_each_take_little_memory_with_a_bucket() {
    let s3 = s3::S3::start().await;
    let endpoint: &'static str = format!("http://{}/", s3.address).leak();
    ten_of_each_take_little_memory(&[
        ("SWITCHBOARD_FILES__S3__BUCKET", s3::BUCKET),
        ("SWITCHBOARD_FILES__S3__ENDPOINT", endpoint),
        ("SWITCHBOARD_FILES__S3__ALLOW_HTTP", "true"),
        ("SWITCHBOARD_FILES__S3__ACCESS_KEY_ID", s3::KEY),
        ("SWITCHBOARD_FILES__S3__SECRET_ACCESS_KEY", s3::SECRET),
    ])
    .await;
}

async fn ten_of_each_take_little_memory(more: &[(&'static str, &'static str)]) {
    let meta: &'static str = meta().await.leak();
    let mut settings = vec![
        ("SWITCHBOARD_META__GRAPH_URL", meta),
        ("SWITCHBOARD_FILES__FREE_MB", "1"),
    ];
    settings.extend(more);
    let program = Program::connected_with(Store::Sqlite, &settings).await;
    let client = Client::new();
    let post = async |messages: &[Value]| {
        let answer = program::post(&client, &program.webhook, delivery(messages, &[])).await;
        assert_eq!(answer, Some(200));
    };
    let now = engine::Clock::system().now().millis() / 1000;
    let mut first = text_message("wamid.0", "420800555201");
    first["timestamp"] = json!(now.to_string());
    post(&[first]).await;
    let _ = program.applied().await;
    let documents: Vec<_> = (1..=AT_ONCE)
        .map(|n| {
            json!({"id": format!("wamid.{n}"), "from": "420800555201", "timestamp": now.to_string(),
                "type": "document", "document": {"id": n.to_string(), "mime_type": "application/pdf"}})
        })
        .collect();
    post(&documents).await;
    let desk = Desk { program, client };
    let sessions = desk.json(desk.request(Method::GET, "/api/v1/sessions")).await;
    let session = sessions["items"][0]["id"].as_str().expect("an id").to_owned();
    let pick_up = format!("/api/v1/sessions/{session}/pick-up");
    desk.json(
        desk.request(Method::POST, &pick_up)
            .json(&json!({"extension": "201"})),
    )
    .await;

    let started = Instant::now();
    join_all((0..AT_ONCE).map(|_| desk.uploads(&session))).await;
    let path = format!("/api/v1/sessions/{session}/messages?limit=200");
    let messages = loop {
        let messages = desk.json(desk.request(Method::GET, &path)).await;
        let messages = messages["items"].as_array().expect("a list").clone();
        let over = |message: &&Value| {
            let inbound = message["direction"] == "inbound";
            message["status"] == "sent" || (inbound && message["file"]["state"] == "here")
        };
        if messages.iter().filter(over).count() == 2 * AT_ONCE {
            break messages;
        }
        assert!(
            started.elapsed() < Duration::from_secs(300),
            "{messages:#?}\n{}",
            desk.program.log()
        );
        tokio::time::sleep(Duration::from_millis(200)).await;
    };
    assert_eq!(messages.len(), 2 * AT_ONCE + 1);
    assert!(
        messages
            .iter()
            .any(|message| message["wamid"] == json!(format!("wamid.{AT_ONCE}")))
    );
    let status = std::fs::read_to_string(format!("/proc/{}/status", desk.program.id())).expect("Linux");
    let kilobytes = |what: &str| -> u64 {
        let line = status.lines().find_map(|line| line.strip_prefix(what));
        let number = line.map(|line| line.trim().trim_end_matches(" kB"));
        number.and_then(|number| number.parse().ok()).expect("a number")
    };
    // The pages of the program itself are on disk, too, and grow with each feature: they are not what a transfer takes.
    let peak = kilobytes("VmHWM:") - kilobytes("RssFile:");
    println!("{} kB of the program's file are in memory", kilobytes("RssFile:"));
    println!(
        "{} files of {} MB in {:?}: {} MB at the most",
        2 * AT_ONCE,
        size() / 1_000_000,
        started.elapsed(),
        peak / 1000
    );
    assert!(peak < MOST_MEMORY, "{peak} kB");
}
