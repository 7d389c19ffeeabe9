//! What a process tells the engine at the start.

use crate::Clock;
use secrecy::SecretString;
use std::{path::PathBuf, time::Duration};
use url::Url;

/// What the engine needs to know.
#[derive(Debug)]
pub struct Config {
    /// Where the database (SQLite) and the master key live. It is created when absent.
    pub data_dir: PathBuf,
    /// `postgres://…` or `sqlite:…`; none: SQLite in the data directory.
    pub database_url: Option<SecretString>,
    /// How long a PostgreSQL that is not there is waited for.
    pub database_wait: Duration,
    pub purpose: Purpose,
    /// How Meta reaches this process.
    pub public_url: Url,
    pub graph_url: Url,
    /// Such as `v25.0`.
    pub graph_version: String,
    /// 32 bytes in base64; none: `master.key` in the data directory.
    pub master_key: Option<SecretString>,
    pub clock: Clock,
    /// Deliveries that may wait for the journal; more are told to come later.
    pub intake_capacity: usize,
    /// How long a delivery may wait for the disk before it is told to come later.
    pub intake_patience: Duration,
    /// A country database that some other program keeps; none: the one that is uploaded.
    pub country_database: Option<PathBuf>,
}

/// What a process is started for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To serve: the only one in a data folder with SQLite, and on its file.
    Serve,
    /// To make one call; a server may run beside it.
    Command,
    /// To give up a master key that is lost.
    NewMasterKey,
}
