//! Another program on loopback that hears of events. It checks signatures by the text of Standard Webhooks, not by the product's
//! code: <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>.

use super::{Story, world::id_of};
use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, Uri},
    response::{IntoResponse as _, Response},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Value;
use sha2::Sha256;
use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};
use tokio::{net::TcpListener, task::JoinHandle, time::sleep};

/// How a call is answered.
#[derive(Debug, Clone, Copy)]
pub enum Answer {
    Status(u16),
    /// With a `Retry-After`.
    After(u16, &'static str),
    /// With a body of a million bytes.
    Long(u16),
    /// By a redirect.
    Elsewhere,
    /// Not at all.
    Never,
}

/// A call that came.
#[derive(Debug, Clone)]
pub struct Got {
    pub path: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Got {
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).expect(name);
        value.to_str().expect("text")
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    /// How many signatures it has, and whether one of them was made with this secret.
    pub fn signed(&self, secret: &str) -> (usize, bool) {
        let key = secret.strip_prefix("whsec_").expect("its prefix");
        let key = BASE64_STANDARD.decode(key).expect("base64");
        let (id, at) = (self.header("webhook-id"), self.header("webhook-timestamp"));
        let text = [format!("{id}.{at}.").as_bytes(), &self.body].concat();
        let signatures: Vec<&str> = self.header("webhook-signature").split(' ').collect();
        let fits = signatures.iter().any(|one| {
            let code = one.strip_prefix("v1,").expect("its version");
            let code = BASE64_STANDARD.decode(code).expect("base64");
            let mac = Hmac::<Sha256>::new_from_slice(&key).expect("a key");
            mac.chain_update(&text).verify_slice(&code).is_ok()
        });
        (signatures.len(), fits)
    }
}

#[derive(Debug)]
struct Inbox {
    got: Vec<Got>,
    next: VecDeque<Answer>,
    always: Answer,
}

type Shared = Arc<Mutex<Inbox>>;

#[derive(Debug)]
pub struct Receiver {
    address: SocketAddr,
    inbox: Shared,
    serving: JoinHandle<()>,
}

impl Receiver {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let inbox = Arc::new(Mutex::new(Inbox {
            got: Vec::new(),
            next: VecDeque::new(),
            always: Answer::Status(204),
        }));
        let router = Router::new().fallback(take).with_state(inbox.clone());
        let serving = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("it serves");
        });
        Self {
            address,
            inbox,
            serving,
        }
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// How the next calls are answered.
    pub fn answers(&self, next: impl IntoIterator<Item = Answer>) {
        self.inbox().next.extend(next);
    }

    /// How all others are answered from now on.
    pub fn always(&self, answer: Answer) {
        self.inbox().always = answer;
    }

    pub fn got(&self) -> Vec<Got> {
        self.inbox().got.clone()
    }

    /// The names of the events that came, in their order.
    pub fn ids(&self) -> Vec<String> {
        let got = self.got();
        got.iter()
            .map(|got| got.header("webhook-id").to_owned())
            .collect()
    }

    /// Returns once so many calls have come.
    pub async fn has(&self, many: usize) {
        for _ in 0..1000 {
            if self.inbox().got.len() >= many {
                return;
            }
            sleep(Duration::from_millis(10)).await;
        }
        panic!("{:?} instead of {many}", self.ids());
    }

    fn inbox(&self) -> MutexGuard<'_, Inbox> {
        self.inbox.lock().expect("no panic")
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn take(State(inbox): State<Shared>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let path = uri.path().to_owned();
    let answer = {
        let mut inbox = inbox.lock().expect("no panic");
        inbox.got.push(Got { path, headers, body });
        let always = inbox.always;
        inbox.next.pop_front().unwrap_or(always)
    };
    let code = |status| StatusCode::from_u16(status).expect("a status");
    match answer {
        Answer::Status(status) => code(status).into_response(),
        Answer::After(status, wait) => (code(status), [("retry-after", wait)]).into_response(),
        Answer::Long(status) => (code(status), "x".repeat(1_000_000)).into_response(),
        Answer::Elsewhere => (StatusCode::FOUND, [("location", "/elsewhere")]).into_response(),
        Answer::Never => {
            sleep(Duration::from_secs(60 * 60)).await;
            StatusCode::OK.into_response()
        }
    }
}

/// A webhook that leads to a receiver.
#[derive(Debug)]
pub struct Webhook {
    pub id: String,
    /// Its address in the API.
    pub path: String,
    pub secret: String,
}

impl Story {
    /// This receiver hears of events; `which` says of which, as the API spells it.
    pub async fn hears(&self, name: &str, receiver: &Receiver, mut which: Value) -> Webhook {
        which["name"] = name.into();
        which["address"] = format!("http://{}/hook", receiver.address).into();
        let made = self.api.post("/api/v1/webhooks", which).await.ok();
        let id = id_of(&made);
        Webhook {
            path: format!("/api/v1/webhooks/{id}"),
            id,
            secret: made["secret"].as_str().expect("a secret").to_owned(),
        }
    }

    /// Everything that happened is told, and what was due is sent.
    pub async fn called(&self) {
        self.settled().await;
        self.engine.called().await.expect("the database answers");
    }

    /// Advances the clock, and waits for the calls that have become due.
    pub async fn called_later(&self, by: Duration) {
        self.later(by).await;
        self.called().await;
    }
}
