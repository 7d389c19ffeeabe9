//! How fast the program sends from three numbers at once, in what order, and with how many commits. It prints what a
//! stand-in for Meta saw.
//!
//! `SWITCHBOARD_TEST_MESSAGES` sets the size of the backlog.

#[expect(dead_code, reason = "crash.rs and faults.rs use the rest")]
mod program;

use axum::{
    Json, Router,
    extract::{Path, State},
    routing::post,
};
use futures::{StreamExt as _, future::join_all, stream};
use program::{NUMBER, Program, SECRET, Store, delivery, text_message};
use reqwest::{Client, Method};
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

const NUMBERS: [&str; 3] = [NUMBER, "106540352242923", "106540352242924"];
/// Customers of each number: none gets more than may be borrowed at once.
const CUSTOMERS: usize = 60;
const SECOND: Duration = Duration::from_secs(1);
/// How long Meta takes for an answer.
const ANSWERS_AFTER: Duration = Duration::from_millis(100);

fn messages() -> usize {
    let messages = std::env::var("SWITCHBOARD_TEST_MESSAGES").ok();
    messages.and_then(|messages| messages.parse().ok()).unwrap_or(900)
}

/// When a message came, from which number, and its text.
#[derive(Debug, Clone)]
struct Arrival {
    at: Instant,
    number: String,
    text: String,
}

type Arrivals = Arc<Mutex<Vec<Arrival>>>;

async fn meta(arrivals: Arrivals) -> String {
    let accept =
        async |State(arrivals): State<Arrivals>, Path(number): Path<String>, Json(body): Json<Value>| {
            arrivals.lock().expect("the list").push(Arrival {
                at: Instant::now(),
                number,
                text: body["text"]["body"].as_str().unwrap_or_default().to_owned(),
            });
            tokio::time::sleep(ANSWERS_AFTER).await;
            let key = body["biz_opaque_callback_data"].as_str().unwrap_or_default();
            Json(json!({"messages": [{"id": format!("wamid.{key}")}]}))
        };
    let router = Router::new()
        .route("/v25.0/{number}/messages", post(accept))
        .with_state(arrivals);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

struct Desk {
    program: Program,
    client: Client,
}

impl Desk {
    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let url = format!("http://{}/api/v1/{path}", self.program.address);
        let request = self.client.request(method, url).bearer_auth(&self.program.token);
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        let answer = request.send().await.expect("an answer");
        let (status, text) = (answer.status(), answer.text().await.expect("text"));
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Three numbers with their customers, each in a session that extension 201 has picked up.
    async fn sessions(&self) -> Vec<String> {
        let queues = self.call(Method::GET, "queues", None).await;
        let mut webhooks = vec![self.program.webhook.clone()];
        for number in &NUMBERS[1..] {
            let channel = json!({
                "name": number, "phone_number": format!("+420777{}", &number[9..]), "phone_number_id": number,
                "access_token": "EAAG", "app_secret": SECRET,
                "destination": { "type": "queue", "id": queues["items"][0]["id"] },
            });
            let channel = self.call(Method::POST, "channels", Some(channel)).await;
            let webhook = channel["webhook_url"].as_str().expect("an address");
            let path = webhook.rsplit('/').next().expect("an id");
            webhooks.push(format!(
                "http://{}/webhooks/whatsapp/{path}",
                self.program.address
            ));
        }
        let now = engine::Clock::system().now().millis() / 1000;
        for (n, (number, webhook)) in NUMBERS.iter().zip(&webhooks).enumerate() {
            let said: Vec<_> = (0..=CUSTOMERS)
                .map(|customer| {
                    let from = format!("4208005{n}{customer:04}");
                    let mut said = text_message(&format!("wamid.{from}"), &from);
                    said["timestamp"] = json!(now.to_string());
                    said
                })
                .collect();
            let body = String::from_utf8(delivery(&said, &[]))
                .expect("JSON")
                .replace(NUMBER, number);
            let answer = program::post(&self.client, webhook, body.into_bytes()).await;
            assert_eq!(answer, Some(200));
        }
        let _ = self.program.applied().await;
        let listed = self.call(Method::GET, "sessions?limit=200", None).await;
        let sessions: Vec<_> = listed["items"]
            .as_array()
            .expect("sessions")
            .iter()
            .map(|session| session["id"].as_str().expect("an id").to_owned())
            .collect();
        assert_eq!(sessions.len(), NUMBERS.len() * (CUSTOMERS + 1));
        for session in &sessions {
            let path = format!("sessions/{session}/pick-up");
            self.call(Method::POST, &path, Some(json!({"extension": "201"})))
                .await;
        }
        sessions
    }

    async fn says(&self, session: &str, text: String) {
        let path = format!("sessions/{session}/messages");
        let message = json!({"type": "text", "text": {"body": text}});
        self.call(Method::POST, &path, Some(message)).await;
    }

    async fn pause(&self, paused: bool) {
        let value = if paused { "1" } else { "NULL" };
        let db = self.program.database().await;
        let sql = format!("UPDATE channels SET paused_at = {value}");
        db.execute_unprepared(&sql).await.expect("a change");
    }

    async fn counter(&self, name: &str) -> u64 {
        let metrics = self.program.metrics().await;
        let of_name = metrics.lines().filter(|line| line.starts_with(name));
        let values = of_name.filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok());
        values.sum()
    }

    /// Processor time that the program has used.
    fn processor(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.program.id())).expect("Linux");
        let fields: Vec<_> = stat
            .rsplit(')')
            .next()
            .unwrap_or_default()
            .split_whitespace()
            .collect();
        let ticks: u64 = fields[11..13]
            .iter()
            .filter_map(|ticks| ticks.parse::<u64>().ok())
            .sum();
        Duration::from_millis(ticks * 10)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backlog_on_three_numbers() {
    let arrivals = Arrivals::default();
    let meta: &'static str = meta(arrivals.clone()).await.leak();
    let program = Program::connected_with(Store::Sqlite, &[("SWITCHBOARD_META__GRAPH_URL", meta)]).await;
    let desk = Desk {
        program,
        client: Client::new(),
    };
    let sessions = desk.sessions().await;
    // The last customer of each number stays idle.
    let (idle, busy) = sessions.split_at(NUMBERS.len());
    desk.pause(true).await;
    stream::iter(0..messages())
        .for_each_concurrent(16, |n| desk.says(&busy[n % busy.len()], n.to_string()))
        .await;
    let (commits, processor) = (
        desk.counter("switchboard_outbox_commits_total").await,
        desk.processor(),
    );
    desk.pause(false).await;
    tokio::time::sleep(2 * SECOND).await;
    let asked = Instant::now();
    join_all(idle.iter().map(|session| desk.says(session, "idle".to_owned()))).await;
    let all = messages() + idle.len();
    let started = Instant::now();
    while arrivals.lock().expect("the list").len() < all {
        assert!(started.elapsed() < 120 * SECOND, "{}", desk.program.log());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    tokio::time::sleep(SECOND).await;
    let commits = desk.counter("switchboard_outbox_commits_total").await - commits;
    let processor = desk.processor() - processor;
    let arrivals = arrivals.lock().expect("the list").clone();

    for number in NUMBERS {
        let times: Vec<_> = arrivals
            .iter()
            .filter(|arrival| arrival.number == number)
            .map(|arrival| arrival.at)
            .collect();
        let mut histogram = BTreeMap::<usize, usize>::new();
        let last = *times.last().expect("messages");
        for (n, from) in times.iter().enumerate() {
            // While a second's messages still wait.
            if *from + 2 * SECOND < last {
                let within = times[n..].iter().take_while(|at| **at < *from + SECOND).count();
                *histogram.entry(within).or_default() += 1;
            }
        }
        println!("{number}: {} messages; in any second: {histogram:?}", times.len());
        let average = (times.len() - 1) as f64 / (last - times[0]).as_secs_f64();
        println!("{number}: {average:.1} messages a second");
        assert!(average <= 80.0, "{average}");
    }
    let first = arrivals.iter().filter(|arrival| arrival.text == "idle");
    let first: Vec<_> = first.map(|arrival| arrival.at - asked).collect();
    println!("messages of idle sessions, from the request to Meta: {first:?}");
    println!(
        "{commits} commits for {all} messages; {:.2} ms of processor for each",
        processor.as_secs_f64() * 1000.0 / all as f64
    );
    let position = arrivals
        .iter()
        .rposition(|arrival| arrival.text == "idle")
        .expect("a message");
    assert!(
        position < all - busy.len(),
        "no backlog of another session goes first"
    );
    // They went while others waited, and each with its commit of its own at the most.
    assert!(commits * 5 < all as u64, "{commits} commits for {all} messages");
    let mut texts: Vec<_> = arrivals.iter().map(|arrival| arrival.text.clone()).collect();
    texts.sort();
    texts.dedup();
    assert_eq!(texts.len(), messages() + 1, "each message once");
}
