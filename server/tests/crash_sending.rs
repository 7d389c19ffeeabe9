//! A message is sent once, whenever the process dies. The test kills the process at random moments while scripts write
//! messages, some with files, and Meta accepts them and reports each by a status. In the end every message that was
//! acknowledged has reached Meta exactly once.
//!
//! `SWITCHBOARD_TEST_KILLS` sets the number of kills; `SWITCHBOARD_TEST_SEED` repeats a run.

#[expect(dead_code, reason = "crash.rs and faults.rs use the rest")]
mod program;

use axum::{Json, Router, body::Bytes, extract::State, routing::post};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use program::{Program, Store, delivery, number, text_message, texts};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

const SCRIPTS: u64 = 6;
const CUSTOMERS: usize = 100;
/// No customer gets more than may be borrowed at once.
const MOST: u64 = 40 * CUSTOMERS as u64;
const PDF: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

/// What Meta has accepted: the message's own id, and its text.
#[derive(Debug, Default)]
struct Meta {
    accepted: Mutex<Vec<(String, String)>>,
    webhook: Mutex<String>,
}

impl Meta {
    async fn start(self: Arc<Self>) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let url = format!("http://{}/", listener.local_addr().expect("an address"));
        let upload = |body: Bytes| async move {
            assert!(body.windows(PDF.len()).any(|part| part == PDF), "the whole file");
            Json(json!({"id": "1"}))
        };
        let router = Router::new()
            .route("/v25.0/{number}/media", post(upload))
            .route("/v25.0/{number}/messages", post(accept))
            .with_state(self);
        tokio::spawn(async move { axum::serve(listener, router).await });
        url
    }

    /// Reports a message until the report is taken, as Meta does.
    async fn report(self: Arc<Self>, wamid: String, id: String) {
        let client = Client::new();
        let now = (engine::Clock::system().now().millis() / 1000).to_string();
        let status = json!({"id": wamid, "status": "sent", "timestamp": now, "biz_opaque_callback_data": id});
        let body = delivery(&[], &[status]);
        loop {
            let webhook = self.webhook.lock().expect("the address").clone();
            if program::post(&client, &webhook, body.clone()).await == Some(200) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

async fn accept(State(meta): State<Arc<Meta>>, Json(body): Json<Value>) -> Json<Value> {
    let id = body["biz_opaque_callback_data"]
        .as_str()
        .expect("an id")
        .to_owned();
    let text = body["text"]["body"]
        .as_str()
        .or(body["document"]["caption"].as_str());
    let wamid = {
        let mut accepted = meta.accepted.lock().expect("the list");
        accepted.push((id.clone(), text.expect("a text").to_owned()));
        format!("wamid.out.{}", accepted.len())
    };
    tokio::spawn(meta.report(wamid.clone(), id));
    // A kill in this time loses the answer.
    tokio::time::sleep(Duration::from_millis(20)).await;
    Json(json!({"messages": [{"id": wamid}]}))
}

/// A script that sends each message again under its key until it is acknowledged.
struct Script {
    client: Client,
    address: String,
    token: String,
    sessions: Vec<String>,
    acknowledged: Arc<Mutex<HashSet<String>>>,
}

impl Script {
    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("http://{}{path}", self.address);
        self.client.request(method, url).bearer_auth(&self.token)
    }

    /// The id of an uploaded file; `None`: the process was killed meanwhile.
    async fn upload(&self, session: &str) -> Option<String> {
        let begun = self
            .request(Method::POST, "/api/v1/uploads")
            .header("upload-length", PDF.len())
            .header(
                "upload-metadata",
                format!("session {}", BASE64_STANDARD.encode(session)),
            );
        let begun = begun.send().await.ok()?;
        let place = begun.headers().get("location")?.to_str().ok()?.to_owned();
        let whole = self
            .request(Method::PATCH, &place)
            .header("content-type", "application/offset+octet-stream")
            .header("upload-offset", 0)
            .body(PDF);
        whole.send().await.ok()?.error_for_status().ok()?;
        Some(place.rsplit('/').next()?.to_owned())
    }

    async fn send(&self, n: u64) -> Option<()> {
        let session = &self.sessions[usize::try_from(n).expect("a place") % self.sessions.len()];
        let text = n.to_string();
        let message = match n % 5 {
            0 => {
                let file = self.upload(session).await?;
                json!({"type": "document", "document": {"file": file, "caption": text}})
            }
            _ => json!({"type": "text", "text": {"body": text}}),
        };
        loop {
            let request = self
                .request(Method::POST, &format!("/api/v1/sessions/{session}/messages"))
                .header("idempotency-key", &text)
                .json(&message);
            match request.send().await {
                Ok(answer) if answer.status() == 503 => {}
                Ok(answer) => {
                    assert!(answer.status().is_success(), "{}", answer.status());
                    self.acknowledged.lock().expect("the book").insert(text);
                    return Some(());
                }
                Err(_) => {}
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_sent_once_whenever_the_process_dies() {
    let kills = from_env("SWITCHBOARD_TEST_KILLS").unwrap_or(6);
    let seed = from_env("SWITCHBOARD_TEST_SEED").unwrap_or_else(|| u64::from(std::process::id()));
    println!("{kills} kills, seed {seed}");
    let meta = Arc::new(Meta::default());
    let url: &'static str = meta.clone().start().await.leak();
    let settings = [
        ("SWITCHBOARD_META__GRAPH_URL", url),
        ("SWITCHBOARD_FILES__FREE_MB", "1"),
    ];
    let mut program = Program::connected_with(Store::Sqlite, &settings).await;
    *meta.webhook.lock().expect("the address") = program.webhook.clone();
    let sessions = sessions(&program).await;

    let (over, next) = (Arc::<AtomicBool>::default(), Arc::<AtomicU64>::default());
    let acknowledged = Arc::<Mutex<HashSet<String>>>::default();
    let scripts: Vec<_> = (0..SCRIPTS)
        .map(|_| {
            let script = Script {
                client: Client::new(),
                address: program.address.clone(),
                token: program.token.clone(),
                sessions: sessions.clone(),
                acknowledged: acknowledged.clone(),
            };
            let (over, next) = (over.clone(), next.clone());
            tokio::spawn(async move {
                while !over.load(Ordering::Relaxed) {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= MOST {
                        return;
                    }
                    while script.send(n).await.is_none() {
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    }
                }
            })
        })
        .collect();
    let mut chance = seed;
    for _ in 0..kills {
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        tokio::time::sleep(Duration::from_millis(100 + (chance >> 33) % 900)).await;
        program.kill();
        program.start().await;
    }
    over.store(true, Ordering::Relaxed);
    for script in scripts {
        script.await.expect("a script");
    }
    let db = program.database().await;
    let started = Instant::now();
    while number(&db, "SELECT count(*) AS n FROM outbox").await > 0 {
        assert!(started.elapsed() < Duration::from_secs(180), "{}", program.log());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let _ = program.applied().await;

    let accepted = meta.accepted.lock().expect("the list").clone();
    let mut times = HashMap::<&str, u32>::new();
    for (_, text) in &accepted {
        *times.entry(text).or_default() += 1;
    }
    let acknowledged = acknowledged.lock().expect("the book").clone();
    let lost: Vec<_> = acknowledged
        .iter()
        .filter(|text| !times.contains_key(text.as_str()))
        .collect();
    let doubled: Vec<_> = times.iter().filter(|(_, times)| **times > 1).collect();
    println!(
        "{} acknowledged, {} accepted by Meta; {} lost, {} doubled",
        acknowledged.len(),
        accepted.len(),
        lost.len(),
        doubled.len()
    );
    assert!(
        acknowledged.len() > 50,
        "hardly anything was sent:\n{}",
        program.log()
    );
    assert!(lost.is_empty(), "{lost:?}\n{}", program.log());
    assert!(doubled.is_empty(), "{doubled:?}\n{}", program.log());
    let others = "SELECT status AS t FROM messages WHERE direction = 'outbound' AND status <> 'sent'";
    assert_eq!(texts(&db, others).await, Vec::<String>::new());
}

/// A session of each customer, which extension 201 has picked up.
async fn sessions(program: &Program) -> Vec<String> {
    let client = Client::new();
    let now = (engine::Clock::system().now().millis() / 1000).to_string();
    let said: Vec<_> = (0..CUSTOMERS)
        .map(|n| {
            let mut said = text_message(&format!("wamid.in.{n}"), &format!("4206000001{n:02}"));
            said["timestamp"] = json!(now);
            said
        })
        .collect();
    let answer = program::post(&client, &program.webhook, delivery(&said, &[])).await;
    assert_eq!(answer, Some(200));
    let db = program.applied().await;
    // As a script would pick them up, one by one, but at once.
    let own = "UPDATE sessions SET state = 'assigned', extension_id = (SELECT id FROM extensions LIMIT 1)";
    sea_orm::ConnectionTrait::execute_unprepared(&db, own)
        .await
        .expect("a change");
    let listed = client
        .get(format!("http://{}/api/v1/sessions?limit=200", program.address))
        .bearer_auth(&program.token)
        .send()
        .await
        .expect("an answer");
    let listed: Value = listed.json().await.expect("JSON");
    let sessions = listed["items"].as_array().expect("sessions").iter();
    let sessions: Vec<_> = sessions
        .map(|session| session["id"].as_str().expect("an id").to_owned())
        .collect();
    assert_eq!(sessions.len(), CUSTOMERS);
    sessions
}

fn from_env(name: &str) -> Option<u64> {
    std::env::var(name)
        .ok()
        .map(|value| value.parse().expect("a number"))
}
