//! The database: SQLite with one writer and many readers, or PostgreSQL with one pool.

pub(crate) mod checkpoint;
pub(crate) mod cursor;
mod postgres;
pub(crate) mod put;

use crate::Result;
use migrations::{Migrator, MigratorTrait};
use sea_orm::{
    ConnectOptions, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, RuntimeErr,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
    sqlx::{
        Connection as _, Postgres, Sqlite,
        pool::PoolConnection,
        sqlite::{SqliteJournalMode, SqliteSynchronous},
    },
};
use secrecy::{ExposeSecret, SecretString};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::sync::Notify;

/// SQLite's connections that read, beside the one that writes; below, all of PostgreSQL's connections.
const READERS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 16;
/// How long another process may hold SQLite's write lock before this one gives up.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(15);
/// A connection to PostgreSQL that nobody has used for so long is tested before it is used again. The pool also tests each
/// one that comes back.
const TESTED_AFTER: Duration = Duration::from_secs(1);
const FILE: &str = "switchboard.db";
/// PostgreSQL's advisory lock of [`Database::write_alone`]: "switchbd" as a number.
const ALONE: i64 = 0x7377_6974_6368_6264;

/// The database's connections. Clones share them.
#[derive(Debug, Clone)]
pub(crate) struct Database {
    writer: DatabaseConnection,
    reader: DatabaseConnection,
    written: Arc<Notify>,
}

impl Database {
    /// Connects. Waits for a PostgreSQL that does not answer, for as long as `wait`.
    pub(crate) async fn connect(data_dir: &Path, url: Option<&SecretString>, wait: Duration) -> Result<Self> {
        let written = Arc::default();
        Ok(match url {
            Some(url) if !url.expose_secret().starts_with("sqlite:") => {
                postgres::reach(url, wait).await?;
                let mut options = ConnectOptions::new(url.expose_secret());
                options
                    .max_connections(POSTGRES_CONNECTIONS)
                    .acquire_timeout(ACQUIRE_TIMEOUT)
                    .test_before_acquire_if_idle_for(TESTED_AFTER)
                    .sqlx_logging(false);
                let pool = sea_orm::Database::connect(options).await?;
                Self {
                    writer: pool.clone(),
                    reader: pool,
                    written,
                }
            }
            url => {
                let url = match url {
                    Some(url) => url.expose_secret().to_owned(),
                    None => format!("sqlite://{}", data_dir.join(FILE).display()),
                };
                let writer = sea_orm::Database::connect(sqlite(&url, 1)).await?;
                let reader = sea_orm::Database::connect(sqlite(&url, READERS)).await?;
                Self {
                    writer,
                    reader,
                    written,
                }
            }
        })
    }

    /// Connects, and brings the tables up to date.
    #[cfg(test)]
    pub(crate) async fn open(data_dir: &Path, url: Option<&SecretString>) -> Result<Self> {
        let database = Self::connect(data_dir, url, Duration::ZERO).await?;
        database.migrate().await?;
        Ok(database)
    }

    pub(crate) fn is_sqlite(&self) -> bool {
        self.reader.get_database_backend() == DbBackend::Sqlite
    }

    /// The path of SQLite's file as SQLite resolves it, however the settings spell it and whatever links lead there.
    pub(crate) async fn file(&self) -> Result<Option<PathBuf>> {
        if !self.is_sqlite() {
            return Ok(None);
        }
        let main = Statement::from_string(
            DbBackend::Sqlite,
            "SELECT file FROM pragma_database_list WHERE name = 'main'",
        );
        let row = self.reader.query_one_raw(main).await?;
        let file: Option<String> = row.map(|row| row.try_get("", "file")).transpose()?;
        // A database in memory has no file.
        Ok(file.filter(|file| !file.is_empty()).map(PathBuf::from))
    }

    /// Whether the tables are those of an older version, or there are none.
    pub(crate) async fn is_behind(&self) -> Result<bool> {
        Ok(!Migrator::get_pending_migrations(&self.writer).await?.is_empty())
    }

    /// Brings the tables up to date, with all migrations or with none. A migration that fails or is interrupted leaves
    /// the tables as they were, for the next start and for the older version. Of several processes one migrates, and
    /// the others wait.
    pub(crate) async fn migrate(&self) -> Result<()> {
        let tx = self.write_alone().await?;
        Migrator::up(&tx, None).await?;
        Ok(tx.commit().await?)
    }

    /// The connection for reads.
    pub(crate) fn read(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// Begins several reads in a row: they end when this is dropped. They have one connection; for each read of its own the
    /// pool would lend one and take it back, which takes about as long as a short read. On SQLite they see the same moment.
    pub(crate) async fn look(&self) -> Result<DatabaseTransaction> {
        Ok(self.reader.begin().await?)
    }

    /// Begins a transaction that writes: rolled back unless it is committed.
    pub(crate) async fn write(&self) -> Result<DatabaseTransaction> {
        // SQLite takes the write lock at once: a transaction that reads first and writes later could otherwise
        // be refused in the middle.
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        self.written.notify_one();
        Ok(self.writer.begin_with_options(options).await?)
    }

    /// Begins a transaction that depends on rows which it does not itself change: that a number is free, that an
    /// administrator remains. Such transactions run one after the other, whichever process begins them; otherwise
    /// PostgreSQL would let two of them check at the same moment, and both would pass. SQLite has one writer in any
    /// case.
    pub(crate) async fn write_alone(&self) -> Result<DatabaseTransaction> {
        let tx = self.write().await?;
        if !self.is_sqlite() {
            tx.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({ALONE})"))
                .await?;
        }
        Ok(tx)
    }

    /// A connection for many statements in a row, each a transaction of its own.
    pub(crate) async fn keep(&self) -> Result<Kept> {
        self.written.notify_one();
        let kept = match self.writer.get_database_backend() {
            DbBackend::Postgres => self
                .writer
                .get_postgres_connection_pool()
                .acquire()
                .await
                .map(Kept::Postgres),
            _ => self
                .writer
                .get_sqlite_connection_pool()
                .acquire()
                .await
                .map(Kept::Sqlite),
        };
        Ok(kept.map_err(|error| DbErr::Conn(RuntimeErr::SqlxError(error.into())))?)
    }

    /// Waits until something is being written.
    pub(crate) async fn written(&self) {
        self.written.notified().await;
    }

    /// Checkpoints SQLite's write-ahead log into the file, as far as nobody has to wait for it.
    pub(crate) async fn checkpoint(&self) -> Result<()> {
        if self.is_sqlite() {
            let checkpoint = self.reader.execute_unprepared("PRAGMA wal_checkpoint(PASSIVE)");
            checkpoint.await?;
        }
        Ok(())
    }

    pub(crate) async fn ping(&self) -> Result<()> {
        self.writer.ping().await?;
        Ok(())
    }

    pub(crate) async fn close(&self) {
        for pool in [&self.reader, &self.writer] {
            if let Err(error) = pool.clone().close().await {
                tracing::warn!(%error, "the database did not close cleanly");
            }
        }
    }
}

/// A connection that is kept from one statement to the next. The pool pings a connection when it lends it and when it
/// gets it back, and every ping takes as long as a small commit.
#[derive(Debug)]
pub(crate) enum Kept {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

fn sqlite(url: &str, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .sqlx_logging(false)
        // A connection to a file does not break.
        .test_before_acquire(false)
        .map_sqlx_sqlite_opts(|sqlite| {
            sqlite
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                // Meta is answered only when the data is on disk.
                .synchronous(SqliteSynchronous::Full)
                // Pages, some 16 MB, after which a commit checkpoints what `crate::database::checkpoint` has left.
                .pragma("wal_autocheckpoint", "4000")
                // What the rollback of a large statement needs is kept in memory, not in a file of its own.
                .pragma("temp_store", "MEMORY")
                .foreign_keys(true)
                .busy_timeout(BUSY_TIMEOUT)
        })
        // When a write fails, for example on a full disk, SQLite may roll back by itself. The driver does not notice
        // and still counts that transaction: every later transaction on the connection would be a savepoint in it, and
        // once one of those is rolled back, a commit would write nothing. Such a connection is closed, and another is
        // opened.
        // https://www.sqlite.org/lang_transaction.html#response_to_errors_within_a_transaction
        .map_sqlx_sqlite_before_acquire(|connection, _| {
            Box::pin(async { Ok(!connection.is_in_transaction()) })
        });
    options
}

/// PostgreSQL stores every character but NUL, so NUL becomes the replacement character. Text that was read out of
/// Meta's JSON has no NUL (`whatsapp::webhook`); this is for other text, such as a body that is not JSON.
pub(crate) fn storable(text: String) -> String {
    if text.contains('\0') {
        text.replace('\0', "\u{fffd}")
    } else {
        text
    }
}

#[cfg(test)]
mod steps;

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_checkpoint_carries_the_log_back() {
        let folder = tempfile::tempdir().unwrap();
        let db = Database::open(folder.path(), None).await.unwrap();
        let tx = db.write().await.unwrap();
        tx.execute_unprepared("CREATE TABLE t (id INTEGER PRIMARY KEY)")
            .await
            .unwrap();
        tx.commit().await.unwrap();
        db.written().await;

        // The file without its write-ahead log.
        let alone = tempfile::tempdir().unwrap();
        let has_t = async || {
            let copy = alone.path().join(FILE);
            std::fs::copy(folder.path().join(FILE), &copy).unwrap();
            let copy = sea_orm::Database::connect(format!("sqlite://{}", copy.display()))
                .await
                .unwrap();
            copy.execute_unprepared("SELECT id FROM t").await.is_ok()
        };
        assert!(!has_t().await);
        db.checkpoint().await.unwrap();
        assert!(has_t().await);
    }

    /// As on a full disk: SQLite ends the transaction by itself.
    #[tokio::test]
    async fn a_commit_is_a_commit_after_sqlite_has_rolled_back() {
        let folder = tempfile::tempdir().unwrap();
        let db = Database::open(folder.path(), None).await.unwrap();
        let tx = db.write().await.unwrap();
        tx.execute_unprepared("CREATE TABLE t (id INTEGER PRIMARY KEY)")
            .await
            .unwrap();
        tx.commit().await.unwrap();

        let tx = db.write().await.unwrap();
        tx.execute_unprepared("INSERT INTO t VALUES (1)").await.unwrap();
        tx.execute_unprepared("INSERT OR ROLLBACK INTO t VALUES (1)")
            .await
            .unwrap_err();
        drop(tx);
        // A use case that rolls back.
        let tx = db.write().await.unwrap();
        tx.execute_unprepared("INSERT INTO t VALUES (2)").await.unwrap();
        drop(tx);
        let tx = db.write().await.unwrap();
        tx.execute_unprepared("INSERT INTO t VALUES (3)").await.unwrap();
        tx.commit().await.unwrap();

        let seen = db
            .read()
            .query_all_raw(Statement::from_string(DbBackend::Sqlite, "SELECT id FROM t"));
        let seen: Vec<i64> = seen
            .await
            .unwrap()
            .iter()
            .map(|row| row.try_get("", "id").unwrap())
            .collect();
        assert_eq!(seen, [3]);
    }
}
