//! A quick receiver of a webhook: it notes what comes and answers 204. What came is compared afterwards with what was
//! acknowledged to Meta.

use std::collections::{HashMap, HashSet};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use axum::serve::ListenerExt as _;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use hdrhistogram::Histogram;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use tokio::net::TcpListener;
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep};

use super::burst::{Moment, histogram, micros};
use super::target::Target;
use super::text::{Texts, number};

/// Of so many deliveries the signature of one is checked.
const SAMPLED: usize = 50;
const LOOKED_AT_EVERY: Duration = Duration::from_millis(20);
/// After this long without a delivery none is waited for.
const SILENCE: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub struct Receiver {
    address: SocketAddr,
    inbox: Arc<Mutex<Inbox>>,
    task: AbortHandle,
}

#[derive(Debug, Default)]
struct Inbox {
    /// Messages by their numbers, and when they came.
    arrivals: Vec<(u64, Instant)>,
    numbers: HashSet<u64>,
    samples: Vec<(HeaderMap, Bytes)>,
}

impl Receiver {
    pub async fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let (address, inbox) = (listener.local_addr()?, Arc::<Mutex<Inbox>>::default());
        let listener = listener.tap_io(|stream| {
            let _ = stream.set_nodelay(true);
        });
        let router = Router::new().route("/", post(take)).with_state(inbox.clone());
        let task = tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self {
            address,
            inbox,
            task: task.abort_handle(),
        })
    }

    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// For a sender that stores nothing, and signs as whoever calls this server does.
    pub fn instead_of(&self, server: &Target) -> Target {
        Target {
            address: self.address,
            path: "/".to_owned(),
            ..server.clone()
        }
    }

    /// Returns once so many messages have come, or none has come for long.
    pub async fn has(&self, many: usize) {
        let (mut known, mut since) = (0, Instant::now());
        loop {
            let now = lock(&self.inbox).numbers.len();
            if now > known {
                (known, since) = (now, Instant::now());
            }
            if now >= many || since.elapsed() > SILENCE {
                return;
            }
            sleep(LOOKED_AT_EVERY).await;
        }
    }

    /// Compares what came with what was acknowledged.
    ///
    /// # Errors
    /// The secret is none.
    pub fn told(&self, acknowledged: &[Moment], texts: &Texts, secret: &str) -> anyhow::Result<Told> {
        let inbox = lock(&self.inbox);
        let moments: HashMap<u64, &Moment> = acknowledged
            .iter()
            .map(|moment| (moment.number, moment))
            .collect();
        let mut told = Told::default();
        let (mut seen, mut sent) = (HashSet::new(), HashMap::new());
        for (number, at) in &inbox.arrivals {
            let Some(moment) = moments.get(number) else {
                continue;
            };
            if !seen.insert(*number) {
                told.twice += 1;
                continue;
            }
            // Overtaken: it was acknowledged before the customer sent one that came earlier.
            let latest = sent.entry(texts.customer(*number)).or_insert(moment.sent);
            told.out_of_order += u64::from(moment.acknowledged < *latest);
            *latest = moment.sent.max(*latest);
            let delay = at.saturating_duration_since(moment.acknowledged);
            told.delays.saturating_record(micros(delay));
            told.last = told.last.max(Some(*at));
        }
        told.lost = (moments.len() - seen.len()) as u64;
        let key = BASE64_STANDARD.decode(secret.strip_prefix("whsec_").context("no secret")?)?;
        let key = Hmac::<Sha256>::new_from_slice(&key).expect("HMAC takes keys of any length");
        let wrong = inbox.samples.iter().filter(|sample| !is_signed(sample, &key));
        told.unsigned = wrong.count() as u64;
        told.checked = inbox.samples.len() as u64;
        Ok(told)
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn take(State(inbox): State<Arc<Mutex<Inbox>>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let at = Instant::now();
    let Some(number) = number(&body) else {
        return StatusCode::BAD_REQUEST;
    };
    let mut inbox = lock(&inbox);
    if inbox.arrivals.len().is_multiple_of(SAMPLED) {
        inbox.samples.push((headers, body));
    }
    inbox.arrivals.push((number, at));
    inbox.numbers.insert(number);
    StatusCode::NO_CONTENT
}

fn lock(inbox: &Mutex<Inbox>) -> MutexGuard<'_, Inbox> {
    inbox.lock().expect("nobody panics with it")
}

/// <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>
fn is_signed((headers, body): &(HeaderMap, Bytes), key: &Hmac<Sha256>) -> bool {
    let header = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or("")
    };
    let (id, at) = (header("webhook-id"), header("webhook-timestamp"));
    let mac = key.clone().chain_update(format!("{id}.{at}.")).chain_update(body);
    let signatures = header("webhook-signature").split(' ');
    signatures
        .filter_map(|signature| BASE64_STANDARD.decode(signature.strip_prefix("v1,")?).ok())
        .any(|signature| mac.clone().verify_slice(&signature).is_ok())
}

/// What webhooks were told.
#[derive(Debug)]
pub struct Told {
    /// From the acknowledgement to the receiver.
    pub delays: Histogram<u64>,
    /// When the last message came for the first time.
    pub last: Option<Instant>,
    pub lost: u64,
    pub twice: u64,
    pub out_of_order: u64,
    /// Signatures that were checked, and those that were wrong.
    pub checked: u64,
    pub unsigned: u64,
}

impl Default for Told {
    fn default() -> Self {
        Self {
            delays: histogram(),
            last: None,
            lost: 0,
            twice: 0,
            out_of_order: 0,
            checked: 0,
            unsigned: 0,
        }
    }
}

impl Told {
    /// # Errors
    /// The histograms differ in their bounds.
    pub fn add(&mut self, other: Self) -> anyhow::Result<()> {
        self.delays.add(other.delays)?;
        self.last = self.last.max(other.last);
        self.lost += other.lost;
        self.twice += other.twice;
        self.out_of_order += other.out_of_order;
        self.checked += other.checked;
        self.unsigned += other.unsigned;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_lost_or_repeated_or_overtaken_is_noticed() {
        let target = Target {
            address: (Ipv4Addr::LOCALHOST, 9).into(),
            path: "/".to_owned(),
            secret: "secret".to_owned(),
            phone_number_id: "1".to_owned(),
        };
        let texts = Texts::new(&target, 10);
        let (receiver, begun) = (Receiver::start().await.unwrap(), Instant::now());
        let at = |milliseconds| begun + Duration::from_millis(milliseconds);
        let moment = |number| Moment {
            number,
            sent: at(number * 10),
            acknowledged: at(number * 10 + 5),
        };
        let moments: Vec<_> = (0..30).map(moment).collect();
        // The messages 1, 11 and 21 are of one customer.
        let came = (0..29).filter(|number| *number != 11).chain([11, 3]);
        lock(&receiver.inbox).arrivals = came.map(|number| (number, at(1000 + number))).collect();
        let told = receiver.told(&moments, &texts, "whsec_AAAA").unwrap();
        assert_eq!((told.lost, told.twice, told.out_of_order), (1, 1, 1));
        assert_eq!(told.delays.len(), 29);
    }
}
