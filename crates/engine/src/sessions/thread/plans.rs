//! A page of a long session begins in the middle of an index. One that looked for its place from an end of the session would
//! take longer the further it is. A message is found by its key in an index, too.

use crate::{
    database::Database,
    entity::message,
    sessions::{
        messages::{backward, onward},
        unread::{customers_messages_after, customers_messages_between, newest},
    },
    testing::database::{self as testing, plan},
};
use sea_orm::{DbBackend, QuerySelect};
use uuid::Uuid;

const MESSAGES: u32 = 20_000;

/// One session in which two messages always have the same time.
fn history(backend: DbBackend) -> Vec<String> {
    let numbers = testing::numbers(backend, 1, MESSAGES);
    let (id, one) = (testing::id(backend, "i"), testing::id(backend, "1"));
    vec![
        format!(
            "INSERT INTO channels (id, version, name, webhook_id, verify_token, token_state, created_at, signature_failures)
             VALUES ({one}, 1, 'c', 'w', 'v', 'unknown', 0, 0)"
        ),
        format!("INSERT INTO contacts (id, created_at) VALUES ({one}, 0)"),
        format!(
            "INSERT INTO sessions (id, channel_id, contact_id, state, unread, last_message_at, opened_at)
             VALUES ({one}, {one}, {one}, 'waiting', 0, 0, 0)"
        ),
        format!(
            "INSERT INTO messages (id, session_id, direction, kind, phone_number_id, at, idempotency_key)
             SELECT {id}, {one}, 'inbound', 'text', '1', i / 2, 'k-' || i FROM {numbers}"
        ),
    ]
}

fn id(n: u32) -> Uuid {
    format!("00000000-0000-7000-8000-{n:012x}").parse().unwrap()
}

async fn a_key_is_looked_up(db: &Database) {
    let db = db.read();
    testing::fill(db, history).await;
    let plan = plan(db, &message::with_key(id(1), "k-7")).await;
    assert!(plan.contains("messages_by_key"), "{plan}");
}

async fn a_page_begins_in_the_middle(db: &Database) {
    let db = db.read();
    testing::fill(db, history).await;
    let place = |n: u32| Some((i64::from(n / 2), id(n)));
    let (session, middle, later) = (id(1), place(MESSAGES / 2), place(MESSAGES / 2 + 100));
    let unread = customers_messages_after(session, middle);
    let read = customers_messages_between(session, middle, later);
    for (what, query, begins, ends) in [
        ("onward", onward(session, middle).limit(51), true, false),
        ("backward", backward(session, middle).limit(51), false, true),
        ("unread", newest(unread).limit(1), true, false),
        ("read", newest(read).limit(1), true, true),
    ] {
        let plan = plan(db, &query).await;
        // What SQLite or PostgreSQL looks up in the index.
        let looked_up = plan
            .lines()
            .find(|line| line.contains("messages_thread (") || line.contains("Index Cond"))
            .unwrap_or_default();
        let bounded = |by: [&str; 2]| by.iter().any(|by| looked_up.contains(by));
        assert!(plan.contains("messages_thread"), "{what}: {plan}");
        assert_eq!(bounded(["at>?", ">= "]), begins, "{what}: {plan}");
        assert_eq!(bounded(["at<?", "<= "]), ends, "{what}: {plan}");
        assert!(
            !plan.contains("B-TREE") && !plan.contains("Sort"),
            "{what}: {plan}"
        );
    }
}

#[tokio::test]
async fn a_key_is_looked_up_on_sqlite() {
    testing::on_sqlite(a_key_is_looked_up).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; cargo xtask test runs them"]
async fn a_key_is_looked_up_on_postgres() {
    testing::on_postgres(a_key_is_looked_up).await;
}

#[tokio::test]
async fn a_page_begins_in_the_middle_on_sqlite() {
    testing::on_sqlite(a_page_begins_in_the_middle).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; cargo xtask test runs them"]
async fn a_page_begins_in_the_middle_on_postgres() {
    testing::on_postgres(a_page_begins_in_the_middle).await;
}
