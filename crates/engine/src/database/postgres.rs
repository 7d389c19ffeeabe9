//! The first connection to PostgreSQL at the start. A pool says only that it has waited; this error names the address
//! that does not answer, and why.

use crate::{Error, Result};
use sea_orm::sqlx::{self, ConnectOptions as _, Connection as _, postgres::PgConnectOptions};
use secrecy::{ExposeSecret, SecretString};
use std::time::{Duration, Instant};
use tokio::time::{sleep, timeout};

/// How long one attempt waits for an answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(4);
/// The pause between two attempts.
const AGAIN_AFTER: Duration = Duration::from_secs(3);

/// Returns once PostgreSQL has accepted a connection.
///
/// # Errors
/// [`Error::Setup`] when it refuses, or when nobody answers for as long as `wait`.
pub(crate) async fn reach(url: &SecretString, wait: Duration) -> Result<()> {
    let options: PgConnectOptions = url
        .expose_secret()
        .parse()
        .map_err(|error| Error::Setup(format!("database.url cannot be read: {error}")))?;
    let place = place(&options);
    let started = Instant::now();
    loop {
        let (why, may_pass) = match timeout(ANSWER_WITHIN, options.connect()).await {
            Ok(Ok(connection)) => {
                // The connection has served its purpose, however it ends.
                let _ = connection.close().await;
                return Ok(());
            }
            Ok(Err(error)) => why(&error),
            Err(_) => (format!("no answer within {} s", ANSWER_WITHIN.as_secs()), true),
        };
        if !may_pass || started.elapsed() >= wait {
            return Err(Error::Setup(format!(
                "PostgreSQL at {place} cannot be used: {why}. Is it running, and is database.url right?"
            )));
        }
        tracing::warn!("waiting for PostgreSQL at {place}: {why}");
        sleep(AGAIN_AFTER).await;
    }
}

/// The address of PostgreSQL, without the password.
fn place(options: &PgConnectOptions) -> String {
    let host = match options.get_socket() {
        Some(socket) => socket.display().to_string(),
        None => options.get_host().to_owned(),
    };
    let database = options.get_database().unwrap_or(options.get_username());
    format!("{host}:{}, database {database}", options.get_port())
}

/// The reason in PostgreSQL's words, or in the system's, and whether it may pass.
fn why(error: &sqlx::Error) -> (String, bool) {
    match error {
        sqlx::Error::Io(error) => (error.to_string(), true),
        sqlx::Error::Database(error) => {
            // PostgreSQL is starting, stopping, or has no connection left.
            let code = error.code().unwrap_or_default();
            let may_pass = code.starts_with("57P") || code == "53300";
            (error.message().to_owned(), may_pass)
        }
        other => (other.to_string(), false),
    }
}
