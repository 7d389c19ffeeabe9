//! How quickly pages and lists are answered, each beside a control that sends the same bytes: a plain axum handler in
//! this process. The pages are found as a reader finds them, by following links: one of each kind.

use std::collections::{BTreeSet, VecDeque};
use std::net::Ipv4Addr;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use hdrhistogram::Histogram;
use reqwest::Url;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::burst::{histogram, micros};
use super::gauges::Gauges;
use super::operator::Operator;
use super::target::Api;

/// Where the search for links begins.
const FIRST: &[&str] = &["inbox?tab=waiting", "login"];
/// Read with the token.
const LISTS: &[&str] = &["api/v1/sessions?limit=50"];
/// Clients at once.
const CLIENTS: &[usize] = &[1, 16];
/// Pages of one kind differ by ids and queries only; a search ends after this many kinds.
const MOST: usize = 60;

/// Prints one line for each page and number of clients.
///
/// # Errors
/// A page cannot be read.
pub async fn report(
    operator: &Operator,
    api: &Api<'_>,
    gauges: &Gauges,
    length: Duration,
) -> anyhow::Result<()> {
    let control = Control::start().await?;
    println!(
        "{:<44} {:>7} {:>7}  {:>9} {:>8} {:>8} {:>8}  {:>9} {:>8}",
        "address", "bytes", "clients", "answers/s", "p50 ms", "p99 ms", "cpu ms", "control/s", "p99 ms"
    );
    let pages = found(operator).await?;
    let pages = pages.into_iter().map(|path| (path, operator.clone()));
    let script = Operator::with_token(api)?;
    let lists = LISTS.iter().map(|path| ((*path).to_owned(), script.clone()));
    for (path, reader) in pages.chain(lists) {
        let bytes = reader.get(&path, "text/html").await?.bytes().await?;
        let size = bytes.len();
        control.sends(bytes);
        for clients in CLIENTS {
            let bare = read(&reader.at(&control.url), &path, *clients, length).await?;
            let before = gauges.read().await?.processor_ms;
            let drawn = read(&reader, &path, *clients, length).await?;
            let processor = gauges.read().await?.processor_ms - before;
            println!(
                "{:<44} {size:>7} {clients:>7}  {:>9.0} {:>8.2} {:>8.2} {:>8.2}  {:>9.0} {:>8.2}",
                kind(&path),
                drawn.per_second(),
                drawn.ms(0.5),
                drawn.ms(0.99),
                processor as f64 / drawn.latency.len() as f64,
                bare.per_second(),
                bare.ms(0.99),
            );
        }
    }
    Ok(())
}

/// The first page of each kind that links lead to.
async fn found(operator: &Operator) -> anyhow::Result<Vec<String>> {
    let mut next: VecDeque<String> = FIRST.iter().map(|path| (*path).to_owned()).collect();
    let mut kinds: BTreeSet<String> = next.iter().map(|path| kind(path)).collect();
    let mut pages = Vec::new();
    while let Some(path) = next.pop_front() {
        // A redirect, a file, or nothing for this user.
        let Ok(answer) = operator.get(&path, "text/html").await else {
            continue;
        };
        let is_page = |kind: &[u8]| kind.starts_with(b"text/html");
        let is_page = answer
            .headers()
            .get(CONTENT_TYPE)
            .is_some_and(|kind| is_page(kind.as_bytes()));
        if answer.status() != 200 || !is_page {
            continue;
        }
        let text = answer.text().await?;
        pages.push(path);
        let links = text
            .split("href=\"/")
            .skip(1)
            .filter_map(|rest| rest.split('"').next());
        for link in links.filter(|link| !link.contains(['.', '#'])) {
            let link = link.replace("&amp;", "&");
            if kinds.len() < MOST && kinds.insert(kind(&link)) {
                next.push_back(link);
            }
        }
    }
    Ok(pages)
}

/// The address without what differs between pages of one kind.
fn kind(path: &str) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let part = |part: &str| match part.len() == 36 && part.matches('-').count() == 4 {
        true => "{id}".to_owned(),
        false => part.to_owned(),
    };
    let parts: Vec<_> = path.split('/').map(part).collect();
    let names: BTreeSet<_> = query
        .split('&')
        .filter_map(|pair| pair.split('=').next())
        .collect();
    let names = names
        .into_iter()
        .filter(|name| !name.is_empty())
        .collect::<Vec<_>>();
    match names.is_empty() {
        true => format!("/{}", parts.join("/")),
        false => format!("/{}?{}", parts.join("/"), names.join("&")),
    }
}

/// The answers of some time.
#[derive(Debug)]
pub struct Reads {
    pub latency: Histogram<u64>,
    pub time: Duration,
}

impl Reads {
    pub fn per_second(&self) -> f64 {
        self.latency.len() as f64 / self.time.as_secs_f64()
    }

    pub fn ms(&self, quantile: f64) -> f64 {
        self.latency.value_at_quantile(quantile) as f64 / 1000.0
    }
}

async fn read(reader: &Operator, path: &str, clients: usize, length: Duration) -> anyhow::Result<Reads> {
    let started = Instant::now();
    let mut lanes = JoinSet::new();
    for _ in 0..clients {
        let (reader, path) = (reader.clone(), path.to_owned());
        lanes.spawn(async move {
            let mut latency = histogram();
            while started.elapsed() < length {
                let begun = Instant::now();
                reader.get(&path, "text/html").await?.bytes().await?;
                latency.saturating_record(micros(begun.elapsed()));
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

/// Sends the same bytes whatever is asked.
#[derive(Debug)]
pub struct Control {
    pub url: Url,
    bytes: Arc<RwLock<Bytes>>,
}

impl Control {
    pub async fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://{}/", listener.local_addr()?)
            .parse()
            .context("an address")?;
        let bytes = Arc::<RwLock<Bytes>>::default();
        let router = Router::new().fallback(send).with_state(bytes.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { url, bytes })
    }

    pub fn sends(&self, bytes: Bytes) {
        *self.bytes.write().expect("nobody panics with it") = bytes;
    }
}

async fn send(State(bytes): State<Arc<RwLock<Bytes>>>) -> impl IntoResponse {
    let bytes = bytes.read().expect("nobody panics with it").clone();
    ([(CONTENT_TYPE, "text/html; charset=utf-8")], bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_one_kind_differ_by_ids_and_queries_only() {
        for (path, expected) in [
            ("inbox?tab=waiting", "/inbox?tab"),
            (
                "channels/0199b1e2-7c00-7000-8000-000000000001/sending",
                "/channels/{id}/sending",
            ),
            ("inbox?session=1&tab=mine", "/inbox?session&tab"),
            ("", "/"),
        ] {
            assert_eq!(kind(path), expected);
        }
    }
}
