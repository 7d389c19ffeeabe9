//! What strangers make the server hold: many log-ins, names of any length, and large bodies that come slowly; each by
//! itself, then all at once.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use futures::future::join_all;
use reqwest::Client;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};
use url::Url;

use super::target::Target;

const LOG_INS: usize = 1000;
const LONG_NAMES: usize = 300;
const NAME_BYTES: usize = 60_000;
const SLOW_BODIES: usize = 500;
const BODY_BYTES: usize = 4_000_000;
/// Each slow body sends this much, then waits.
const PART: [u8; 16 * 1024] = [b'x'; 16 * 1024];
const WAIT: Duration = Duration::from_millis(50);
/// How long a slow body goes on at most.
const SLOW_FOR: Duration = Duration::from_secs(30);

/// How many got which status; 0 is a connection that ended without an answer.
type Answers = BTreeMap<u16, usize>;

pub async fn report(server: &Url, target: &Target, process: u32) -> anyhow::Result<()> {
    let (log_ins, names) = (
        || log_ins(server, LOG_INS, 12),
        || log_ins(server, LONG_NAMES, NAME_BYTES),
    );
    println!("Strangers                        peak      answers");
    let quiet = Peak::begin(process)?;
    sleep(Duration::from_secs(1)).await;
    quiet.print("nobody", &Answers::new())?;
    let peak = Peak::begin(process)?;
    peak.print("1,000 log-ins", &log_ins().await)?;
    let peak = Peak::begin(process)?;
    peak.print("300 names of 60 kB", &names().await)?;
    let peak = Peak::begin(process)?;
    peak.print("500 slow bodies of 4 MB", &slow_bodies(target).await)?;
    let peak = Peak::begin(process)?;
    let all = tokio::join!(log_ins(), names(), slow_bodies(target));
    let mut together = Answers::new();
    for (status, count) in [all.0, all.1, all.2].into_iter().flatten() {
        *together.entry(status).or_default() += count;
    }
    peak.print("all at once", &together)
}

/// The most memory that a process had since this value was made, as the kernel counts it.
struct Peak(u32);

impl Peak {
    fn begin(process: u32) -> anyhow::Result<Self> {
        // https://man7.org/linux/man-pages/man5/proc_pid_clear_refs.5.html
        fs::write(format!("/proc/{process}/clear_refs"), "5")
            .context("--process is not a process of this user")?;
        Ok(Self(process))
    }

    fn print(self, what: &str, answers: &Answers) -> anyhow::Result<()> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0)).context("the server is gone")?;
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = peak.and_then(|peak| peak.trim().strip_suffix(" kB")?.parse::<f64>().ok());
        let megabytes = kilobytes.context("the kernel tells no VmHWM")? * 1024.0 / 1e6;
        println!("  {what:<26} {megabytes:>6.1} MB   {answers:?}");
        let broken = answers.keys().find(|status| matches!(status, 500 | 502));
        ensure!(broken.is_none(), "the server has answered {broken:?}");
        Ok(())
    }
}

async fn log_ins(server: &Url, count: usize, name_bytes: usize) -> Answers {
    let Ok(url) = server.join("rpc/auth/log-in") else {
        return Answers::new();
    };
    // Each has a connection of its own.
    let client = Client::builder()
        .pool_max_idle_per_host(0)
        .no_proxy()
        .build()
        .unwrap_or_default();
    let answers = join_all((0..count).map(|number| {
        let name = format!("{number:x<name_bytes$}");
        let form = format!("login={name}&password=a+guess+of+somebody");
        let request = client
            .post(url.clone())
            .header("content-type", "application/x-www-form-urlencoded")
            .header("accept", "application/json")
            .body(form);
        async move { request.send().await.map_or(0, |answer| answer.status().as_u16()) }
    }));
    counted(answers.await)
}

async fn slow_bodies(target: &Target) -> Answers {
    let paths = ["/rpc/auth/log-in", &*target.path];
    let bodies = paths.into_iter().cycle().take(SLOW_BODIES);
    counted(join_all(bodies.map(|path| async move { slow_body(target, path).await.unwrap_or(0) })).await)
}

async fn slow_body(target: &Target, path: &str) -> anyhow::Result<u16> {
    let mut stream = TcpStream::connect(target.address).await?;
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nX-Hub-Signature-256: sha256={:064}\r\nContent-Length: {BODY_BYTES}\r\n\r\n",
        target.address, 0
    );
    stream.write_all(head.as_bytes()).await?;
    let begun = Instant::now();
    let (mut incoming, mut outgoing) = stream.split();
    let mut answer = [0; 12];
    let mut sent = 0;
    while sent < BODY_BYTES && begun.elapsed() < SLOW_FOR {
        if outgoing
            .write_all(&PART[..PART.len().min(BODY_BYTES - sent)])
            .await
            .is_err()
        {
            break;
        }
        sent += PART.len();
        if timeout(WAIT, incoming.read_exact(&mut answer)).await.is_ok() {
            break;
        }
    }
    if answer == [0; 12] {
        let _ = timeout(WAIT, incoming.read_exact(&mut answer)).await;
    }
    Ok(String::from_utf8_lossy(&answer[9..]).parse().unwrap_or(0))
}

fn counted(statuses: Vec<u16>) -> Answers {
    let mut answers = Answers::new();
    for status in statuses {
        *answers.entry(status).or_default() += 1;
    }
    answers
}
