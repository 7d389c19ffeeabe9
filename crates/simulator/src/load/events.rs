//! How soon an operator's browser hears of a message: the live stream of somebody who is logged in, beside the
//! moments at which the messages were acknowledged.

use std::fmt;
use std::time::Duration;

use anyhow::Context as _;
use reqwest::header::{ACCEPT, CONTENT_TYPE, COOKIE, ORIGIN, SET_COOKIE};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};
use url::{Url, form_urlencoded};

use super::burst::{histogram, micros};

/// How long the last events may take to come.
const LAST: Duration = Duration::from_secs(5);
/// What every event of an inbound message has.
const INBOUND: &[u8] = b"\"inbound\":true";

#[derive(Debug)]
pub struct Listener {
    heard: JoinHandle<Vec<Instant>>,
}

/// Logs in and opens the stream.
pub async fn listen(server: &Url, operator: &str) -> anyhow::Result<Listener> {
    let (login, password) = operator.split_once(':').context("--operator is login:password")?;
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()?;
    let form = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("login", login), ("password", password)])
        .finish();
    let answer = http
        .post(server.join("rpc/auth/log-in")?)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(ORIGIN, server.origin().ascii_serialization())
        .body(form)
        .send()
        .await?;
    let cookies: Vec<_> = answer
        .headers()
        .get_all(SET_COOKIE)
        .iter()
        .filter_map(|cookie| cookie.to_str().ok()?.split(';').next())
        .collect();
    let stream = http
        .get(server.join("events")?)
        .header(COOKIE, cookies.join("; "))
        .header(ACCEPT, "text/event-stream")
        .send()
        .await?;
    let mut stream = stream
        .error_for_status()
        .context("the operator could not log in")?;
    let heard = tokio::spawn(async move {
        let (mut heard, mut line) = (Vec::new(), Vec::new());
        while let Ok(Ok(Some(chunk))) = timeout(LAST, stream.chunk()).await {
            let now = Instant::now();
            for byte in chunk {
                if byte != b'\n' {
                    line.push(byte);
                    continue;
                }
                if line.windows(INBOUND.len()).any(|part| part == INBOUND) {
                    heard.push(now);
                }
                line.clear();
            }
        }
        heard
    });
    Ok(Listener { heard })
}

impl Listener {
    /// Waits until no event came for a while, and sets the moments beside each other: the first acknowledgement
    /// belongs to the first event, and so on.
    pub async fn finish(self, mut acknowledged: Vec<Instant>) -> anyhow::Result<Delays> {
        let heard = self.heard.await?;
        acknowledged.sort_unstable();
        let mut delays = histogram();
        for (acknowledged, heard) in acknowledged.iter().zip(&heard) {
            delays.saturating_record(micros(heard.saturating_duration_since(*acknowledged)));
        }
        Ok(Delays {
            delays,
            sent: acknowledged.len(),
            heard: heard.len(),
        })
    }
}

#[derive(Debug)]
pub struct Delays {
    delays: hdrhistogram::Histogram<u64>,
    sent: usize,
    heard: usize,
}

impl fmt::Display for Delays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |quantile| self.delays.value_at_quantile(quantile) as f64 / 1000.0;
        write!(
            f,
            "{} messages, {} events: p50 {:.1} ms, p99 {:.1} ms, longest {:.1} ms",
            self.sent,
            self.heard,
            ms(0.5),
            ms(0.99),
            self.delays.max() as f64 / 1000.0
        )
    }
}
