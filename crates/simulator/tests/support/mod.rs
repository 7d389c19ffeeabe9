//! A miniature console: it passes the handshake, records the POSTs it receives, and answers as told.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use simulator::{AppSpec, CustomerId, CustomerSpec, NumberSpec, Options, Simulator, TokenState};

pub const APP: &str = "111";
pub const SECRET: &str = "app secret";
pub const WABA: &str = "222";
pub const NUMBER: &str = "333";
pub const TOKEN: &str = "EAAG";
pub const VERIFY_TOKEN: &str = "verify + me";
pub const JANA: &str = "420800555101";

/// Sunday 22 November 2026, 12:00 UTC, in unix milliseconds.
pub const NOON: i64 = 1_795_348_800_000;

/// One POST as received.
#[derive(Debug, Clone)]
pub struct Received {
    pub signature: String,
    pub bytes: Bytes,
}

impl Received {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }

    /// The `value` of the only change.
    pub fn value(&self) -> Value {
        self.json()["entry"][0]["changes"][0]["value"].clone()
    }

    /// Computed here on purpose, not with the crate under test.
    pub fn is_signed(&self) -> bool {
        let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
        mac.update(&self.bytes);
        self.signature == format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
    }
}

#[derive(Debug, Clone, Default)]
pub struct Console {
    received: Arc<Mutex<Vec<Received>>>,
    answers: Arc<Mutex<VecDeque<u16>>>,
}

impl Console {
    /// Starts a console and returns the address of its webhook.
    pub async fn start() -> (Self, String) {
        let console = Self::default();
        let router = Router::new()
            .route("/webhook", get(handshake).post(receive))
            .with_state(console.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/webhook", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        (console, url)
    }

    /// The next POSTs get these answers; all later ones get 200.
    pub fn answers(&self, statuses: &[u16]) {
        self.answers.lock().unwrap().extend(statuses);
    }

    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// The received statuses, as `(status, whole object)`.
    pub fn statuses(&self) -> Vec<(String, Value)> {
        let all = self.received().into_iter().flat_map(|received| {
            received.value()["statuses"]
                .as_array()
                .cloned()
                .unwrap_or_default()
        });
        all.map(|status| (status["status"].as_str().unwrap().to_owned(), status))
            .collect()
    }

    /// The received texts, in order.
    pub fn texts(&self) -> Vec<String> {
        let all = self.received().into_iter().flat_map(|received| {
            received.value()["messages"]
                .as_array()
                .cloned()
                .unwrap_or_default()
        });
        all.map(|message| message["text"]["body"].as_str().unwrap().to_owned())
            .collect()
    }
}

async fn handshake(Query(query): Query<Vec<(String, String)>>) -> (StatusCode, String) {
    let get = |name: &str| {
        query
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.clone())
    };
    match get("hub.verify_token").as_deref() {
        Some(VERIFY_TOKEN) if get("hub.mode").as_deref() == Some("subscribe") => {
            (StatusCode::OK, get("hub.challenge").unwrap())
        }
        // A catch-all page: 200, but not the challenge.
        Some("any page") => (StatusCode::OK, "<html>Welcome</html>".into()),
        _ => (StatusCode::FORBIDDEN, "no".into()),
    }
}

async fn receive(State(console): State<Console>, headers: HeaderMap, bytes: Bytes) -> (StatusCode, String) {
    let signature = headers
        .get("x-hub-signature-256")
        .map_or("", |value| value.to_str().unwrap())
        .to_owned();
    console
        .received
        .lock()
        .unwrap()
        .push(Received { signature, bytes });
    let status = console.answers.lock().unwrap().pop_front().unwrap_or(200);
    (StatusCode::from_u16(status).unwrap(), format!("answer {status}"))
}

/// A world with one number, subscribed to a console, and a customer who can be written to.
pub struct Stage {
    pub meta: Simulator,
    pub console: Console,
    pub callback: String,
    pub jana: CustomerId,
    pub http: reqwest::Client,
}

pub async fn stage() -> Stage {
    stage_with(|options| options).await
}

pub async fn stage_with(change: impl FnOnce(Options) -> Options) -> Stage {
    let options = Options {
        now: Arc::new(|| NOON),
        ..Options::default()
    };
    let meta = Simulator::start(change(options)).await.unwrap();
    meta.add_app(AppSpec {
        id: APP.into(),
        secret: SECRET.into(),
    });
    meta.add_number(NumberSpec {
        phone_number_id: NUMBER.into(),
        waba_id: WABA.into(),
        display_phone_number: "+420 800 555 010".into(),
        verified_name: "Příklad".into(),
        app_id: APP.into(),
    });
    meta.add_token(TOKEN, TokenState::Valid);
    let jana = meta.add_customer(CustomerSpec {
        name: "Jana Nováková".into(),
        wa_id: Some(JANA.into()),
        ..CustomerSpec::default()
    });
    let (console, callback) = Console::start().await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    Stage {
        meta,
        console,
        callback,
        jana,
        http,
    }
}

impl Stage {
    pub async fn subscribe(&self) {
        self.meta
            .subscribe(APP, &self.callback, VERIFY_TOKEN)
            .await
            .unwrap();
    }

    /// Subscribes, and lets the customer open the service window. The console has then received one POST.
    pub async fn open(&self) {
        self.subscribe().await;
        self.meta.customer_says(self.jana, NUMBER, "Hello").unwrap();
        assert!(self.meta.settled().await);
    }

    pub fn graph(&self, path: &str) -> String {
        format!("{}v25.0/{path}", self.meta.url())
    }

    /// Sends a body as the business; returns the status and the JSON.
    pub async fn send(&self, body: &Value) -> (u16, Value) {
        answer(self.request(body).send().await.unwrap()).await
    }

    /// Uploads a file; `part_type` is the type of the file's own part.
    pub async fn upload(&self, declared: &str, part_type: &str, bytes: &[u8]) -> (u16, Value) {
        let form = [
            ("name=\"messaging_product\"".to_owned(), &b"whatsapp"[..]),
            ("name=\"type\"".to_owned(), declared.as_bytes()),
            (
                format!("name=\"file\"; filename=\"file\"\r\nContent-Type: {part_type}"),
                bytes,
            ),
        ];
        self.upload_form(&form).await
    }

    /// Uploads these parts.
    pub async fn upload_form(&self, parts: &[(String, &[u8])]) -> (u16, Value) {
        let request = self
            .http
            .post(self.graph(&format!("{NUMBER}/media")))
            .bearer_auth(TOKEN)
            .header("content-type", FORM)
            .body(form(parts));
        answer(request.send().await.unwrap()).await
    }

    pub async fn get(&self, path: &str) -> (u16, Value) {
        let request = self.http.get(self.graph(path)).bearer_auth(TOKEN);
        answer(request.send().await.unwrap()).await
    }

    /// A request for a file's bytes, as a business makes it.
    pub fn download(&self, address: &Value) -> reqwest::RequestBuilder {
        self.http
            .get(address.as_str().unwrap())
            .bearer_auth(TOKEN)
            .header("user-agent", "a business")
    }

    pub fn request(&self, body: &Value) -> reqwest::RequestBuilder {
        self.http
            .post(self.graph(&format!("{NUMBER}/messages")))
            .bearer_auth(TOKEN)
            .json(body)
    }
}

pub const FORM: &str = "multipart/form-data; boundary=frontier";

/// A multipart body. A part's name stands with its further headers.
pub fn form(parts: &[(String, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (head, bytes) in parts {
        body.extend(format!("--frontier\r\nContent-Disposition: form-data; {head}\r\n\r\n").into_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--frontier--\r\n");
    body
}

/// Computed here on purpose, not with the crate under test.
pub fn sha256(bytes: &[u8]) -> Vec<u8> {
    Sha256::digest(bytes).to_vec()
}

pub async fn answer(response: reqwest::Response) -> (u16, Value) {
    let status = response.status().as_u16();
    (status, response.json().await.unwrap())
}
