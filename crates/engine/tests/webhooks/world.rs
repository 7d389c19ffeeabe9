//! Another program, and a desk of whose messages it hears.

use crate::desk::{Desk, NOW, Update};
use async_trait::async_trait;
use domain::{
    access::{Actor, AuditFilter},
    event::Change,
    ids::WebhookId,
    page::PageRequest,
    webhook::{Attempt, Wanted, WebhookForm},
};
use engine::{
    Engine, Result, audit,
    events::feed::Happening,
    webhooks::{self, Tells, Wording},
};
use sea_orm::{ConnectionTrait as _, Database};
use serde_json::{Value, json};
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU16, Ordering},
    },
    time::Duration,
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    time::sleep,
};

pub const HOUR: Duration = Duration::from_secs(60 * 60);

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
pub struct Receiver {
    address: String,
    pub status: Arc<AtomicU16>,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Receiver {
    pub async fn start(status: u16) -> Self {
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
    pub fn names(&self) -> Vec<String> {
        let requests = self.requests.lock().unwrap();
        let name = |request: &String| {
            let line = request.lines().find(|line| line.starts_with("webhook-id: "));
            line.unwrap()["webhook-id: ".len()..].to_owned()
        };
        requests.iter().map(name).collect()
    }

    /// What it was told.
    pub fn bodies(&self) -> Vec<Value> {
        let requests = self.requests.lock().unwrap();
        let body =
            |request: &String| serde_json::from_str(request.split_once("\r\n\r\n").unwrap().1).unwrap();
        requests.iter().map(body).collect()
    }

    pub async fn has(&self, many: usize) {
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

pub async fn desk() -> Desk {
    let mut desk = Desk::open().await;
    desk.workers = desk.workers.with_webhooks(&desk.engine, Arc::new(Words));
    desk
}

/// Another process takes over, at another time.
pub async fn taken_over(desk: Desk) -> Desk {
    begun(ended(desk).await).await
}

/// The same after somebody has changed the database meanwhile.
pub async fn taken_over_after(desk: Desk, sql: &str) -> Desk {
    let folder = ended(desk).await;
    let file = folder.path().join("switchboard.db");
    let db = Database::connect(format!("sqlite://{}", file.display()))
        .await
        .unwrap();
    db.execute_unprepared(sql).await.unwrap();
    db.close().await.unwrap();
    begun(folder).await
}

/// Writes so many events of no session into the database.
pub fn happened(many: u32, kind: &str) -> String {
    format!(
        "INSERT INTO webhook_events (id, name, kind, at, body) \
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {many}) \
         SELECT unhex(printf('%032x', i)), i || '-1', '{kind}', {NOW} * 1000, '{{}}' FROM n"
    )
}

async fn ended(desk: Desk) -> TempDir {
    let Desk {
        engine,
        workers,
        folder,
        ..
    } = desk;
    workers.stop().await;
    drop(engine);
    folder
}

async fn begun(folder: TempDir) -> Desk {
    let mut desk = Desk::of(folder).await;
    desk.workers = desk.workers.with_webhooks(&desk.engine, Arc::new(Words));
    desk
}

pub async fn webhook(desk: &Desk, name: &str, to: &Receiver) -> WebhookId {
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

pub fn message(customer: u32, n: u32) -> Value {
    json!({
        "id": format!("wamid.{customer}.{n}"), "from": format!("420600{customer:06}"), "timestamp": NOW.to_string(),
        "type": "text", "text": { "body": n.to_string() },
    })
}

/// A customer writes.
pub async fn write(desk: &Desk, customer: u32, n: u32) {
    desk.receive(&[Update::Message(message(customer, n))]).await;
    desk.settled().await;
}

/// What was attempted, once it is written down.
pub async fn attempts(desk: &Desk, id: WebhookId, many: usize) -> Vec<Attempt> {
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

/// Returns once the audit log says that this was done.
pub async fn noted(desk: &Desk, action: &str) {
    let (all, page) = (AuditFilter::default(), PageRequest::default());
    loop {
        let rows = audit::list::list(&desk.engine, &Actor::System, &all, &page)
            .await
            .unwrap();
        if rows.items.iter().any(|row| row.action == action) {
            return;
        }
        sleep(Duration::from_millis(1)).await;
    }
}
