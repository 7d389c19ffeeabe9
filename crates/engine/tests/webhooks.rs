//! Webhooks get every event in its order, whatever they answer, and none waits for another.

#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

#[expect(dead_code, reason = "any_order.rs and identities.rs use the rest")]
mod desk;

use async_trait::async_trait;
use desk::{Desk, NOW, Update};
use domain::{
    access::Actor,
    event::Change,
    ids::WebhookId,
    page::PageRequest,
    webhook::{Attempt, CallState, Wanted, WebhookForm, WhyOff},
};
use engine::{
    Engine, Result,
    events::feed::Happening,
    webhooks::{self, Tells, Wording},
};
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU16, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    time::sleep,
};

const HOUR: Duration = Duration::from_secs(60 * 60);

/// Words messages that come in.
#[derive(Debug)]
struct Words;

#[async_trait]
impl Tells for Words {
    async fn tell(&self, _: &Engine, happenings: &[Happening]) -> Result<Vec<Wording>> {
        let received = happenings.iter().filter_map(|one| match one.change {
            Change::Message {
                session,
                inbound: true,
                ..
            } if one.deed.is_none() => Some(Wording {
                place: one.place,
                at: one.at,
                kind: "message.received".to_owned(),
                session: Some(session),
                channel: None,
                queue: None,
                body: json!({"number": one.place.number, "session": session})
                    .to_string()
                    .into(),
            }),
            _ => None,
        });
        Ok(received.collect())
    }
}

/// Another program. It answers with a status, or, when that is 0, not at all.
struct Receiver {
    address: String,
    status: Arc<AtomicU16>,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Receiver {
    async fn start(status: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let receiver = Self {
            address: format!("http://{}/", listener.local_addr().unwrap()),
            status: Arc::new(AtomicU16::new(status)),
            requests: Arc::default(),
        };
        let (status, requests) = (receiver.status.clone(), receiver.requests.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, status.clone(), requests.clone()));
            }
        });
        receiver
    }

    /// The names of the events that it was sent.
    fn names(&self) -> Vec<String> {
        let requests = self.requests.lock().unwrap();
        let name = |request: &String| {
            let line = request.lines().find(|line| line.starts_with("webhook-id: "));
            line.unwrap()["webhook-id: ".len()..].to_owned()
        };
        requests.iter().map(name).collect()
    }

    /// What it was told.
    fn bodies(&self) -> Vec<Value> {
        let requests = self.requests.lock().unwrap();
        let body =
            |request: &String| serde_json::from_str(request.split_once("\r\n\r\n").unwrap().1).unwrap();
        requests.iter().map(body).collect()
    }

    async fn has(&self, many: usize) {
        for _ in 0..500 {
            if self.requests.lock().unwrap().len() >= many {
                return;
            }
            sleep(Duration::from_millis(20)).await;
        }
        panic!("{:?} instead of {many}", self.names());
    }
}

async fn answer(mut stream: TcpStream, status: Arc<AtomicU16>, requests: Arc<Mutex<Vec<String>>>) {
    let mut read = Vec::new();
    let mut part = [0; 4096];
    // The bodies are short, and the last byte is the end of their JSON.
    while !read.ends_with(b"}") {
        let length = stream.read(&mut part).await.unwrap();
        if length == 0 {
            return;
        }
        read.extend_from_slice(&part[..length]);
    }
    requests.lock().unwrap().push(String::from_utf8(read).unwrap());
    match status.load(Ordering::Relaxed) {
        0 => sleep(HOUR).await,
        status => {
            let body = "x".repeat(1_000_000);
            let head = format!(
                "HTTP/1.1 {status} Answer\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                body.len()
            );
            let _ = stream.write_all((head + &body).as_bytes()).await;
        }
    }
}

async fn desk() -> Desk {
    let mut desk = Desk::open().await;
    desk.workers = desk.workers.with_webhooks(&desk.engine, Arc::new(Words));
    desk
}

/// Another process takes over, at another time.
async fn taken_over(desk: Desk) -> Desk {
    let Desk {
        engine,
        workers,
        folder,
        ..
    } = desk;
    workers.stop().await;
    drop(engine);
    let mut desk = Desk::of(folder).await;
    desk.workers = desk.workers.with_webhooks(&desk.engine, Arc::new(Words));
    desk
}

async fn webhook(desk: &Desk, name: &str, to: &Receiver) -> WebhookId {
    let form = WebhookForm {
        name: name.to_owned(),
        address: to.address.clone(),
        wanted: Wanted::default(),
    };
    let created = webhooks::create(&desk.engine, &Actor::System, &form)
        .await
        .unwrap();
    created.id
}

fn message(customer: u32, n: u32) -> Value {
    json!({
        "id": format!("wamid.{customer}.{n}"), "from": format!("420600{customer:06}"), "timestamp": NOW.to_string(),
        "type": "text", "text": { "body": n.to_string() },
    })
}

/// A customer writes.
async fn write(desk: &Desk, customer: u32, n: u32) {
    desk.receive(&[Update::Message(message(customer, n))]).await;
    desk.settled().await;
}

/// What was attempted, once it is written down.
async fn attempts(desk: &Desk, id: WebhookId, many: usize) -> Vec<Attempt> {
    for _ in 0..500 {
        let page = PageRequest::default();
        let attempts = webhooks::attempts(&desk.engine, &Actor::System, id, None, &page)
            .await
            .unwrap();
        if attempts.items.len() >= many {
            return attempts.items;
        }
        sleep(Duration::from_millis(20)).await;
    }
    panic!("there are not {many} attempts");
}

#[tokio::test(flavor = "multi_thread")]
async fn events_arrive_in_their_order_also_beside_a_webhook_that_hangs() {
    let desk = desk().await;
    let (good, hanging) = (Receiver::start(200).await, Receiver::start(0).await);
    let id = webhook(&desk, "good", &good).await;
    webhook(&desk, "hanging", &hanging).await;
    for n in 0..10 {
        write(&desk, 1, n).await;
        write(&desk, 2, n).await;
    }
    good.has(20).await;
    hanging.has(2).await;
    let mut sessions: HashMap<String, Vec<u64>> = HashMap::new();
    for body in good.bodies() {
        let session = body["session"].as_str().unwrap().to_owned();
        sessions
            .entry(session)
            .or_default()
            .push(body["number"].as_u64().unwrap());
    }
    assert_eq!(sessions.len(), 2);
    for numbers in sessions.values() {
        assert!(
            numbers.len() == 10 && numbers.is_sorted_by(|a, b| a < b),
            "{numbers:?}"
        );
    }
    assert_eq!(hanging.names().len(), 2, "the first event of each session");
    let attempts = attempts(&desk, id, 20).await;
    assert!(
        attempts.iter().all(|attempt| attempt.status == Some(200)),
        "{attempts:?}"
    );
    desk.workers.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_that_refuses_is_tried_eight_times_and_an_event_is_replayed() {
    let desk = desk().await;
    let receiver = Receiver::start(500).await;
    let id = webhook(&desk, "crm", &receiver).await;
    write(&desk, 1, 0).await;
    for attempt in 1..=8 {
        let listed = attempts(&desk, id, attempt).await;
        assert_eq!(listed.len(), attempt);
        assert_eq!((listed[0].status, listed[0].excerpt.len()), (Some(500), 1024));
        desk.engine.clock().advance(HOUR * 11);
    }
    let (engine, admin) = (&desk.engine, &Actor::System);
    let dead = webhooks::calls(engine, admin, id, Some(CallState::Dead), &PageRequest::default())
        .await
        .unwrap();
    assert_eq!(dead.items.len(), 1);
    receiver.status.store(200, Ordering::Relaxed);
    webhooks::replay_one(engine, admin, id, dead.items[0].id)
        .await
        .unwrap();
    attempts(&desk, id, 9).await;
    let mut names = receiver.names();
    names.dedup();
    assert_eq!(names.len(), 1, "a replayed event keeps its name");
    let now = webhooks::get(engine, admin, id).await.unwrap();
    assert_eq!((now.waiting, now.dead, now.off), (0, 0, None));
    desk.workers.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_that_is_gone_is_switched_off_and_gets_what_it_missed_later() {
    let desk = desk().await;
    let receiver = Receiver::start(410).await;
    let id = webhook(&desk, "crm", &receiver).await;
    let since = desk.engine.clock().now();
    write(&desk, 1, 0).await;
    attempts(&desk, id, 1).await;
    let (engine, admin) = (&desk.engine, &Actor::System);
    let off = webhooks::get(engine, admin, id).await.unwrap().off;
    assert_eq!(off.map(|(_, why)| why), Some(WhyOff::Gone));
    write(&desk, 1, 1).await;
    engine.called().await.unwrap();
    assert_eq!(receiver.names().len(), 1);
    receiver.status.store(200, Ordering::Relaxed);
    webhooks::turn(engine, admin, id, true).await.unwrap();
    let replayed = webhooks::replay_since(engine, admin, id, since).await.unwrap();
    assert_eq!(replayed, 2);
    receiver.has(3).await;
    let again: Vec<_> = receiver.bodies()[1..]
        .iter()
        .map(|body| body["number"].as_u64())
        .collect();
    assert!(again.is_sorted(), "{again:?}");
    desk.workers.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_keep_their_order_when_a_clock_is_set_back() {
    let desk = desk().await;
    let receiver = Receiver::start(500).await;
    let id = webhook(&desk, "crm", &receiver).await;
    desk.engine.clock().advance(HOUR);
    write(&desk, 1, 0).await;
    attempts(&desk, id, 1).await;
    let desk = taken_over(desk).await;
    write(&desk, 1, 1).await;
    desk.engine.called().await.unwrap();
    assert_eq!(receiver.names().len(), 1, "the second waits behind the first");
    receiver.status.store(200, Ordering::Relaxed);
    desk.engine.clock().advance(HOUR * 2);
    receiver.has(3).await;
    let numbers: Vec<_> = receiver.bodies()[1..]
        .iter()
        .map(|body| body["number"].as_u64())
        .collect();
    assert!(numbers.is_sorted(), "{numbers:?}");
    desk.workers.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_kept_until_it_is_handed_over() {
    let desk = Desk::open().await;
    let receiver = Receiver::start(200).await;
    webhook(&desk, "crm", &receiver).await;
    write(&desk, 1, 0).await;
    desk.engine.clock().advance(HOUR * 25);
    write(&desk, 1, 1).await;
    desk.engine.forget().await.unwrap();
    let desk = taken_over(desk).await;
    receiver.has(2).await;
    desk.workers.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn much_that_waits_is_given_up_and_sent_again_in_order() {
    const MANY: u32 = 2100;
    let desk = desk().await;
    let receiver = Receiver::start(500).await;
    let id = webhook(&desk, "crm", &receiver).await;
    let (engine, admin) = (&desk.engine, &Actor::System);
    for part in 0..MANY / 100 {
        let messages: Vec<_> = (0..100)
            .map(|n| Update::Message(message(n % 50, part * 100 + n)))
            .collect();
        desk.receive(&messages).await;
    }
    desk.settled().await;
    engine.called().await.unwrap();
    webhooks::turn(engine, admin, id, false).await.unwrap();
    engine.called().await.unwrap();
    let now = webhooks::get(engine, admin, id).await.unwrap();
    assert_eq!((now.waiting, now.dead), (0, u64::from(MANY)));
    let before = receiver.names().len();
    receiver.status.store(200, Ordering::Relaxed);
    webhooks::turn(engine, admin, id, true).await.unwrap();
    let replayed = webhooks::replay_all(engine, admin, id).await.unwrap();
    assert_eq!(replayed, u64::from(MANY));
    engine.called().await.unwrap();
    let mut sessions: HashMap<String, Vec<u64>> = HashMap::new();
    for body in &receiver.bodies()[before..] {
        let session = body["session"].as_str().unwrap().to_owned();
        sessions
            .entry(session)
            .or_default()
            .push(body["number"].as_u64().unwrap());
    }
    assert_eq!(sessions.len(), 50);
    assert!(
        sessions
            .values()
            .all(|numbers| numbers.len() == MANY as usize / 50 && numbers.is_sorted()),
        "{sessions:?}"
    );
    webhooks::delete(engine, admin, id, None).await.unwrap();
    assert!(webhooks::get(engine, admin, id).await.is_err());
    desk.workers.stop().await;
}
