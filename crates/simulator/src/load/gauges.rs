//! The gauges that the server reports at `/metrics`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::bail;
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep};
use url::Url;

/// How long a run waits for a backlog to be applied before it gives up.
pub const PATIENCE: Duration = Duration::from_secs(600);

const WATCHED_EVERY: Duration = Duration::from_millis(500);
const DRAIN_LOOKED_AT_EVERY: Duration = Duration::from_millis(50);

#[derive(Debug, Clone)]
pub struct Gauges {
    http: reqwest::Client,
    url: Url,
    token: String,
}

#[derive(Debug, Clone, Copy, Default)]
pub struct Reading {
    /// Items applied since the start of the process.
    pub applied: u64,
    /// Deliveries that are stored but not applied.
    pub waiting: u64,
    /// Bytes of resident memory.
    pub memory: u64,
    /// Milliseconds of processor time since the start of the process.
    pub processor_ms: u64,
}

#[derive(Debug, Clone, Copy)]
pub struct Drained {
    pub messages: u64,
    pub time: Duration,
}

impl Drained {
    pub fn per_second(&self) -> f64 {
        self.messages as f64 / self.time.as_secs_f64()
    }
}

impl Gauges {
    pub fn of(server: &Url, token: &str) -> Self {
        let mut url = server.clone();
        url.set_path("/metrics");
        Self {
            // A new connection each time: the server may close an idle connection at the moment of its reuse.
            http: reqwest::Client::builder()
                .pool_max_idle_per_host(0)
                .build()
                .unwrap_or_default(),
            url,
            token: token.to_owned(),
        }
    }

    pub async fn read(&self) -> anyhow::Result<Reading> {
        let text = self
            .http
            .get(self.url.clone())
            .bearer_auth(&self.token)
            .send()
            .await?
            .error_for_status()?;
        let text = text.text().await?;
        let value = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name));
            let value = line.and_then(|rest| rest.trim().parse::<f64>().ok());
            value.unwrap_or(0.0)
        };
        Ok(Reading {
            applied: value("switchboard_delivery_items_total{outcome=\"applied\"}") as u64,
            waiting: value("switchboard_deliveries_waiting") as u64,
            memory: value("process_resident_memory_bytes") as u64,
            processor_ms: (value("process_cpu_seconds_total") * 1000.0) as u64,
        })
    }

    /// Waits until nothing is left to apply.
    ///
    /// # Errors
    /// It takes longer than `patience`.
    pub async fn drained(&self, patience: Duration) -> anyhow::Result<Drained> {
        let started = Instant::now();
        let first = self.read().await?;
        let mut last = first;
        while last.waiting > 0 {
            if started.elapsed() > patience {
                bail!("{} deliveries still wait after {patience:?}", last.waiting);
            }
            sleep(DRAIN_LOOKED_AT_EVERY).await;
            last = self.read().await?;
        }
        Ok(Drained {
            messages: first.waiting,
            time: started.elapsed(),
        })
    }
}

/// The highest memory use observed while this value lives.
#[derive(Debug)]
pub struct Peak {
    bytes: Arc<AtomicU64>,
    task: AbortHandle,
}

impl Peak {
    pub fn watch(gauges: &Gauges) -> Self {
        let bytes = Arc::<AtomicU64>::default();
        let (gauges, seen) = (gauges.clone(), bytes.clone());
        let task = tokio::spawn(async move {
            loop {
                if let Ok(reading) = gauges.read().await {
                    seen.fetch_max(reading.memory, Ordering::Relaxed);
                }
                sleep(WATCHED_EVERY).await;
            }
        });
        Self {
            bytes,
            task: task.abort_handle(),
        }
    }

    pub fn megabytes(&self) -> f64 {
        self.bytes.load(Ordering::Relaxed) as f64 / 1e6
    }
}

impl Drop for Peak {
    fn drop(&mut self) {
        self.task.abort();
    }
}
