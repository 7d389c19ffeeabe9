//! Many operators online: what a message costs the server for each of them, and how soon each has it on the screen. An
//! operator here does what the console does: takes the row from the event, or, where an event brings none, reads list
//! and counts again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context as _, bail};
use futures::{StreamExt as _, stream};
use hdrhistogram::Histogram;
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout_at};
use url::Url;

use super::burst::{histogram, micros};
use super::operator::Operator;
use super::target::Api;

/// Log-ins at once: each costs the server the hash of a password.
const LOG_INS: usize = 4;
const PASSWORD: &str = "a password for the load";
/// How long to wait for the last events.
const LAST: Duration = Duration::from_secs(3);

/// Operators with their open streams, all in one queue.
#[derive(Debug)]
pub struct Desks {
    desks: Vec<Desk>,
    reads: Arc<AtomicU64>,
}

#[derive(Debug)]
struct Desk {
    heard: JoinHandle<Vec<Instant>>,
}

/// Creates extensions with log-ins; returns their ids and what logs them in.
///
/// # Errors
/// The server refuses.
pub async fn hire(api: &Api<'_>, many: usize, run: u64) -> anyhow::Result<Vec<(String, String)>> {
    let hired = stream::iter(0..many).map(|n| async move {
        let number = 10_000_000 + (run % 10_000) * 1_000 + n as u64;
        let login = format!("load-{number}");
        let extension = json!({
            "number": number.to_string(), "name": login, "login": login, "password": PASSWORD, "role": "operator",
        });
        let extension = api.create("api/v1/extensions", &extension).await?;
        let id = extension["id"].as_str().context("an id")?.to_owned();
        anyhow::Ok((id, format!("{login}:{PASSWORD}")))
    });
    hired
        .buffered(LOG_INS)
        .collect::<Vec<_>>()
        .await
        .into_iter()
        .collect()
}

impl Desks {
    /// Logs everybody in and opens their streams.
    ///
    /// # Errors
    /// The server refuses.
    pub async fn open(server: &Url, logins: &[(String, String)], reading: bool) -> anyhow::Result<Self> {
        let reads = Arc::<AtomicU64>::default();
        let opened = stream::iter(logins).map(|(_, login)| {
            let reads = reads.clone();
            async move { Desk::open(patiently(server, login).await?, reads, reading).await }
        });
        let desks = opened.buffered(LOG_INS).collect::<Vec<_>>().await;
        Ok(Self {
            desks: desks.into_iter().collect::<anyhow::Result<_>>()?,
            reads,
        })
    }

    /// Waits until no event has come for a while, and pairs the times of the messages with those of the acknowledgements.
    ///
    /// # Errors
    /// A desk has panicked.
    pub async fn finish(self, mut acknowledged: Vec<Instant>) -> anyhow::Result<Seen> {
        acknowledged.sort_unstable();
        let mut delays = histogram();
        let mut missing = 0;
        for desk in self.desks {
            let heard = desk.heard.await?;
            missing += acknowledged.len().saturating_sub(heard.len());
            for (acknowledged, heard) in acknowledged.iter().zip(&heard) {
                delays.saturating_record(micros(heard.saturating_duration_since(*acknowledged)));
            }
        }
        Ok(Seen {
            delays,
            missing,
            reads: self.reads.load(Ordering::Relaxed),
        })
    }
}

/// The server hashes few passwords at once and asks the others to come again.
async fn patiently(server: &Url, login: &str) -> anyhow::Result<Operator> {
    for _ in 0..60 {
        if let Ok(operator) = Operator::log_in(server, login).await {
            return Ok(operator);
        }
        sleep(Duration::from_millis(500)).await;
    }
    bail!("{login} cannot log in")
}

impl Desk {
    async fn open(operator: Operator, reads: Arc<AtomicU64>, reading: bool) -> anyhow::Result<Self> {
        let mut events = operator.get("events", "text/event-stream").await?;
        let heard = tokio::spawn(async move {
            let (mut heard, mut rest) = (Vec::new(), Vec::new());
            let idle = |heard: &[Instant]| {
                heard
                    .last()
                    .map_or_else(|| Instant::now() + 20 * LAST, |last| *last + LAST)
            };
            while let Ok(Ok(Some(chunk))) = timeout_at(idle(&heard), events.chunk()).await {
                rest.extend_from_slice(&chunk);
                let (mut messages, mut hints) = (0, 0);
                while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
                    let line: Vec<u8> = rest.drain(..=end).collect();
                    let Some(data) = line.strip_prefix(b"data: ") else {
                        continue;
                    };
                    let event: Value = serde_json::from_slice(data).unwrap_or_default();
                    if event["inbound"] != json!(true) {
                        continue;
                    }
                    messages += 1;
                    hints += usize::from(reading || event["inbox"]["row"].is_null());
                }
                // As the console: what comes during a read is covered by one more.
                if hints > 0 {
                    reads.fetch_add(1, Ordering::Relaxed);
                    let _ = read(&operator).await;
                }
                heard.extend(std::iter::repeat_n(Instant::now(), messages));
            }
            heard
        });
        Ok(Self { heard })
    }
}

async fn read(operator: &Operator) -> anyhow::Result<()> {
    for (function, arguments) in [
        ("inbox/list", &[("tab", "waiting")] as &[_]),
        ("inbox/counts", &[]),
    ] {
        let answer = operator.call(function, arguments)?.send().await?;
        answer.error_for_status()?.bytes().await?;
    }
    Ok(())
}

#[derive(Debug)]
pub struct Seen {
    pub delays: Histogram<u64>,
    /// Messages that some desk never heard of.
    pub missing: usize,
    /// Reads of list and counts.
    pub reads: u64,
}
