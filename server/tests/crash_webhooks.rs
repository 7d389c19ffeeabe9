//! No event is lost on its way to a webhook, and none overtakes another of its session, whenever the process dies. The test kills
//! the process at random moments while customers write, and a receiver takes every event with a little delay.
//!
//! `SWITCHBOARD_TEST_KILLS` sets the number of kills; `SWITCHBOARD_TEST_SEED` repeats a run.

#[expect(dead_code, reason = "crash.rs and faults.rs use the rest")]
mod program;

use axum::{Json, Router, extract::State, http::StatusCode};
use engine::Clock;
use program::{Program, Store, delivery, post, text_message};
use reqwest::Client;
use serde_json::{Value, json};
use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{net::TcpListener, time::sleep};

/// Each writes for customers of its own, one message after the other.
const WRITERS: usize = 4;
const CUSTOMERS: usize = 10;
/// What was under way at a kill is sent again after half a minute.
const ARRIVES_WITHIN: Duration = Duration::from_secs(150);

/// The messages that the receiver was told of, in the order in which it was.
type Told = Arc<Mutex<Vec<String>>>;

async fn take(State(told): State<Told>, Json(event): Json<Value>) -> StatusCode {
    let text = event["data"]["message"]["text"]["body"].as_str();
    told.lock()
        .expect("the list")
        .push(text.expect("a text").to_owned());
    // A kill in this time loses the answer.
    sleep(Duration::from_millis(20)).await;
    StatusCode::NO_CONTENT
}

async fn receiver(told: Told) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let router = Router::new().fallback(take).with_state(told);
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}/")
}

/// Writes until it is over, each message until it is taken. Returns how many that were.
async fn write(writer: usize, webhook: String, over: Arc<AtomicBool>) -> usize {
    let client = Client::new();
    let mut n = 0;
    while !over.load(Ordering::Relaxed) {
        let from = format!("42060000{writer}{:03}", n % CUSTOMERS);
        let mut said = text_message(&wamid(writer, n), &from);
        said["timestamp"] = json!((Clock::system().now().millis() / 1000).to_string());
        let body = delivery(&[said], &[]);
        while post(&client, &webhook, body.clone()).await != Some(200) {
            sleep(Duration::from_millis(20)).await;
        }
        n += 1;
        sleep(Duration::from_millis(25)).await;
    }
    n
}

/// Also the message's text.
fn wamid(writer: usize, n: usize) -> String {
    format!("{writer}.{n}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_gets_every_event_in_order_whenever_the_process_dies() {
    let kills = from_env("SWITCHBOARD_TEST_KILLS").unwrap_or(6);
    let seed = from_env("SWITCHBOARD_TEST_SEED").unwrap_or_else(|| u64::from(std::process::id()));
    println!("{kills} kills, seed {seed}");
    let told = Told::default();
    let address = receiver(told.clone()).await;
    let settings = [("SWITCHBOARD_WEBHOOKS__NETWORKS", "[\"127.0.0.0/8\"]")];
    let mut program = Program::connected_with(Store::Sqlite, &settings).await;
    let new = json!({"name": "CRM", "address": address, "types": ["message.received"]});
    let made = Client::new()
        .post(format!("http://{}/api/v1/webhooks", program.address))
        .bearer_auth(&program.token)
        .json(&new)
        .send();
    assert_eq!(made.await.expect("an answer").status(), 201);

    let over = Arc::<AtomicBool>::default();
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| tokio::spawn(write(writer, program.webhook.clone(), over.clone())))
        .collect();
    let mut chance = seed;
    for _ in 0..kills {
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        sleep(Duration::from_millis(100 + (chance >> 33) % 900)).await;
        program.kill();
        program.start().await;
    }
    over.store(true, Ordering::Relaxed);
    let mut written = HashSet::new();
    for (writer, task) in writers.into_iter().enumerate() {
        let many = task.await.expect("a writer");
        written.extend((0..many).map(|n| wamid(writer, n)));
    }

    let started = Instant::now();
    let arrived = loop {
        let told = told.lock().expect("the list").clone();
        let names: HashSet<String> = told.iter().cloned().collect();
        if names.len() >= written.len() {
            break told;
        }
        assert!(
            started.elapsed() < ARRIVES_WITHIN,
            "{} of {} arrived:\n{}",
            names.len(),
            written.len(),
            program.log()
        );
        sleep(Duration::from_millis(200)).await;
    };
    let mut known = HashSet::new();
    let mut newest: HashMap<(usize, usize), usize> = HashMap::new();
    for name in &arrived {
        assert!(written.contains(name), "{name} was never written");
        if !known.insert(name) {
            continue;
        }
        let (writer, n) = name.split_once('.').expect("a name");
        let (writer, n): (usize, usize) = (writer.parse().expect("a number"), n.parse().expect("a number"));
        let before = newest.insert((writer, n % CUSTOMERS), n);
        assert!(before < Some(n), "{name} came after {before:?}");
    }
    println!("{} written, {} calls", written.len(), arrived.len());
    assert!(
        written.len() > 50,
        "hardly anything was written:\n{}",
        program.log()
    );
}

fn from_env(name: &str) -> Option<u64> {
    std::env::var(name)
        .ok()
        .map(|value| value.parse().expect("a number"))
}
