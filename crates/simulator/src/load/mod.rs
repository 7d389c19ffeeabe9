//! `simulator load`: the speed of the webhook, compared with a control on the same machine in the same run. The control
//! does the least that any receiver has to do: read the body, check the signature, answer 200.
//!
//! It drives the process from outside, by HTTP alone, as Meta would. Any server with the same three addresses
//! (`/api/v1`, the webhook, `/metrics`) can be measured with it.

mod burst;
mod connection;
pub mod control;
mod desks;
mod events;
mod gauges;
mod lists;
mod looks;
mod operator;
mod pages;
mod receiver;
mod run;
mod shown;
mod strangers;
mod target;
mod text;
mod webhooks;

use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use url::Url;

use burst::{Burst, Pace};
use gauges::{Gauges, PATIENCE, Peak};
use operator::Operator;
use target::{Api, Target};
use text::Texts;

#[derive(Debug, Args)]
pub struct Options {
    /// The address of Switchboard.
    #[arg(long, default_value = "http://127.0.0.1:3000/")]
    server: Url,
    /// An API token with the scope `administer`.
    #[arg(long)]
    token: String,
    /// Connections that send concurrently.
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// Seconds of each burst.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Bursts against the control and the server, alternating.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Customers who write; each has one open session.
    #[arg(long, default_value_t = 2000)]
    customers: u64,
    /// Messages a second in the steady run.
    #[arg(long, default_value_t = 5000)]
    steady: u64,
    /// A user as `login:password`, to measure what they see: how long a read takes, and how soon the first of them
    /// hears of a message. May be given several times.
    #[arg(long)]
    operator: Vec<String>,
    /// Measure only what messages cost with this many operators online, each with a log-in and a stream of their own.
    #[arg(long, default_value_t = 0)]
    operators: usize,
    /// These operators read list and counts at every event, as a console without rows in its events has to: a control.
    #[arg(long)]
    reading: bool,
    /// Messages a second while these operators listen.
    #[arg(long, default_value_t = 20)]
    rate: u64,
    /// Measure only how quickly pages and lists are answered: every page that the first `--operator` finds, by 1 and by
    /// 16 clients, beside a control that sends the same bytes.
    #[arg(long)]
    pages: bool,
    /// Measure only how many lists of the REST API are answered in a second, by 1, 16 and 64 connections, beside controls.
    /// The server needs a high `http.api_requests_per_minute`.
    #[arg(long)]
    lists: bool,
    /// Measure only how many events a second webhooks are told, and how soon: one, four, and one beside a dead one, each
    /// beside the same messages without webhooks, and all beside a control that sends the receiver what nobody has stored.
    /// The server needs 127.0.0.0/8 in `webhooks.networks`.
    #[arg(long)]
    webhooks: bool,
    /// Measure only how much memory the server's process, by its id, takes while strangers send log-ins, long names and
    /// slow bodies.
    #[arg(long, value_name = "PROCESS")]
    strangers: Option<u32>,
}

/// Messages a second while an operator's events are timed.
const EVENTS_RATE: u64 = 200;

pub async fn run(options: &Options) -> anyhow::Result<()> {
    if options.operators > 0 {
        return with_operators(options).await;
    }
    if options.pages {
        return pages(options).await;
    }
    if options.lists {
        return lists(options).await;
    }
    if options.webhooks {
        return webhooks(options).await;
    }
    if let Some(process) = options.strangers {
        let target = Target::connect(&options.api(), &[]).await?;
        return strangers::report(&options.server, &target, process).await;
    }
    let mut operators = Vec::with_capacity(options.operator.len());
    for operator in &options.operator {
        let operator = Operator::log_in(&options.server, operator).await?;
        println!("Looks of {}, nothing else going on", operator.login());
        looks::report(&operator).await?;
        println!();
        operators.push(operator);
    }
    let target = Target::connect(&options.api(), &[]).await?;
    let gauges = Gauges::of(&options.server, &options.token);
    let texts = Texts::new(&target, options.customers);
    let control = control::Child::start(&target).await?;
    let seconds = Duration::from_secs(options.seconds);
    let burst = |target, pace| Burst {
        target,
        texts: &texts,
        connections: options.connections,
        pace,
        length: seconds,
        moments: false,
    };

    println!(
        "{} connections, {} s a burst, {} customers, one text message a request\n",
        options.connections, options.seconds, options.customers
    );
    println!("Acknowledged and durable");
    let mut ratios = Vec::new();
    for _ in 0..options.rounds {
        let bare = burst(control.target(), Pace::Flat).run().await?;
        println!("  control      {bare}");
        let peak = Peak::watch(&gauges);
        let before = gauges.read().await?;
        let durable = burst(&target, Pace::Flat).run().await?;
        let ratio = durable.per_second() / bare.per_second();
        ratios.push(ratio);
        let applied = gauges.read().await?.applied - before.applied;
        println!("  switchboard  {durable}   {:.0} % of the control", ratio * 100.0);
        let drained = gauges.drained(PATIENCE).await?;
        println!(
            "               {} of them applied meanwhile ({:.0}/s); the rest ({}) within {:.1} s ({:.0}/s); memory at most {:.0} MB",
            applied,
            applied as f64 / options.seconds as f64,
            drained.messages,
            drained.time.as_secs_f64(),
            drained.per_second(),
            peak.megabytes()
        );
    }
    ratios.sort_by(f64::total_cmp);
    if let Some(median) = ratios.get(ratios.len() / 2) {
        println!("  median {:.0} % of the control\n", median * 100.0);
    }

    println!(
        "Applied (session, message, event), at {} messages a second",
        options.steady
    );
    let before = gauges.read().await?;
    let steady = burst(&target, Pace::PerSecond(options.steady)).run().await?;
    let after = gauges.read().await?;
    println!("  {steady}");
    println!(
        "  applied {:.0}/s; {} waited at the end, for {:.1} s\n",
        (after.applied - before.applied) as f64 / options.seconds as f64,
        after.waiting,
        gauges.drained(PATIENCE).await?.time.as_secs_f64()
    );

    if let Some(operator) = operators.first() {
        println!("From the acknowledgement to the operator's event, at {EVENTS_RATE} messages a second");
        let listener = events::listen(operator).await?;
        let timed = Burst {
            moments: true,
            ..burst(&target, Pace::PerSecond(EVENTS_RATE))
        };
        let report = timed.run().await?;
        println!("  {}", listener.finish(report.acknowledgements()).await?);
    }
    Ok(())
}

impl Options {
    fn api(&self) -> Api<'_> {
        Api {
            server: &self.server,
            token: &self.token,
        }
    }
}

async fn pages(options: &Options) -> anyhow::Result<()> {
    let operator = options.operator.first().context("--pages needs an --operator")?;
    let operator = Operator::log_in(&options.server, operator).await?;
    let gauges = shown::fill(&options.api()).await?;
    pages::report(
        &operator,
        &options.api(),
        &gauges,
        Duration::from_secs(options.seconds),
    )
    .await
}

async fn lists(options: &Options) -> anyhow::Result<()> {
    let gauges = shown::fill(&options.api()).await?;
    let length = Duration::from_secs(options.seconds);
    lists::report(&options.api(), &gauges, options.rounds, length).await
}

async fn webhooks(options: &Options) -> anyhow::Result<()> {
    let target = Target::connect(&options.api(), &[]).await?;
    let load = webhooks::Load {
        api: options.api(),
        texts: Texts::new(&target, options.customers),
        target,
        gauges: Gauges::of(&options.server, &options.token),
        connections: options.connections,
        length: Duration::from_secs(options.seconds),
    };
    load.report(options.rounds, options.steady).await
}

async fn with_operators(options: &Options) -> anyhow::Result<()> {
    let api = options.api();
    let logins = desks::hire(&api, options.operators, run::run_number()).await?;
    let ids: Vec<_> = logins.iter().map(|(id, _)| id.clone()).collect();
    let target = Target::connect(&api, &ids).await?;
    let (gauges, texts) = (
        Gauges::of(&options.server, &options.token),
        Texts::new(&target, options.customers),
    );
    let control = control::Child::start(&target).await?;
    let burst = |target| Burst {
        target,
        texts: &texts,
        connections: options.connections.min(8),
        pace: Pace::PerSecond(options.rate),
        length: Duration::from_secs(options.seconds),
        moments: true,
    };
    let bare = burst(control.target()).run().await?;
    println!("control                {bare}");

    // Nobody listens: what the messages themselves cost.
    let before = gauges.read().await?;
    let alone = burst(&target).run().await?.moments.len() as f64;
    gauges.drained(PATIENCE).await?;
    let unheard = (gauges.read().await?.processor_ms - before.processor_ms) as f64 / alone;
    println!("nobody online          {unheard:.2} ms of processor a message");

    let desks = desks::Desks::open(&options.server, &logins, options.reading).await?;
    let idle_from = gauges.read().await?;
    let idle_time = Duration::from_secs(options.seconds);
    tokio::time::sleep(idle_time).await;
    let before = gauges.read().await?;
    let idle = (before.processor_ms - idle_from.processor_ms) as f64 / idle_time.as_secs_f64();
    println!(
        "{:<5} online, quiet    {idle:.0} ms of processor a second",
        options.operators
    );

    let report = burst(&target).run().await?;
    let after = gauges.read().await?;
    println!("                       {report}");
    let messages = report.moments.len();
    let busy = (after.processor_ms - before.processor_ms) as f64 - idle * report.time.as_secs_f64();
    let each = (busy / messages as f64 - unheard) / options.operators as f64;
    let seen = desks.finish(report.acknowledgements()).await?;
    let ms = |quantile| seen.delays.value_at_quantile(quantile) as f64 / 1000.0;
    println!(
        "{:<5} online, {}/s      {each:.3} ms of processor a message and operator; acknowledged to screen p50 {:.1} ms, p99 {:.1} ms, longest {:.1} ms; {} never heard; {} reads of the list; memory {:.0} MB",
        options.operators,
        options.rate,
        ms(0.5),
        ms(0.99),
        seen.delays.max() as f64 / 1000.0,
        seen.missing,
        seen.reads,
        after.memory as f64 / 1e6
    );
    Ok(())
}
