//! `cargo xtask crash`: the crash test of `server/tests/crash.rs` with any number of kills, on SQLite and on a
//! PostgreSQL with fsync.

use clap::Args;

use crate::postgres::{Cluster, Durability};
use crate::{process, tools, workspace};

#[derive(Debug, Args)]
pub struct Options {
    /// How often the server is killed on each database
    #[arg(long, default_value_t = 50)]
    kills: u64,
    /// Repeat a run with the seed that it printed
    #[arg(long)]
    seed: Option<u64>,
}

pub fn run(options: &Options) -> anyhow::Result<()> {
    let cluster = Cluster::start(tools::postgres()?, Durability::Full)?;
    let mut cargo = workspace::cargo(["test", "--package", "server", "--test", "crash", "--"]);
    cargo.args(["--include-ignored", "--nocapture", "--test-threads", "1"]);
    cargo.env("SWITCHBOARD_TEST_POSTGRES_URL", cluster.url());
    cargo.env("SWITCHBOARD_TEST_KILLS", options.kills.to_string());
    if let Some(seed) = options.seed {
        cargo.env("SWITCHBOARD_TEST_SEED", seed.to_string());
    }
    process::run(&mut cargo)
}
