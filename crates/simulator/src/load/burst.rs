//! One burst: a number of connections, each sending one request after another until the time is up.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use hdrhistogram::Histogram;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use super::connection::Connection;
use super::target::Target;
use super::text::Texts;

/// How quickly requests follow each other.
#[derive(Debug, Clone, Copy)]
pub enum Pace {
    /// Each connection sends as soon as it has received its answer.
    Flat,
    /// This many a second in total. Late requests are sent at once, and their delay counts as latency.
    PerSecond(u64),
}

#[derive(Debug)]
pub struct Burst<'a> {
    pub target: &'a Target,
    pub texts: &'a Texts,
    pub connections: usize,
    pub pace: Pace,
    pub length: Duration,
    /// Whether to record the times of each message.
    pub moments: bool,
}

/// The result of a burst. Latencies are in microseconds.
#[derive(Debug)]
pub struct Report {
    pub latency: Histogram<u64>,
    pub refused: u64,
    pub time: Duration,
    /// The acknowledged messages, if requested.
    pub moments: Vec<Moment>,
}

/// When a message was sent and acknowledged.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    pub number: u64,
    pub sent: Instant,
    pub acknowledged: Instant,
}

impl Report {
    fn new() -> Self {
        Self {
            latency: histogram(),
            refused: 0,
            time: Duration::ZERO,
            moments: Vec::new(),
        }
    }

    /// Acknowledged requests a second.
    pub fn per_second(&self) -> f64 {
        self.latency.len() as f64 / self.time.as_secs_f64()
    }

    /// The time of each acknowledgement, if requested.
    pub fn acknowledgements(&self) -> Vec<Instant> {
        self.moments.iter().map(|moment| moment.acknowledged).collect()
    }
}

/// The results of one burst on one line.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |quantile| self.latency.value_at_quantile(quantile) as f64 / 1000.0;
        write!(
            f,
            "{:>8.0}/s   p50 {:.1} ms, p99 {:.1} ms, longest {:.1} ms, refused {}",
            self.per_second(),
            ms(0.5),
            ms(0.99),
            self.latency.max() as f64 / 1000.0,
            self.refused
        )
    }
}

impl Burst<'_> {
    /// # Errors
    /// The server cannot be reached, or breaks a connection.
    pub async fn run(&self) -> anyhow::Result<Report> {
        let started = Instant::now();
        let end = started + self.length;
        let turn = Arc::new(AtomicU64::new(0));
        let mut lanes = JoinSet::new();
        for _ in 0..self.connections {
            let mut connection = Connection::open(self.target).await?;
            let texts = self.texts.clone();
            let (pace, turn, keep_moments) = (self.pace, turn.clone(), self.moments);
            lanes.spawn(async move {
                let mut lane = Report::new();
                loop {
                    let mut due = Instant::now();
                    if let Pace::PerSecond(rate) = pace {
                        let turn = turn.fetch_add(1, Ordering::Relaxed);
                        due = started + Duration::from_nanos(turn * 1_000_000_000 / rate);
                        sleep_until(due.min(end)).await;
                    }
                    if due.max(Instant::now()) >= end {
                        return anyhow::Ok(lane);
                    }
                    let (text, sent) = (texts.next(), Instant::now());
                    match connection.send(&text).await? {
                        200..=299 => {
                            lane.latency.saturating_record(micros(due.elapsed()));
                            lane.moments.extend(keep_moments.then(|| Moment {
                                number: text.number,
                                sent,
                                acknowledged: Instant::now(),
                            }));
                        }
                        _ => lane.refused += 1,
                    }
                }
            });
        }
        let mut report = Report::new();
        while let Some(lane) = lanes.join_next().await {
            let lane = lane??;
            report.latency.add(lane.latency)?;
            report.refused += lane.refused;
            report.moments.extend(lane.moments);
        }
        report.time = started.elapsed();
        Ok(report)
    }
}

/// Latencies up to a minute with three significant digits, in microseconds.
pub fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, 60_000_000, 3).expect("the bounds are in order")
}

pub fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
