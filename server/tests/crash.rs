//! 200 means on disk. The test kills the process at random moments while clients send deliveries as fast as they are
//! answered. In the end everything that was acknowledged is stored exactly once, and nothing that was not sent.
//!
//! `SWITCHBOARD_TEST_KILLS` sets the number of kills; `SWITCHBOARD_TEST_SEED` repeats a run.

#[expect(dead_code, reason = "faults.rs uses the rest")]
mod program;

use program::{Program, Store, delivery, number, post, text_message, texts};
use serde_json::json;
use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

const CLIENTS: u64 = 8;
const CUSTOMERS: u64 = 40;

/// A simple random generator: the same seed gives the same run.
#[derive(Debug, Clone)]
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// What was sent, and what was answered with 200.
#[derive(Debug, Default)]
struct Book {
    sent: HashSet<String>,
    acknowledged: HashSet<String>,
    statuses: HashSet<String>,
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_kills_on_sqlite() {
    survives(Store::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn what_was_acknowledged_survives_kills_on_postgres() {
    let server = std::env::var("SWITCHBOARD_TEST_POSTGRES_URL").expect("a PostgreSQL server");
    let name = format!("switchboard_crash_{}", std::process::id());
    let mut url: url::Url = server.parse().expect("a URL");
    let mut options = sea_orm::ConnectOptions::new(server);
    options.sqlx_logging(false);
    let db = sea_orm::Database::connect(options).await.expect("a connection");
    sea_orm::ConnectionTrait::execute_unprepared(&db, &format!("CREATE DATABASE {name}"))
        .await
        .expect("a database");
    url.set_path(&name);
    survives(Store::Postgres { url: url.to_string() }).await;
    let drop = format!("DROP DATABASE {name} WITH (FORCE)");
    sea_orm::ConnectionTrait::execute_unprepared(&db, &drop)
        .await
        .expect("gone");
}

async fn survives(store: Store) {
    let kills = from_env("SWITCHBOARD_TEST_KILLS").unwrap_or(6);
    let seed = from_env("SWITCHBOARD_TEST_SEED").unwrap_or_else(|| u64::from(std::process::id()));
    println!("{kills} kills, seed {seed}");
    let started = Instant::now();
    let mut program = Program::connected(store).await;
    let (book, over) = (Arc::<Mutex<Book>>::default(), Arc::<AtomicBool>::default());
    let next = Arc::<AtomicU64>::default();
    let clients: Vec<_> = (0..CLIENTS)
        .map(|n| {
            tokio::spawn(client(
                Chance(seed ^ n),
                program.webhook.clone(),
                book.clone(),
                over.clone(),
                next.clone(),
            ))
        })
        .collect();
    let mut chance = Chance(seed);
    for _ in 0..kills {
        // Some kills come right after the start, while the process applies the deliveries that were left.
        let lives = if chance.below(4) == 0 {
            chance.below(30)
        } else {
            100 + chance.below(900)
        };
        tokio::time::sleep(Duration::from_millis(lives)).await;
        program.kill();
        program.start().await;
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    over.store(true, Ordering::Relaxed);
    for client in clients {
        client.await.expect("a client");
    }
    let db = program.applied().await;
    let book = std::mem::take(&mut *book.lock().expect("the book"));
    let stored = texts(&db, "SELECT wamid AS t FROM messages").await;
    let mut times: HashMap<&str, u32> = HashMap::new();
    for wamid in &stored {
        *times.entry(wamid).or_default() += 1;
    }
    println!(
        "{} sent, {} acknowledged, {} stored, {:.1} s",
        book.sent.len(),
        book.acknowledged.len(),
        stored.len(),
        started.elapsed().as_secs_f64()
    );
    assert!(
        book.acknowledged.len() > 100,
        "hardly anything was acknowledged:\n{}",
        program.log()
    );
    let lost: Vec<_> = book
        .acknowledged
        .iter()
        .filter(|wamid| !times.contains_key(wamid.as_str()))
        .collect();
    assert!(lost.is_empty(), "{} lost, such as {:?}", lost.len(), lost.first());
    let doubled: Vec<_> = times.iter().filter(|(_, times)| **times > 1).collect();
    assert!(doubled.is_empty(), "doubled: {doubled:?}");
    let invented: Vec<_> = stored
        .iter()
        .filter(|wamid| !book.sent.contains(*wamid))
        .collect();
    assert!(invented.is_empty(), "never sent: {invented:?}");

    let statuses = texts(&db, "SELECT wamid AS t FROM message_statuses").await;
    let statuses: HashSet<_> = statuses.iter().collect();
    let lost: Vec<_> = book
        .statuses
        .iter()
        .filter(|wamid| !statuses.contains(wamid))
        .collect();
    assert!(lost.is_empty(), "{} statuses lost", lost.len());

    // Each message brought all its effects: one open session for its contact, and one more unread message.
    assert_eq!(
        number(&db, "SELECT count(*) AS n FROM contacts").await,
        i64::try_from(CUSTOMERS).expect("few")
    );
    assert_eq!(
        number(&db, "SELECT count(*) AS n FROM sessions").await,
        i64::try_from(CUSTOMERS).expect("few")
    );
    let unread = number(&db, "SELECT CAST(sum(unread) AS bigint) AS n FROM sessions").await;
    assert_eq!(unread, i64::try_from(stored.len()).expect("few"));
    assert_eq!(
        number(
            &db,
            "SELECT count(*) AS n FROM dead_letters WHERE reason <> 'unreadable_item'"
        )
        .await,
        0,
        "{}",
        program.log()
    );
}

/// Sends as fast as it is answered: single messages and batches, statuses, repetitions, and unreadable items between
/// good ones.
async fn client(
    mut chance: Chance,
    webhook: String,
    book: Arc<Mutex<Book>>,
    over: Arc<AtomicBool>,
    next: Arc<AtomicU64>,
) {
    let client = reqwest::Client::builder()
        .timeout(Duration::from_secs(5))
        .build()
        .expect("a client");
    let mut last = Vec::new();
    // Every customer writes, however soon the test ends.
    while !over.load(Ordering::Relaxed) || next.load(Ordering::Relaxed) < 4 * CUSTOMERS {
        let many = if chance.below(5) == 0 {
            1 + chance.below(40)
        } else {
            1
        };
        let mut wamids: Vec<String> = (0..many)
            .map(|_| format!("wamid.{}", next.fetch_add(1, Ordering::Relaxed)))
            .collect();
        if chance.below(6) == 0 {
            wamids.append(&mut last);
        }
        let mut messages: Vec<_> = wamids
            .iter()
            .map(|wamid| {
                let number: u64 = wamid["wamid.".len()..].parse().expect("a number");
                text_message(wamid, &format!("4206000000{:02}", number % CUSTOMERS))
            })
            .collect();
        if chance.below(10) == 0 {
            messages.insert(messages.len() / 2, json!({ "type": "text" }));
        }
        let told = (chance.below(3) == 0).then(|| format!("wamid.other.{}", next.load(Ordering::Relaxed)));
        let statuses: Vec<_> = told
            .iter()
            .map(|wamid| json!({ "id": wamid, "status": "sent", "timestamp": "1780000000" }))
            .collect();
        book.lock().expect("the book").sent.extend(wamids.iter().cloned());
        let answer = post(&client, &webhook, delivery(&messages, &statuses)).await;
        match answer {
            Some(200) => {
                let mut book = book.lock().expect("the book");
                book.acknowledged.extend(wamids.iter().cloned());
                book.statuses.extend(told);
            }
            // The process was killed, or is not up again yet.
            None => tokio::time::sleep(Duration::from_millis(5)).await,
            Some(503) => {}
            Some(other) => panic!("{other}"),
        }
        last = wamids;
    }
}

fn from_env(name: &str) -> Option<u64> {
    std::env::var(name)
        .ok()
        .map(|value| value.parse().expect("a number"))
}
