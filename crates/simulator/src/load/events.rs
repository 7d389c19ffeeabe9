//! How soon an operator's browser hears of a message: compares the live stream of a logged-in user with the times at
//! which the messages were acknowledged.

use std::fmt;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use super::burst::{histogram, micros};
use super::operator::Operator;

/// How long to wait for the last events.
const LAST: Duration = Duration::from_secs(5);
/// A part of every event of an inbound message.
const INBOUND: &[u8] = b"\"inbound\":true";

#[derive(Debug)]
pub struct Listener {
    heard: JoinHandle<Vec<Instant>>,
}

/// Opens the stream.
pub async fn listen(operator: &Operator) -> anyhow::Result<Listener> {
    let mut stream = operator.get("events", "text/event-stream").await?;
    let heard = tokio::spawn(async move {
        let (mut heard, mut line) = (Vec::new(), Vec::new());
        let last = |heard: &[Instant]| heard.last().map_or_else(Instant::now, |heard| *heard) + LAST;
        while let Ok(Ok(Some(chunk))) = timeout_at(last(&heard), stream.chunk()).await {
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
    /// Waits until no event has come for a while, and pairs the two lists of times: the first acknowledgement belongs
    /// to the first event, and so on.
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
