//! What the inbox asks is found in indexes, however long the history is. A plan that reads through a table would be
//! quick today and slow in a year.

use super::*;
use crate::{Clock, database::Database, search};
use domain::{
    ids::PersonId,
    people::{Me, Role},
};
use sea_orm::{DatabaseConnection, DbBackend, Statement};
use std::path::Path;
use url::Url;

/// Sessions, as many contacts, and a hundred messages of nobody's concern here.
const MANY: u32 = 20_000;
const ONE: &str = "00000000-0000-7000-8000-00000000000";

/// One session in twenty waits; fifty are extension 1's. Everybody is called Customer, and has a number.
fn history(backend: DbBackend) -> Vec<String> {
    // SQLite keeps ids as bytes, PostgreSQL as what they are.
    let (number, id) = match backend {
        DbBackend::Postgres => (
            format!("generate_series(1, {MANY}) i"),
            "('00000000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid".to_owned(),
        ),
        _ => (
            format!(
                "(WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {MANY}) SELECT i FROM n)"
            ),
            "CAST('0123456' || printf('%09d', i) AS BLOB)".to_owned(),
        ),
    };
    let one = |n: u8| match backend {
        DbBackend::Postgres => format!("'{ONE}{n}'::uuid"),
        _ => format!("X'{}'", format!("{ONE}{n}").replace('-', "")),
    };
    let (channel, extension, queue) = (one(1), one(2), one(3));
    vec![
        format!(
            "INSERT INTO channels (id, version, name, webhook_id, verify_token, token_state, created_at, signature_failures)
             VALUES ({channel}, 1, 'c', 'w', 'v', 'untested', 0, 0)"
        ),
        format!("INSERT INTO extensions (id, number, name, created_at) VALUES ({extension}, '1', 'E', 0)"),
        format!("INSERT INTO queues (id, name, pick_up, created_at) VALUES ({queue}, 'q', 'manual', 0)"),
        format!("INSERT INTO queue_members (queue_id, extension_id) VALUES ({queue}, {extension})"),
        format!("INSERT INTO contacts (id, name, created_at, words_at) SELECT {id}, 'Customer ' || i, 0, 0 FROM {number}"),
        format!("INSERT INTO contact_words (word, contact_id) SELECT 'customer', {id} FROM {number}"),
        format!("INSERT INTO contact_words (word, contact_id) SELECT CAST(430000000000 + i AS TEXT), {id} FROM {number}"),
        format!(
            "INSERT INTO sessions (id, channel_id, contact_id, state, queue_id, extension_id, unread, last_message_at,
                                   opened_at, waiting_since)
             SELECT {id}, {channel}, {id}, CASE WHEN i % 20 = 0 THEN 'waiting' WHEN i % 400 = 1 THEN 'assigned' ELSE 'closed' END,
                    {queue}, CASE WHEN i % 20 = 0 THEN NULL ELSE {extension} END, i % 2, i, i, i FROM {number}"
        ),
    ]
}

fn person(role: Role) -> Actor {
    let own = ExtensionRef {
        id: ExtensionId::new(format!("{ONE}2").parse().unwrap()),
        number: "1".into(),
        name: "E".into(),
    };
    Actor::Person(Me {
        id: PersonId::new(Uuid::nil()),
        login: "e".into(),
        name: "E".into(),
        role,
        language: None,
        extension: Some(own),
    })
}

/// How the database goes about it, as it does for the product: with parameters.
async fn plan(db: &DatabaseConnection, query: &impl sea_orm::QueryTrait) -> String {
    let backend = db.get_database_backend();
    let statement = query.build(backend);
    let (explain, column) = match backend {
        DbBackend::Postgres => ("EXPLAIN", 0),
        _ => ("EXPLAIN QUERY PLAN", 3),
    };
    let sql = format!("{explain} {}", statement.sql);
    let asked = match statement.values {
        Some(values) => Statement::from_sql_and_values(backend, sql, values.0),
        None => Statement::from_string(backend, sql),
    };
    let lines = db.query_all_raw(asked).await.unwrap();
    let lines: Vec<String> = lines
        .iter()
        .map(|line| line.try_get_by_index(column).unwrap())
        .collect();
    lines.join("\n")
}

async fn the_inbox_is_read_in_indexes(db: &Database) {
    let db = db.read();
    let backend = db.get_database_backend();
    for sql in history(backend) {
        db.execute_unprepared(&sql).await.unwrap();
    }
    if backend == DbBackend::Postgres {
        db.execute_unprepared("VACUUM (ANALYZE)").await.unwrap();
    }
    let searched = async |text: &str| {
        let sought = search::sought(db, text).await.unwrap().unwrap();
        let order = Order::LatestMessageFirst;
        let query = session::Entity::find().filter(on_tab(&person(Role::Admin), Tab::All));
        let query = match sought.many {
            true => order.sort(query.filter(sought.walked)),
            false => order.sort_found(query.filter(sought.looked_up)),
        };
        plan(db, &query.limit(51)).await
    };
    let listed = |actor: &Actor, tab| {
        let query = session::Entity::find().filter(on_tab(actor, tab));
        Order::of(tab).sort(query).limit(51)
    };
    let (admin, jana) = (person(Role::Admin), person(Role::Operator));
    let plans = [
        (
            "counts of the waiting",
            plan(db, &counted(&admin, Tab::Waiting)).await,
            "sessions_waiting",
        ),
        (
            "counts of a queue",
            plan(db, &counted(&jana, Tab::Waiting)).await,
            "sessions_waiting",
        ),
        (
            "counts of one's own",
            plan(db, &counted(&jana, Tab::Mine)).await,
            "sessions_open_by_owner",
        ),
        (
            "list of the waiting",
            plan(db, &listed(&admin, Tab::Waiting)).await,
            "sessions_waiting",
        ),
        (
            "list of a queue",
            plan(db, &listed(&jana, Tab::Waiting)).await,
            "sessions_waiting",
        ),
        (
            "list of one's own",
            plan(db, &listed(&jana, Tab::Mine)).await,
            "sessions_open_by_owner",
        ),
        (
            "list of all",
            plan(db, &listed(&admin, Tab::All)).await,
            "sessions_by_time",
        ),
        (
            "search for one",
            searched("430 000 012 345").await,
            "sessions_contact",
        ),
        ("search for many", searched("cust").await, "contact_words_contact"),
    ];
    for (what, plan, index) in &plans {
        assert!(plan.contains(index), "{what}: {plan}");
        for table in ["sessions", "contact_words", "contacts"] {
            let through = [format!("SCAN {table}\n"), format!("Seq Scan on {table}")];
            let through = through
                .iter()
                .any(|through| format!("{plan}\n").contains(through));
            assert!(!through, "{what} reads through {table}: {plan}");
        }
        // A list comes in the order of its index, and ends after a page of it.
        let sorts = plan.contains("USE TEMP B-TREE FOR ORDER BY") || plan.contains("Sort Key");
        assert!(
            !sorts || what.starts_with("search for one"),
            "{what} sorts: {plan}"
        );
    }
}

#[tokio::test]
async fn the_inbox_is_read_in_indexes_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let db = Database::open(folder.path(), None).await.unwrap();
    the_inbox_is_read_in_indexes(&db).await;
    db.close().await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; cargo xtask test runs them"]
async fn the_inbox_is_read_in_indexes_on_postgres() {
    let server = std::env::var("SWITCHBOARD_TEST_POSTGRES_URL").unwrap();
    let admin = sea_orm::Database::connect(&server).await.unwrap();
    let name = format!("inbox_plans_{}", Clock::system().new_id().simple());
    admin
        .execute_unprepared(&format!("CREATE DATABASE {name}"))
        .await
        .unwrap();
    let mut url = Url::parse(&server).unwrap();
    url.set_path(&name);
    let db = Database::open(Path::new("."), Some(&url.as_str().into()))
        .await
        .unwrap();
    the_inbox_is_read_in_indexes(&db).await;
    db.close().await;
    let drop = format!("DROP DATABASE {name} WITH (FORCE)");
    admin.execute_unprepared(&drop).await.unwrap();
}
