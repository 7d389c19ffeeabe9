//! Databases of an older version: how a start upgrades their contents, and what an interrupted start leaves behind.

use crate::support::database::Database;
use engine::{Clock, Engine, Purpose};
use futures::future::join_all;
use migrations::{Migrator, MigratorTrait as _};
use sea_orm::{
    ConnectionTrait as _, DatabaseConnection, Statement,
    prelude::Uuid,
    sea_query::{Expr, Query},
};
use server::{application, settings::Settings};
use std::{path::Path, time::Duration};
use tempfile::TempDir;
use tokio::time::timeout;

/// Steps that the older version knew.
const OLD: u32 = 12;
const HOUR: i64 = 60 * 60 * 1000;
/// 32 bytes.
const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const NUMBER: &str = "300000000000001";
const NAME: &str = "Žofie Nováková";
const WA_ID: &str = "420800555201";

/// For each step that the older version did not know: a statement that makes it fail half-way, and one that undoes
/// that.
const OBSTACLES: [(&str, &str); 52] = [
    (
        "CREATE TRIGGER obstacle BEFORE UPDATE ON sessions BEGIN SELECT RAISE(ABORT, 'an obstacle'); END",
        "DROP TRIGGER obstacle",
    ),
    (
        "CREATE TABLE contacts_without_words (id INTEGER)",
        "DROP TABLE contacts_without_words",
    ),
    (
        "ALTER TABLE messages ADD COLUMN phone BOOLEAN",
        "ALTER TABLE messages DROP COLUMN phone",
    ),
    (
        "CREATE TABLE session_moments_lost_by (id INTEGER)",
        "DROP TABLE session_moments_lost_by",
    ),
    (
        "CREATE TABLE channel_reservations_person (id INTEGER)",
        "DROP TABLE channel_reservations_person",
    ),
    ("CREATE TABLE master_key (id INTEGER)", "DROP TABLE master_key"),
    (
        "CREATE TABLE messages_about (id INTEGER)",
        "DROP TABLE messages_about",
    ),
    (
        "CREATE TABLE sessions_waiting_in_queue (id INTEGER)",
        "DROP TABLE sessions_waiting_in_queue",
    ),
    ("CREATE TABLE events (id INTEGER)", "DROP TABLE events"),
    ("CREATE TABLE leases (id INTEGER)", "DROP TABLE leases"),
    (
        "ALTER TABLE sessions ADD COLUMN window_closed_at BIGINT",
        "ALTER TABLE sessions DROP COLUMN window_closed_at",
    ),
    (
        "ALTER TABLE outbox ADD COLUMN lane BIGINT",
        "ALTER TABLE outbox DROP COLUMN lane",
    ),
    ("CREATE TABLE files (id INTEGER)", "DROP TABLE files"),
    (
        "CREATE TABLE cost_settings (id INTEGER)",
        "DROP TABLE cost_settings",
    ),
    (
        "ALTER TABLE channels ADD COLUMN messages_per_second BIGINT",
        "ALTER TABLE channels DROP COLUMN messages_per_second",
    ),
    (
        "CREATE TABLE file_attempts (id INTEGER)",
        "DROP TABLE file_attempts",
    ),
    (
        "ALTER TABLE channels ADD COLUMN payment_refused_at BIGINT",
        "ALTER TABLE channels DROP COLUMN payment_refused_at",
    ),
    (
        "CREATE TABLE messages_of_file (id INTEGER)",
        "DROP TABLE messages_of_file",
    ),
    (
        "ALTER TABLE channels ADD COLUMN read_receipts TEXT",
        "ALTER TABLE channels DROP COLUMN read_receipts",
    ),
    ("CREATE TABLE templates (id INTEGER)", "DROP TABLE templates"),
    (
        "ALTER TABLE messages ADD COLUMN failure_trace TEXT",
        "ALTER TABLE messages DROP COLUMN failure_trace",
    ),
    (
        "CREATE TABLE sessions_unread_by_time (id INTEGER)",
        "DROP TABLE sessions_unread_by_time",
    ),
    (
        "CREATE TABLE search_backfill (what TEXT)",
        "DROP TABLE search_backfill",
    ),
    (
        "CREATE TABLE canned_replies (id INTEGER)",
        "DROP TABLE canned_replies",
    ),
    ("CREATE TABLE labels (id INTEGER)", "DROP TABLE labels"),
    ("CREATE TABLE presence (id INTEGER)", "DROP TABLE presence"),
    (
        "CREATE TABLE contact_notes (id INTEGER)",
        "DROP TABLE contact_notes",
    ),
    ("CREATE TABLE drafts (id INTEGER)", "DROP TABLE drafts"),
    ("CREATE TABLE mentions (id INTEGER)", "DROP TABLE mentions"),
    ("CREATE TABLE push_sender (id INTEGER)", "DROP TABLE push_sender"),
    (
        "ALTER TABLE contacts ADD COLUMN alias TEXT",
        "ALTER TABLE contacts DROP COLUMN alias",
    ),
    (
        "CREATE TABLE contact_blocks (id INTEGER)",
        "DROP TABLE contact_blocks",
    ),
    (
        "ALTER TABLE sessions ADD COLUMN reminded_of BIGINT",
        "ALTER TABLE sessions DROP COLUMN reminded_of",
    ),
    (
        "CREATE TABLE files_of_canned_replies (id INTEGER)",
        "DROP TABLE files_of_canned_replies",
    ),
    (
        "ALTER TABLE contacts ADD COLUMN merged_into BLOB",
        "ALTER TABLE contacts DROP COLUMN merged_into",
    ),
    (
        "ALTER TABLE web_sessions ADD COLUMN device TEXT",
        "ALTER TABLE web_sessions DROP COLUMN device",
    ),
    (
        "CREATE TABLE password_links (id INTEGER)",
        "DROP TABLE password_links",
    ),
    (
        "ALTER TABLE api_tokens ADD COLUMN expires_at INTEGER",
        "ALTER TABLE api_tokens DROP COLUMN expires_at",
    ),
    ("CREATE TABLE audit_chain (id INTEGER)", "DROP TABLE audit_chain"),
    // The table is made on the way.
    (
        "CREATE TRIGGER obstacle BEFORE INSERT ON seaql_migrations WHEN NEW.version = 'm0053_key_rotation' \
         BEGIN SELECT RAISE(ABORT, 'an obstacle'); END",
        "DROP TRIGGER obstacle",
    ),
    (
        "CREATE TABLE second_factors (id INTEGER)",
        "DROP TABLE second_factors",
    ),
    (
        "CREATE TABLE contacts_erased (id INTEGER)",
        "DROP TABLE contacts_erased",
    ),
    (
        "CREATE TABLE sign_on_links (id INTEGER)",
        "DROP TABLE sign_on_links",
    ),
    ("CREATE TABLE passkeys (id INTEGER)", "DROP TABLE passkeys"),
    (
        "CREATE TABLE message_statuses_stray (id INTEGER)",
        "DROP TABLE message_statuses_stray",
    ),
    (
        "CREATE TABLE idempotency_keys_at (id INTEGER)",
        "DROP TABLE idempotency_keys_at",
    ),
    (
        "CREATE TABLE webhook_attempts (id INTEGER)",
        "DROP TABLE webhook_attempts",
    ),
    (
        "CREATE TABLE sessions_contact_by_time (id INTEGER)",
        "DROP TABLE sessions_contact_by_time",
    ),
    (
        "ALTER TABLE api_tokens ADD COLUMN queue_id BLOB",
        "ALTER TABLE api_tokens DROP COLUMN queue_id",
    ),
    (
        "ALTER TABLE messages ADD COLUMN by_token BOOLEAN",
        "ALTER TABLE messages DROP COLUMN by_token",
    ),
    (
        "CREATE TABLE messages_by_key (id INTEGER)",
        "DROP TABLE messages_by_key",
    ),
    (
        "CREATE TRIGGER obstacle BEFORE INSERT ON seaql_migrations WHEN NEW.version = 'm0065_webhook_replays'
         BEGIN SELECT RAISE(ABORT, 'an obstacle'); END",
        "DROP TRIGGER obstacle",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn an_older_database_is_carried_over_on_sqlite() {
    an_older_database_is_carried_over(Database::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL; cargo xtask test runs them"]
async fn an_older_database_is_carried_over_on_postgres() {
    an_older_database_is_carried_over(Database::empty_postgres().await).await;
}

async fn an_older_database_is_carried_over(database: Database) {
    let folder = TempDir::new().expect("a folder");
    let start = fill(&database, folder.path()).await;
    for _ in 0..2 {
        drop(open(&database, folder.path()).await.expect("it starts"));
        assert_carried_over(&database, folder.path(), start).await;
    }
    database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_fails_leaves_the_tables_of_the_older_version() {
    let (database, folder) = (Database::sqlite(), TempDir::new().expect("a folder"));
    let start = fill(&database, folder.path()).await;
    assert_eq!(OBSTACLES.len(), Migrator::migrations().len() - OLD as usize);
    for (put, take_away) in OBSTACLES {
        database.run(folder.path(), put).await;
        assert!(open(&database, folder.path()).await.is_err(), "{put}");
        let steps = database.count(folder.path(), "seaql_migrations").await;
        assert_eq!(steps, i64::from(OLD), "{put}");
        let added = "pragma_table_info('sessions') WHERE name IN ('waiting_since', 'group_id', 'read_at')";
        assert_eq!(database.count(folder.path(), added).await, 0, "{put}");
        database.run(folder.path(), take_away).await;
    }
    drop(open(&database, folder.path()).await.expect("it starts"));
    assert_carried_over(&database, folder.path(), start).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_is_broken_off_is_made_good_by_the_next_on_sqlite() {
    a_start_that_is_broken_off_is_made_good_by_the_next(Database::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL; cargo xtask test runs them"]
async fn a_start_that_is_broken_off_is_made_good_by_the_next_on_postgres() {
    a_start_that_is_broken_off_is_made_good_by_the_next(Database::empty_postgres().await).await;
}

/// Interrupted as by SIGTERM, a little later each time.
async fn a_start_that_is_broken_off_is_made_good_by_the_next(database: Database) {
    let folder = TempDir::new().expect("a folder");
    let start = fill(&database, folder.path()).await;
    for milliseconds in 0..40 {
        let opening = open(&database, folder.path());
        let _ = timeout(Duration::from_millis(milliseconds * 2), opening).await;
    }
    drop(open(&database, folder.path()).await.expect("it starts"));
    assert_carried_over(&database, folder.path(), start).await;
    database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL; cargo xtask test runs them"]
async fn of_many_that_start_at_once_one_changes_the_tables_on_postgres() {
    for is_new in [true, false] {
        let (database, folder) = (
            Database::empty_postgres().await,
            TempDir::new().expect("a folder"),
        );
        let start = match is_new {
            true => None,
            false => Some(fill(&database, folder.path()).await),
        };
        let opened = join_all((0..6).map(|_| open(&database, folder.path()))).await;
        for opened in opened {
            opened.expect("it starts");
        }
        if let Some(start) = start {
            assert_carried_over(&database, folder.path(), start).await;
        }
        database.remove().await;
    }
}

/// Opens the engine as a command does.
async fn open(database: &Database, folder: &Path) -> engine::Result<Engine> {
    application::install_crypto();
    let mut settings = Settings::defaults();
    settings.data.dir = folder.to_owned();
    settings.database.url = database.url();
    settings.security.master_key = Some(KEY.into());
    let url = application::url_of(settings.http.listen);
    let config = application::engine_config(&settings, Purpose::Command, url, Clock::system());
    Engine::open(config).await
}

/// What one customer and a company have written.
type MessageContent = &'static [(&'static str, bool)];

/// The direction, and whether it is a reaction.
const THEIRS: (&str, bool) = ("inbound", false);
const OURS: (&str, bool) = ("outbound", false);
const REACTION: (&str, bool) = ("inbound", true);

/// Four customers at the older version; returns when they began. Message `n` of a session came `n` seconds later.
async fn fill(database: &Database, folder: &Path) -> i64 {
    let start = Clock::system().now().millis() - HOUR;
    let db = database.look(folder, "rwc").await;
    Migrator::up(&db, Some(OLD)).await.expect("the older tables");
    let (extension, queue, channel) = (id(1), id(2), id(3));
    let (number, name) = (("number", "201".into()), ("name", "Jana".into()));
    let at = ("created_at", start.into());
    insert(
        &db,
        "extensions",
        [("id", extension.into()), number, name, at.clone()],
    )
    .await;
    let (name, pick_up) = (("name", "Support".into()), ("pick_up", "manual".into()));
    insert(&db, "queues", [("id", queue.into()), name, pick_up, at.clone()]).await;
    for (n, channel) in [channel, id(4)].into_iter().enumerate() {
        let row = [
            ("id", channel.into()),
            ("version", 1_i64.into()),
            ("name", format!("Channel {n}").into()),
            ("webhook_id", format!("webhook{n}").into()),
            ("verify_token", "a token".into()),
            ("phone_number_id", format!("30000000000000{}", n + 1).into()),
            ("queue_id", queue.into()),
            ("token_state", "unknown".into()),
            at.clone(),
        ];
        insert(&db, "channels", row).await;
    }

    let sessions: [(&str, (&'static str, Uuid), i64, MessageContent); 4] = [
        (
            "waiting",
            ("queue_id", queue),
            2,
            &[THEIRS, THEIRS, THEIRS, REACTION],
        ),
        ("assigned", ("extension_id", extension), 0, &[THEIRS, OURS]),
        ("assigned", ("extension_id", extension), 1, &[THEIRS]),
        ("closed", ("extension_id", extension), 0, &[THEIRS]),
    ];
    for ((state, (owner, whose), unread, said), n) in sessions.into_iter().zip(1_u32..) {
        let (contact, session) = (id(100 + u128::from(n)), id(200 + u128::from(n)));
        let message = |nth: usize| id(1000 * u128::from(n) + nth as u128);
        let after = |nth: usize| start + i64::try_from(nth).expect("few") * 1000;
        let wa_id = format!("42080055520{n}");
        let name = match n {
            1 => NAME.to_owned(),
            _ => format!("Customer {n}"),
        };
        let row = [
            ("id", contact.into()),
            ("name", name.into()),
            ("wa_id", wa_id.clone().into()),
            at.clone(),
        ];
        insert(&db, "contacts", row).await;
        let row = [
            ("kind", "wa_id".into()),
            ("value", wa_id.into()),
            ("contact_id", contact.into()),
        ];
        insert(&db, "contact_identities", row).await;
        let last = said.iter().rposition(|(_, about)| !about).expect("a message") + 1;
        let last_inbound = said
            .iter()
            .rposition(|(way, about)| *way == "inbound" && !about)
            .expect("one of the customer's");
        let row = [
            ("id", session.into()),
            ("channel_id", channel.into()),
            ("contact_id", contact.into()),
            ("state", state.into()),
            (owner, whose.into()),
            ("unread", unread.into()),
            ("last_message_id", message(last).into()),
            ("last_message_at", after(last).into()),
            ("last_inbound_at", after(last_inbound + 1).into()),
            ("opened_at", start.into()),
        ];
        insert(&db, "sessions", row).await;
        for ((way, about), nth) in said.iter().zip(1..) {
            let about = about.then(|| format!("wamid.{n}.1"));
            let row = [
                ("id", message(nth).into()),
                ("session_id", session.into()),
                ("direction", (*way).into()),
                ("kind", if about.is_some() { "reaction" } else { "text" }.into()),
                ("text", "Hello".into()),
                ("phone_number_id", NUMBER.into()),
                ("wamid", format!("wamid.{n}.{nth}").into()),
                ("at", after(nth).into()),
                ("target_wamid", about.into()),
                (
                    "idempotency_key",
                    (*way == "outbound").then(|| "k-1".to_owned()).into(),
                ),
            ];
            insert(&db, "messages", row).await;
        }
    }
    db.close().await.expect("closed");
    start
}

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

async fn insert<const N: usize>(
    db: &DatabaseConnection,
    table: &'static str,
    row: [(&'static str, Expr); N],
) {
    let (columns, values): (Vec<_>, Vec<_>) = row.into_iter().unzip();
    let mut insert = Query::insert();
    insert.into_table(table).columns(columns).values_panic(values);
    db.execute(&insert).await.expect(table);
}

async fn assert_carried_over(database: &Database, folder: &Path, start: i64) {
    let db = database.look(folder, "rw").await;
    let rows = async |sql: &str| {
        let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql));
        rows.await.expect("rows")
    };

    let sessions = rows(
        "SELECT s.waiting_since, s.read_at, m.wamid FROM sessions s JOIN contacts c ON c.id = s.contact_id \
         LEFT JOIN messages m ON m.id = s.read_id ORDER BY c.wa_id",
    );
    let sessions: Vec<(i64, Option<i64>, Option<String>)> = sessions
        .await
        .iter()
        .map(|row| {
            (
                row.try_get("", "waiting_since").expect("a time"),
                row.try_get("", "read_at").expect("a time or none"),
                row.try_get("", "wamid").expect("an id or none"),
            )
        })
        .collect();
    let read = |after: i64, wamid: &str| (Some(start + after), Some(wamid.to_owned()));
    let expected = [
        (start, read(1000, "wamid.1.1")),
        (i64::MAX, read(2000, "wamid.2.2")),
        (start + 1000, (None, None)),
        (i64::MAX, read(1000, "wamid.4.1")),
    ];
    let expected = expected.map(|(waiting, (at, wamid))| (waiting, at, wamid));
    assert_eq!(sessions, expected, "waiting since, and read up to");

    let words = rows(
        "SELECT w.word FROM contact_words w JOIN contacts c ON c.id = w.contact_id \
         WHERE c.wa_id = '420800555201' ORDER BY w.word",
    );
    let words: Vec<String> = words
        .await
        .iter()
        .map(|row| row.try_get("", "word").expect("a word"))
        .collect();
    let expected = {
        let names = domain::search::contacts::Names {
            profile: Some(NAME),
            ..Default::default()
        };
        domain::search::contacts::words(names, Some(WA_ID))
    };
    assert_eq!(words, expected.into_iter().collect::<Vec<_>>());
    for (table, count) in [
        ("contacts WHERE words_at IS NULL", 0),
        ("messages WHERE NOT phone", 8),
        (
            "messages WHERE idempotency_key = 'k-1' AND first_session_id IS NULL",
            1,
        ),
        ("sessions WHERE group_id IS NULL", 4),
        ("master_key", 1),
        ("search_backfill WHERE what = 'messages' AND below IS NULL", 1),
    ] {
        assert_eq!(database.count(folder, table).await, count, "{table}");
    }

    let traffic = rows(
        "SELECT direction, CAST(SUM(messages) AS BIGINT) AS messages FROM channel_traffic \
         GROUP BY direction ORDER BY direction",
    );
    let traffic: Vec<(String, i64)> = traffic
        .await
        .iter()
        .map(|row| {
            (
                row.try_get("", "direction").expect("a direction"),
                row.try_get("", "messages").expect("a number"),
            )
        })
        .collect();
    assert_eq!(traffic, [("inbound".to_owned(), 7), ("outbound".to_owned(), 1)]);
    db.close().await.expect("closed");
}
