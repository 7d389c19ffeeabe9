//! A fresh database for each story, and direct access to it.

use migrations::{Migrator, MigratorTrait as _};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database as Connect, DatabaseConnection, DbBackend, Statement,
};
use secrecy::SecretString;
use std::{path::Path, time::UNIX_EPOCH};
use url::Url;

const SERVER: &str = "SWITCHBOARD_TEST_POSTGRES_URL";

#[derive(Debug)]
pub enum Database {
    /// In the story's folder.
    Sqlite,
    Postgres {
        server: Url,
        name: String,
    },
}

impl Database {
    pub fn sqlite() -> Self {
        Self::Sqlite
    }

    /// Creates a database with this version's tables on the server that `SWITCHBOARD_TEST_POSTGRES_URL` names.
    pub async fn postgres() -> Self {
        Self::on_postgres(true).await
    }

    /// The same without tables.
    pub async fn empty_postgres() -> Self {
        Self::on_postgres(false).await
    }

    async fn on_postgres(migrated: bool) -> Self {
        let server = std::env::var(SERVER).unwrap_or_else(|_| panic!("{SERVER} is not set"));
        let server: Url = server.parse().expect("a URL");
        let mut random = [0; 8];
        getrandom::fill(&mut random).expect("random numbers");
        let name = format!("switchboard_test_{}", hex::encode(random));
        let connection = connect(server.as_str()).await;
        let template = match migrated {
            true => template(&connection, &server).await,
            false => "template1".to_owned(),
        };
        let create = format!("CREATE DATABASE {name} TEMPLATE {template}");
        connection.execute_unprepared(&create).await.expect("a database");
        Self::Postgres { server, name }
    }

    /// The URL for the settings; `None` is SQLite in the data folder.
    pub fn url(&self) -> Option<SecretString> {
        match self {
            Self::Sqlite => None,
            Self::Postgres { server, name } => {
                let mut url = server.clone();
                url.set_path(name);
                Some(url.to_string().into())
            }
        }
    }

    pub async fn count(&self, folder: &Path, table: &str) -> i64 {
        let connection = self.look(folder, "ro").await;
        let backend = match self {
            Self::Sqlite => DbBackend::Sqlite,
            Self::Postgres { .. } => DbBackend::Postgres,
        };
        let count = Statement::from_string(backend, format!("SELECT count(*) AS rows FROM {table}"));
        let row = connection
            .query_one_raw(count)
            .await
            .expect("a table")
            .expect("a count");
        row.try_get("", "rows").expect("a number")
    }

    /// Runs a statement that makes a change that no user of the product could make.
    pub async fn run(&self, folder: &Path, sql: &str) {
        let connection = self.look(folder, "rw").await;
        connection.execute_unprepared(sql).await.expect("a statement");
    }

    pub async fn look(&self, folder: &Path, mode: &str) -> DatabaseConnection {
        use secrecy::ExposeSecret as _;
        let url = match self.url() {
            Some(url) => url.expose_secret().to_owned(),
            None => format!("sqlite://{}?mode={mode}", folder.join("switchboard.db").display()),
        };
        connect(&url).await
    }

    pub async fn remove(&self) {
        if let Self::Postgres { server, name } = self {
            drop_database(&connect(server.as_str()).await, name).await;
        }
    }
}

/// A database to copy, which takes less time than to migrate a new one. Each build of the tests makes its own, once.
async fn template(connection: &DatabaseConnection, server: &Url) -> String {
    let exe = std::env::current_exe().expect("this program");
    let program = exe.file_stem().expect("a name").to_string_lossy();
    // What follows is a hash of cargo's.
    let program = program.split('-').next().unwrap_or_default();
    let built = exe.metadata().and_then(|about| about.modified()).expect("a time");
    let built = built.duration_since(UNIX_EPOCH).expect("after 1970").as_millis();
    let family = format!("switchboard_template_{program}_");
    let name = format!("{family}{built}");
    if !exists(connection, &name).await {
        // https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
        connection
            .execute_unprepared("SELECT pg_advisory_lock(7217)")
            .await
            .expect("a lock");
        if !exists(connection, &name).await {
            for older in databases(connection, &family).await {
                drop_database(connection, &older).await;
            }
            make_template(connection, server, &name).await;
        }
        connection
            .execute_unprepared("SELECT pg_advisory_unlock(7217)")
            .await
            .expect("no lock");
    }
    name
}

/// Whether it is there whole: another test may be about to make it.
async fn exists(connection: &DatabaseConnection, name: &str) -> bool {
    let found = databases(connection, name).await;
    found.iter().any(|found| found == name)
}

async fn make_template(connection: &DatabaseConnection, server: &Url, name: &str) {
    let begun = format!("{name}_begun");
    drop_database(connection, &begun).await;
    let create = format!("CREATE DATABASE {begun}");
    connection.execute_unprepared(&create).await.expect("a database");
    let mut url = server.clone();
    url.set_path(&begun);
    let inside = connect(url.as_str()).await;
    Migrator::up(&inside, None).await.expect("migrations");
    inside.close().await.expect("closed");
    let rename = format!("ALTER DATABASE {begun} RENAME TO {name}");
    connection.execute_unprepared(&rename).await.expect("a template");
}

/// Those whose names begin like this.
async fn databases(connection: &DatabaseConnection, like: &str) -> Vec<String> {
    let query = format!("SELECT datname::text AS name FROM pg_database WHERE starts_with(datname, '{like}')");
    let rows = connection.query_all_raw(Statement::from_string(DbBackend::Postgres, query));
    let rows = rows.await.expect("databases");
    rows.iter()
        .map(|row| row.try_get("", "name").expect("a name"))
        .collect()
}

async fn drop_database(connection: &DatabaseConnection, name: &str) {
    let remove = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    connection.execute_unprepared(&remove).await.expect("no database");
}

async fn connect(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    Connect::connect(options).await.expect("a connection")
}
