//! How many events a second webhooks are told, how soon after Meta's acknowledgement, and how much that slows the rest down:
//! each load beside the same without a webhook. The control sends the same receiver signed messages that nobody has stored.
//! Several webhooks are told as much in all as one, and then as much each as messages come. None may be lost, nor overtake
//! another of its session.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use hdrhistogram::Histogram;
use serde_json::json;
use tokio::time::Instant;

use super::burst::{Burst, Pace, Report};
use super::gauges::{Gauges, PATIENCE};
use super::receiver::{Receiver, Told};
use super::run::run_number;
use super::target::{Api, Target};
use super::text::Texts;

/// Deliveries a second to all webhooks while messages come evenly.
const RATE: u64 = 1000;
/// Nothing listens there.
const NOWHERE: &str = "http://127.0.0.1:9/";

#[derive(Debug)]
struct Case {
    name: &'static str,
    webhooks: u64,
    /// Whether there is another, which is away.
    beside_a_dead_one: bool,
}

const CASES: [Case; 3] = [
    Case {
        name: "one webhook",
        webhooks: 1,
        beside_a_dead_one: false,
    },
    Case {
        name: "four webhooks",
        webhooks: 4,
        beside_a_dead_one: false,
    },
    Case {
        name: "one beside a dead one",
        webhooks: 1,
        beside_a_dead_one: true,
    },
];

#[derive(Debug)]
pub struct Load<'a> {
    pub api: Api<'a>,
    pub target: Target,
    pub texts: Texts,
    pub gauges: Gauges,
    pub connections: usize,
    /// How long each burst lasts.
    pub length: Duration,
}

impl Load<'_> {
    /// Prints a line for each burst. The control's are even, and then as quick as can be; messages come evenly, first so
    /// many that webhooks are told 1000 events a second, then `many` a second.
    ///
    /// # Errors
    /// The server cannot be reached or does not call loopback; an event is lost, comes out of order, or has a wrong
    /// signature.
    pub async fn report(&self, rounds: usize, many: u64) -> anyhow::Result<()> {
        // Opens the sessions.
        self.run(Pace::PerSecond(RATE), None).await?;
        for _ in 0..rounds {
            println!(
                "{:<22} {:>11} {:>8} {:>8} {:>9} {:>11} {:>8} {:>8} {:>7}",
                "",
                "messages/s",
                "p50 ms",
                "p99 ms",
                "applied/s",
                "delivered/s",
                "p50 ms",
                "p99 ms",
                "cpu ms"
            );
            for pace in [Pace::PerSecond(RATE), Pace::Flat] {
                let control = self.control(pace).await?;
                let columns = columns(control.per_second(), &control.latency);
                println!("{:<22} {:39} {columns}", "control", "");
            }
            for case in &CASES {
                for rate in [RATE / case.webhooks, many] {
                    let pace = Pace::PerSecond(rate);
                    self.run(pace, None).await?.print("no webhook");
                    let outcome = self.run(pace, Some(case)).await?;
                    outcome.print(case.name);
                    outcome.check()?;
                }
            }
        }
        Ok(())
    }

    /// Sends a receiver messages from the generator itself.
    async fn control(&self, pace: Pace) -> anyhow::Result<Report> {
        let receiver = Receiver::start().await?;
        let report = self.burst(&receiver.instead_of(&self.target), pace).run().await?;
        ensure!(
            report.refused == 0,
            "the receiver has refused {} messages",
            report.refused
        );
        Ok(report)
    }

    fn burst<'a>(&'a self, target: &'a Target, pace: Pace) -> Burst<'a> {
        Burst {
            target,
            texts: &self.texts,
            connections: self.connections,
            pace,
            length: self.length,
            moments: true,
        }
    }

    /// Has customers write while webhooks are told of it; returns once they are.
    async fn run(&self, pace: Pace, case: Option<&Case>) -> anyhow::Result<Outcome> {
        let mut webhooks = Vec::new();
        for _ in 0..case.map_or(0, |case| case.webhooks) {
            let receiver = Receiver::start().await?;
            let webhook = Webhook::create(&self.api, &receiver.url()).await?;
            webhooks.push((receiver, webhook));
        }
        let dead = match case {
            Some(case) if case.beside_a_dead_one => Some(Webhook::create(&self.api, NOWHERE).await?),
            _ => None,
        };
        let (before, begun) = (self.gauges.read().await?, Instant::now());
        let report = self.burst(&self.target, pace).run().await?;
        let applied = self.gauges.read().await?.applied - before.applied;
        let mut told = Told::default();
        for (receiver, webhook) in &webhooks {
            receiver.has(report.moments.len()).await;
            told.add(receiver.told(&report.moments, &self.texts, &webhook.secret)?)?;
        }
        self.gauges.drained(PATIENCE).await?;
        let processor_ms = self.gauges.read().await?.processor_ms - before.processor_ms;
        for webhook in webhooks.iter().map(|(_, webhook)| webhook).chain(&dead) {
            self.api
                .delete(&format!("api/v1/webhooks/{}", webhook.id))
                .await?;
        }
        Ok(Outcome {
            report,
            applied,
            begun,
            told,
            processor_ms,
        })
    }
}

struct Webhook {
    id: String,
    secret: String,
}

impl Webhook {
    /// One that is told of what customers write.
    async fn create(api: &Api<'_>, address: &str) -> anyhow::Result<Self> {
        let name = format!("Load {}", run_number());
        let new = json!({ "name": name, "address": address, "types": ["message.received"] });
        let created = api.create("api/v1/webhooks", &new).await;
        let created = created.context("the setting webhooks.networks has to have 127.0.0.0/8")?;
        let text = |field: &str| created[field].as_str().map(str::to_owned);
        Ok(Self {
            id: text("id").context("no id")?,
            secret: text("secret").context("no secret")?,
        })
    }
}

#[derive(Debug)]
struct Outcome {
    report: Report,
    /// Messages that were applied by the end of the burst.
    applied: u64,
    begun: Instant,
    told: Told,
    processor_ms: u64,
}

impl Outcome {
    fn print(&self, what: &str) {
        let (report, told) = (&self.report, &self.told);
        let messages = columns(report.per_second(), &report.latency);
        let applied = self.applied as f64 / report.time.as_secs_f64();
        let delivered = told.last.map_or_else(String::new, |last| {
            let time = last.saturating_duration_since(self.begun);
            columns(told.delays.len() as f64 / time.as_secs_f64(), &told.delays)
        });
        let processor = self.processor_ms as f64 / report.latency.len().max(1) as f64;
        let checked = match told.checked {
            0 => String::new(),
            checked => format!("   {} twice, {checked} signatures checked", told.twice),
        };
        println!("{what:<22} {messages} {applied:>9.0} {delivered:29} {processor:>7.2}{checked}");
    }

    /// # Errors
    /// An event is lost, came out of order, or has a wrong signature.
    fn check(&self) -> anyhow::Result<()> {
        let told = &self.told;
        ensure!(
            told.lost == 0 && told.out_of_order == 0 && told.unsigned == 0,
            "{} events are lost, {} came out of order, {} of {} signatures are wrong",
            told.lost,
            told.out_of_order,
            told.unsigned,
            told.checked
        );
        Ok(())
    }
}

/// How many a second, and how long each took.
fn columns(per_second: f64, times: &Histogram<u64>) -> String {
    let ms = |quantile| times.value_at_quantile(quantile) as f64 / 1000.0;
    format!("{per_second:>11.0} {:>8.2} {:>8.2}", ms(0.5), ms(0.99))
}
