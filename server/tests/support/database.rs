//! A fresh database for each story, and direct access to it.

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database as Connect, DatabaseConnection, DbBackend, Statement,
};
use secrecy::SecretString;
use std::path::Path;
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

    /// Creates a database on the server that `SWITCHBOARD_TEST_POSTGRES_URL` names.
    pub async fn postgres() -> Self {
        let server = std::env::var(SERVER).unwrap_or_else(|_| panic!("{SERVER} is not set"));
        let server: Url = server.parse().expect("a URL");
        let mut random = [0; 8];
        getrandom::fill(&mut random).expect("random numbers");
        let name = format!("switchboard_test_{}", hex::encode(random));
        let database = Self::Postgres { server, name };
        database.on_server("CREATE DATABASE").await;
        database
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
        self.on_server("DROP DATABASE IF EXISTS").await;
    }

    async fn on_server(&self, what: &str) {
        if let Self::Postgres { server, name } = self {
            let force = if what.starts_with("DROP") {
                " WITH (FORCE)"
            } else {
                ""
            };
            let connection = connect(server.as_str()).await;
            connection
                .execute_unprepared(&format!("{what} {name}{force}"))
                .await
                .expect("a database");
        }
    }
}

async fn connect(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    Connect::connect(options).await.expect("a connection")
}
