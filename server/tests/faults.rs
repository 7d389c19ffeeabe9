//! The database is locked, full or unreachable for a while: Meta is told to retry, and never gets 200 for what is not
//! on disk. Afterwards everything that was acknowledged is applied, nothing is a dead letter, and nobody had to help.

mod program;

use program::{Program, Store, delivery, number, post, postgres::Cluster, text_message, texts};
use sea_orm::ConnectionTrait as _;
use std::{
    collections::HashSet,
    process::Command,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::task::JoinHandle;

const CLIENTS: usize = 8;
/// How many answers to wait for: more than were under way at the change.
const ENOUGH: usize = 3 * CLIENTS;

#[tokio::test(flavor = "multi_thread")]
async fn another_process_locks_sqlite() {
    let program = Program::connected(Store::Sqlite).await;
    let other = program.database().await;
    let traffic = Traffic::start(&program);
    traffic.told(200, ENOUGH).await;
    other
        .execute_unprepared("BEGIN EXCLUSIVE")
        .await
        .expect("the lock");
    traffic.nothing_but(503).await;
    other
        .execute_unprepared("COMMIT")
        .await
        .expect("the lock is gone");
    traffic.recovers(&program).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_come_than_may_wait() {
    let settings = [
        ("SWITCHBOARD_HTTP__WEBHOOK_WAITING", "2"),
        ("SWITCHBOARD_HTTP__WEBHOOK_SECONDS", "25"),
    ];
    let program = Program::connected_with(Store::Sqlite, &settings).await;
    let other = program.database().await;
    let traffic = Traffic::start(&program);
    traffic.told(200, ENOUGH).await;
    other
        .execute_unprepared("BEGIN EXCLUSIVE")
        .await
        .expect("the lock");
    let locked = Instant::now();
    traffic.told(503, ENOUGH).await;
    assert!(
        locked.elapsed() < Duration::from_secs(8),
        "they are told at once, not when patience ends"
    );
    other
        .execute_unprepared("COMMIT")
        .await
        .expect("the lock is gone");
    traffic.recovers(&program).await;
}

/// No file may grow, as on a full disk.
#[tokio::test(flavor = "multi_thread")]
async fn the_disk_is_full() {
    let program = Program::connected(Store::Sqlite).await;
    let traffic = Traffic::start(&program);
    // SQLite fails at a different place with each limit.
    for length in [0, 4096, 40_960] {
        traffic.told(200, ENOUGH).await;
        limit_files(&program, &length.to_string());
        traffic.told(503, ENOUGH).await;
        limit_files(&program, "unlimited");
    }
    traffic.recovers(&program).await;
}

fn limit_files(program: &Program, bytes: &str) {
    let mut prlimit = Command::new("prlimit");
    prlimit
        .arg("--pid")
        .arg(program.id().to_string())
        .arg(format!("--fsize={bytes}:"));
    assert!(prlimit.status().expect("prlimit").success());
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL; cargo xtask test runs them"]
async fn postgres_is_restarted_under_load() {
    let cluster = Cluster::start();
    let program = Program::connected(Store::Postgres { url: cluster.url() }).await;
    let traffic = Traffic::start(&program);
    for _ in 0..2 {
        traffic.told(200, ENOUGH).await;
        cluster.down();
        traffic.nothing_but(503).await;
        cluster.up();
    }
    traffic.recovers(&program).await;
}

/// Clients that send all the time, and the answers that they get.
struct Traffic {
    answers: Arc<Mutex<Vec<(String, u16)>>>,
    over: Arc<AtomicBool>,
    clients: Vec<JoinHandle<()>>,
}

impl Traffic {
    fn start(program: &Program) -> Self {
        let (answers, over) = (Arc::<Mutex<Vec<_>>>::default(), Arc::<AtomicBool>::default());
        let client = |n: usize| {
            let (answers, over, webhook) = (answers.clone(), over.clone(), program.webhook.clone());
            tokio::spawn(async move {
                let client = reqwest::Client::new();
                let from = format!("4206000000{n:02}");
                for m in 0.. {
                    let wamid = format!("wamid.{n}.{m}");
                    let body = delivery(&[text_message(&wamid, &from)], &[]);
                    let status = post(&client, &webhook, body).await.expect("an answer");
                    answers.lock().expect("the answers").push((wamid, status));
                    if over.load(Ordering::Relaxed) {
                        return;
                    }
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            })
        };
        let clients = (0..CLIENTS).map(client).collect();
        Self {
            answers,
            over,
            clients,
        }
    }

    fn count(&self, status: u16) -> usize {
        let answers = self.answers.lock().expect("the answers");
        answers.iter().filter(|(_, told)| *told == status).count()
    }

    /// Waits for `more` further answers with this status.
    async fn told(&self, status: u16, more: usize) {
        let (started, before) = (Instant::now(), self.count(status));
        while self.count(status) < before + more {
            assert!(
                started.elapsed() < Duration::from_secs(60),
                "nobody is told {status}"
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Every answer has this status.
    async fn nothing_but(&self, status: u16) {
        self.told(status, CLIENTS).await;
        let before = self.answers.lock().expect("the answers").len();
        self.told(status, CLIENTS).await;
        let answers = self.answers.lock().expect("the answers");
        assert!(
            answers[before..].iter().all(|(_, told)| *told == status),
            "{:?}",
            &answers[before..]
        );
    }

    /// Deliveries are accepted again, and everything that was acknowledged is stored.
    async fn recovers(self, program: &Program) {
        self.told(200, ENOUGH).await;
        self.over.store(true, Ordering::Relaxed);
        for client in self.clients {
            client.await.expect("a client");
        }
        let db = program.applied().await;
        let stored = texts(&db, "SELECT wamid AS t FROM messages").await;
        let distinct: HashSet<_> = stored.iter().collect();
        assert_eq!(stored.len(), distinct.len(), "some are there twice");
        let answers = std::mem::take(&mut *self.answers.lock().expect("the answers"));
        for (wamid, told) in &answers {
            assert!([200, 503].contains(told), "{told} for {wamid}\n{}", program.log());
            assert!(
                *told == 503 || distinct.contains(wamid),
                "{wamid} is lost\n{}",
                program.log()
            );
        }
        let dead = number(&db, "SELECT count(*) AS n FROM dead_letters").await;
        assert_eq!(dead, 0, "{}", program.log());
        let metrics = program.metrics().await;
        let refused = r#"switchboard_deliveries_refused_total{reason="unavailable"}"#;
        assert!(metrics.contains(refused), "{metrics}");
    }
}
