//! What can go wrong in a use case. Only a [`Refusal`] is meant for the caller.

use domain::{form::Invalid, refusal::Refusal};
use sea_orm::{DbErr, RuntimeErr, SqlErr, sqlx};

/// Seconds after which something that is not possible now may be asked for again.
const AGAIN: u32 = 5;

/// Why a use case did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("database: {0}")]
    Database(#[from] DbErr),
    #[error("what is stored cannot be read: {0}")]
    Corrupt(String),
    #[error("not available now: {0}")]
    Unavailable(&'static str),
    #[error("{0}")]
    Setup(String),
}

impl From<Invalid> for Error {
    fn from(invalid: Invalid) -> Self {
        Self::Refused(invalid.into())
    }
}

/// The result of a use case.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// What the caller is told; `Err`: nothing but that it is our fault. What is not available now, finds no connection to
    /// the database in time or loses it, or gives way to somebody else there, is asked for again later.
    pub fn into_refusal(self) -> std::result::Result<Refusal, Self> {
        if self.gave_way() {
            tracing::warn!(error = %self, "somebody else changed this at the same moment");
            return Ok(Refusal::Busy { seconds: AGAIN });
        }
        if self.lost_connection() {
            tracing::warn!(error = %self, "the connection to the database broke");
            return Ok(Refusal::Busy { seconds: AGAIN });
        }
        match self {
            Self::Refused(refusal) => Ok(refusal),
            later @ (Self::Unavailable(_) | Self::Database(DbErr::ConnectionAcquire(_))) => {
                tracing::warn!(%later, "what was asked for is not possible now");
                Ok(Refusal::Busy { seconds: AGAIN })
            }
            Self::Database(error)
                if matches!(error.sql_err(), Some(SqlErr::ForeignKeyConstraintViolation(_))) =>
            {
                tracing::warn!(%error, "what this belongs to was deleted at the same moment");
                Ok(Refusal::ChangedMeanwhile)
            }
            internal => Err(internal),
        }
    }

    /// Whether PostgreSQL ended the transaction so that others can go on: class 40 of
    /// <https://www.postgresql.org/docs/current/errcodes-appendix.html>, such as a deadlock.
    pub(crate) fn gave_way(&self) -> bool {
        self.is_of_postgres(&["40"])
    }

    /// Whether PostgreSQL went away, or ended the connection: class 08, and 57P01 to 57P05.
    fn lost_connection(&self) -> bool {
        matches!(self, Self::Database(DbErr::Conn(_)))
            || matches!(self.of_database(), Some(sqlx::Error::Io(_)))
            || self.is_of_postgres(&["08", "57P"])
    }

    fn is_of_postgres(&self, classes: &[&str]) -> bool {
        let Some(sqlx::Error::Database(error)) = self.of_database() else {
            return false;
        };
        let is_postgres = error
            .try_downcast_ref::<sqlx::postgres::PgDatabaseError>()
            .is_some();
        let code = error.code().unwrap_or_default();
        is_postgres && classes.iter().any(|class| code.starts_with(class))
    }

    fn of_database(&self) -> Option<&sqlx::Error> {
        match self {
            Self::Database(
                DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)),
            ) => Some(&**error),
            _ => None,
        }
    }

    /// Whether the same statement may succeed later, because the fault is the database's and not the data's: the
    /// database is locked, full, restarting or unreachable.
    pub(crate) fn is_passing(&self) -> bool {
        if matches!(
            self,
            Self::Unavailable(_) | Self::Database(DbErr::Conn(_) | DbErr::ConnectionAcquire(_))
        ) {
            return true;
        }
        let Some(error) = self.of_database() else {
            return false;
        };
        let sqlx::Error::Database(error) = error else {
            return !matches!(
                error,
                sqlx::Error::Encode(_) | sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. }
            );
        };
        let code = error.code().unwrap_or_default();
        match error.try_downcast_ref::<sqlx::postgres::PgDatabaseError>() {
            // Classes of https://www.postgresql.org/docs/current/errcodes-appendix.html: connection, transaction state,
            // rollback, resources, object state, operator intervention, system, internal.
            Some(_) => ["08", "25", "40", "53", "55", "57", "58", "XX"]
                .iter()
                .any(|class| code.starts_with(class)),
            // Primary codes of https://www.sqlite.org/rescode.html other than SQLITE_CONSTRAINT, _TOOBIG, _MISMATCH and
            // _RANGE, which are about what is written, and _ERROR, which is about our statement.
            None => {
                let primary = code.parse::<i64>().map_or(0, |code| code & 0xff);
                !matches!(primary, 1 | 18 | 19 | 20 | 25)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection};

    async fn connection(url: &str) -> DatabaseConnection {
        let mut options = ConnectOptions::new(url);
        options
            .max_connections(1)
            .sqlx_logging(false)
            .map_sqlx_sqlite_opts(|sqlite| {
                sqlite
                    .create_if_missing(true)
                    .busy_timeout(std::time::Duration::ZERO)
            });
        Database::connect(options).await.unwrap()
    }

    async fn error(db: &DatabaseConnection, sql: &str) -> Error {
        db.execute_unprepared(sql).await.expect_err(sql).into()
    }

    #[tokio::test]
    async fn what_sqlite_cannot_do_now_it_may_do_later() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("test.db").display());
        let db = connection(&url).await;
        db.execute_unprepared("CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT NOT NULL)")
            .await
            .unwrap();
        db.execute_unprepared("INSERT INTO t VALUES (1, 'x')")
            .await
            .unwrap();

        let other = connection(&url).await;
        other.execute_unprepared("BEGIN EXCLUSIVE").await.unwrap();
        let locked = error(&db, "INSERT INTO t VALUES (2, 'x')").await;
        assert!(locked.is_passing(), "{locked}");
        other.execute_unprepared("COMMIT").await.unwrap();

        db.execute_unprepared("PRAGMA max_page_count = 2").await.unwrap();
        let full = error(&db, "INSERT INTO t VALUES (2, zeroblob(100000))").await;
        assert!(full.is_passing(), "{full}");
        db.execute_unprepared("PRAGMA query_only = ON").await.unwrap();
        let read_only = error(&db, "INSERT INTO t VALUES (2, 'x')").await;
        assert!(read_only.is_passing(), "{read_only}");
        db.execute_unprepared("PRAGMA query_only = OFF").await.unwrap();

        for never in [
            "INSERT INTO t VALUES (1, 'again')",
            "INSERT INTO t VALUES (2, NULL)",
            "INSERT INTO t VALUES ('word', 'x')",
            "INSERT INTO nowhere VALUES (1)",
        ] {
            let error = error(&db, never).await;
            assert!(!error.is_passing(), "{never}: {error}");
        }
        assert!(!Error::Corrupt(String::new()).is_passing());
    }

    #[test]
    fn whoever_loses_the_connection_asks_again() {
        let broke = sqlx::Error::Io(std::io::ErrorKind::ConnectionReset.into());
        let broke = Error::Database(DbErr::Query(RuntimeErr::SqlxError(broke.into())));
        assert!(broke.is_passing());
        assert!(matches!(broke.into_refusal(), Ok(Refusal::Busy { .. })));
    }

    #[tokio::test]
    #[ignore = "needs PostgreSQL; cargo xtask test runs them"]
    async fn what_postgres_cannot_do_now_it_may_do_later() {
        let url = std::env::var("SWITCHBOARD_TEST_POSTGRES_URL").unwrap();
        let db = connection(&url).await;
        for (code, passing) in [
            ("08006", true),  // connection failure
            ("40001", true),  // serialization failure
            ("40P01", true),  // deadlock detected
            ("53100", true),  // disk full
            ("53300", true),  // too many connections
            ("55P03", true),  // lock not available
            ("57P01", true),  // admin shutdown
            ("57P03", true),  // cannot connect now
            ("58030", true),  // io error
            ("22021", false), // character not in repertoire
            ("22003", false), // numeric value out of range
            ("23505", false), // unique violation
            ("42P01", false), // undefined table
        ] {
            let raise = format!("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{code}'; END $$");
            let error = error(&db, &raise).await;
            assert_eq!(error.is_passing(), passing, "{code}: {error}");
            let busy = matches!(error.into_refusal(), Ok(Refusal::Busy { .. }));
            let expected = ["08", "40", "57P"].iter().any(|class| code.starts_with(class));
            assert_eq!(busy, expected, "{code}");
        }
    }
}
