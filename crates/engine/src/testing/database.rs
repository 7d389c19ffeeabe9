//! What unit tests share: a database of their own, many rows in it, and the plan of a query.

use crate::{Clock, database::Database};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, QueryTrait, Statement};
use secrecy::SecretString;
use std::{fmt::Display, path::Path, time::Duration};
use url::Url;

/// Runs a test on SQLite with the engine's tables, in a folder that is deleted afterwards.
pub(crate) async fn on_sqlite(test: impl AsyncFnOnce(&Database)) {
    on_bare_sqlite(async |db| {
        db.migrate().await.unwrap();
        test(db).await;
    })
    .await;
}

/// Runs a test on PostgreSQL with the engine's tables, at the address that `SWITCHBOARD_TEST_POSTGRES_URL` holds. Only
/// `cargo xtask test` runs such tests; otherwise they are ignored.
pub(crate) async fn on_postgres(test: impl AsyncFnOnce(&Database)) {
    on_bare_postgres(async |db| {
        db.migrate().await.unwrap();
        test(db).await;
    })
    .await;
}

pub(crate) async fn on_bare_sqlite(test: impl AsyncFnOnce(&Database)) {
    let folder = tempfile::tempdir().unwrap();
    on(folder.path(), None, test).await;
}

pub(crate) async fn on_bare_postgres(test: impl AsyncFnOnce(&Database)) {
    let server = std::env::var("SWITCHBOARD_TEST_POSTGRES_URL").unwrap();
    let admin = sea_orm::Database::connect(&server).await.unwrap();
    let name = format!("engine_{}", Clock::system().new_id().simple());
    let create = format!("CREATE DATABASE {name}");
    admin.execute_unprepared(&create).await.unwrap();
    let mut url = Url::parse(&server).unwrap();
    url.set_path(&name);
    on(Path::new("."), Some(&url.as_str().into()), test).await;
    let drop = format!("DROP DATABASE {name} WITH (FORCE)");
    admin.execute_unprepared(&drop).await.unwrap();
}

async fn on(folder: &Path, url: Option<&SecretString>, test: impl AsyncFnOnce(&Database)) {
    let db = Database::connect(folder, url, Duration::ZERO).await.unwrap();
    test(&db).await;
    db.close().await;
}

/// Writes many rows, which plans of queries then know of.
pub(crate) async fn fill(db: &DatabaseConnection, rows: impl FnOnce(DbBackend) -> Vec<String>) {
    for sql in rows(db.get_database_backend()) {
        db.execute_unprepared(&sql).await.unwrap();
    }
    analyze(db).await;
}

/// Has PostgreSQL count its rows; SQLite plans without that.
pub(crate) async fn analyze(db: &DatabaseConnection) {
    if db.get_database_backend() == DbBackend::Postgres {
        db.execute_unprepared("VACUUM (ANALYZE)").await.unwrap();
    }
}

/// The table of these numbers, with the column `i`.
pub(crate) fn numbers(backend: DbBackend, first: impl Display, last: impl Display) -> String {
    match backend {
        DbBackend::Postgres => format!("generate_series({first}, {last}) i"),
        _ => format!(
            "(WITH RECURSIVE n (i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {last}) SELECT i FROM n)"
        ),
    }
}

/// The id that belongs to a number, such as `i`. SQLite keeps ids as bytes, PostgreSQL as UUIDs.
pub(crate) fn id(backend: DbBackend, number: &str) -> String {
    match backend {
        DbBackend::Postgres => {
            format!("('00000000-0000-7000-8000-' || lpad(to_hex({number}), 12, '0'))::uuid")
        }
        _ => format!("unhex('00000000000070008000' || printf('%012x', {number}))"),
    }
}

/// The database's plan of a query with parameters, as the product runs it.
pub(crate) async fn plan(db: &DatabaseConnection, query: &impl QueryTrait) -> String {
    plan_of(db, query.build(db.get_database_backend())).await
}

/// The same for a statement.
pub(crate) async fn plan_of(db: &DatabaseConnection, statement: Statement) -> String {
    let backend = db.get_database_backend();
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
