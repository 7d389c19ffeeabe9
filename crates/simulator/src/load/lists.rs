//! How many lists of the REST API are answered in a second, beside controls of the same run: a plain axum handler that sends the
//! same bytes, the server's answer that it is alive, and an empty list. The server reads a list once for all who ask for it at the
//! same moment; so the last line has another list for each connection, and each has at least as many sessions.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use serde_json::Value;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::burst::{histogram, micros};
use super::connection::Line;
use super::gauges::Gauges;
use super::operator::Operator;
use super::pages::{Control, Reads};
use super::target::{Api, address_of};

const SESSIONS: u64 = 50;
/// Connections, each of which asks as soon as it has its answer.
const CONNECTIONS: [usize; 3] = [1, 16, 64];

/// What the n-th connection asks for.
type Asked = fn(u64) -> String;

const ASKED: [(&str, Asked); 4] = [
    ("alive", |_| "healthz".to_owned()),
    ("an empty list", |_| "api/v1/labels".to_owned()),
    ("50 sessions", |_| sessions(SESSIONS)),
    ("50 or more, each its own", |n| sessions(SESSIONS + n)),
];

fn sessions(limit: u64) -> String {
    format!("api/v1/sessions?limit={limit}")
}

/// Prints one line for each list and number of connections.
///
/// # Errors
/// The server cannot be reached, or answers anything but a list.
pub async fn report(api: &Api<'_>, gauges: &Gauges, rounds: usize, length: Duration) -> anyhow::Result<()> {
    let bytes = Operator::with_token(api)?
        .get(&sessions(SESSIONS), "application/json")
        .await?
        .bytes()
        .await?;
    let page: Value = serde_json::from_slice(&bytes)?;
    let shown = page["items"].as_array().context("no list")?.len();
    ensure!(shown as u64 == SESSIONS, "the list has {shown} sessions");
    println!("A list of {shown} sessions: {} bytes", bytes.len());
    let control = Control::start().await?;
    control.sends(bytes);
    let (control, server) = (address_of(&control.url).await?, address_of(api.server).await?);
    for _ in 0..rounds {
        println!(
            "{:<26} {:>11} {:>9} {:>8} {:>8} {:>8}",
            "", "connections", "answers/s", "p50 ms", "p99 ms", "cpu ms"
        );
        for connections in CONNECTIONS {
            let bare = read(control, api.token, |_| sessions(SESSIONS), connections, length).await?;
            line("control", connections, &bare, "");
            for (what, asked) in ASKED {
                let before = gauges.read().await?.processor_ms;
                let reads = read(server, api.token, asked, connections, length).await?;
                let processor = gauges.read().await?.processor_ms - before;
                let each = processor as f64 / reads.latency.len() as f64;
                line(what, connections, &reads, &format!("{each:.3}"));
            }
        }
    }
    Ok(())
}

fn line(what: &str, connections: usize, reads: &Reads, processor: &str) {
    println!(
        "{what:<26} {connections:>11} {:>9.0} {:>8.2} {:>8.2} {processor:>8}",
        reads.per_second(),
        reads.ms(0.5),
        reads.ms(0.99),
    );
}

async fn read(
    address: SocketAddr,
    token: &str,
    asked: Asked,
    connections: usize,
    length: Duration,
) -> anyhow::Result<Reads> {
    let started = Instant::now();
    let mut lanes = JoinSet::new();
    for n in 0..connections {
        let path = asked(n as u64);
        let request =
            format!("GET /{path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\r\n");
        lanes.spawn(async move {
            let (mut line, mut latency) = (Line::open(address).await?, histogram());
            while started.elapsed() < length {
                let begun = Instant::now();
                match line.ask(request.as_bytes()).await? {
                    200 => latency.saturating_record(micros(begun.elapsed())),
                    429 => bail!("the token has used up its requests: raise http.api_requests_per_minute"),
                    status => bail!("/{path}: {status}"),
                }
            }
            anyhow::Ok(latency)
        });
    }
    let mut latency = histogram();
    while let Some(lane) = lanes.join_next().await {
        latency.add(lane??)?;
    }
    let time = started.elapsed();
    Ok(Reads { latency, time })
}
