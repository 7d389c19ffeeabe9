//! `cargo xtask bench`: measures the figures of `docs/BENCHMARKS.md` again, with release builds, a throw-away
//! installation, and `simulator load`.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};
use clap::Args;

use crate::postgres::{Cluster, Durability};
use crate::process::{self, Running};
use crate::server::{self, Profile};
use crate::steps::Steps;
use crate::{tools, workspace};

#[derive(Debug, Args)]
pub struct Options {
    /// Measure on a throw-away PostgreSQL instead of SQLite
    #[arg(long)]
    postgres: bool,
    /// Messages that are in the database before the measurement; ten for each customer
    #[arg(long, default_value_t = 0)]
    history: u64,
    /// Measure only how quickly pages and lists are answered, each beside a control that sends the same bytes
    #[arg(long)]
    pages: bool,
    /// Measure only how many lists of the REST API are answered in a second, beside controls
    #[arg(long)]
    lists: bool,
    /// Measure only how many events a second webhooks are told, and how soon, beside the same messages without webhooks
    #[arg(long)]
    webhooks: bool,
    /// Measure only how much memory the server takes while strangers send log-ins, long names and slow bodies
    #[arg(long)]
    strangers: bool,
    /// Passed on to `simulator load`
    #[arg(last = true)]
    arguments: Vec<String>,
}

const LISTEN: &str = "127.0.0.1:3090";
/// The users of the reads: one who sees everything, and two who do not, one with many and one with few sessions in the
/// history.
const ADMIN: &str = "bench";
const OPERATORS: [&str; 2] = ["bench-old", "bench-new"];
const PASSWORD: &str = "a password for the bench";

pub fn run(options: &Options) -> anyhow::Result<()> {
    let mut steps = Steps::new(2 + usize::from(options.postgres) + usize::from(options.history > 0));
    steps.run("Building server and simulator", build)?;
    let folder = tempfile::Builder::new().prefix("switchboard-bench-").tempdir()?;
    let cluster = match options.postgres {
        true => Some(steps.run("Starting PostgreSQL", || {
            Cluster::start(tools::postgres()?, Durability::Full)
        })?),
        false => None,
    };
    let program = Installation {
        data: folder.path().to_owned(),
        database: cluster.as_ref().map(Cluster::url),
    };
    if options.history > 0 {
        steps.run("Making a history", || program.remember(options.history))?;
    }
    steps.run("Measuring", || measure(&program, options))
}

fn build() -> anyhow::Result<()> {
    server::build(Profile::Release)?;
    process::run(&mut workspace::cargo([
        "build",
        "--release",
        "--package",
        "simulator",
    ]))
}

fn measure(program: &Installation, options: &Options) -> anyhow::Result<()> {
    let token = program.output(&["token", "create", "--name", "bench", "--scope", "administer"])?;
    program.add_person(ADMIN, "admin")?;
    let server = Running::start(&mut program.command(&["serve"]))?;
    wait_until_ready()?;
    let mut load = Command::new(simulator());
    load.args([
        "load",
        "--server",
        &format!("http://{LISTEN}/"),
        "--token",
        token.trim(),
    ]);
    let history = OPERATORS.iter().filter(|_| options.history > 0);
    for login in [ADMIN].iter().chain(history) {
        load.args(["--operator", &format!("{login}:{PASSWORD}")]);
    }
    if options.pages {
        load.arg("--pages");
    }
    if options.lists {
        load.arg("--lists");
    }
    if options.webhooks {
        load.arg("--webhooks");
    }
    if options.strangers {
        load.args(["--strangers", &server.id().to_string()]);
    }
    process::run(load.args(&options.arguments))
}

fn wait_until_ready() -> anyhow::Result<()> {
    for _ in 0..200 {
        if std::net::TcpStream::connect(LISTEN).is_ok() {
            return Ok(());
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    bail!("the server does not listen")
}

fn simulator() -> PathBuf {
    server::binary(Profile::Release).with_file_name("simulator")
}

/// A server and the location of its data.
struct Installation {
    data: PathBuf,
    database: Option<String>,
}

impl Installation {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(server::binary(Profile::Release));
        command
            .args(arguments)
            .current_dir::<&Path>(&self.data)
            .env("SWITCHBOARD_HTTP__LISTEN", LISTEN)
            .env("SWITCHBOARD_DATA__DIR", &self.data)
            // As quickly as the generator can.
            .env("SWITCHBOARD_HTTP__API_REQUESTS_PER_MINUTE", "100000000")
            // The receivers of webhooks.
            .env("SWITCHBOARD_WEBHOOKS__NETWORKS", r#"["127.0.0.0/8"]"#)
            // Nothing listens there, so the doctor's requests fail at once.
            .env("SWITCHBOARD_META__GRAPH_URL", "http://127.0.0.1:9/");
        if let Some(url) = &self.database {
            command.env("SWITCHBOARD_DATABASE__URL", url);
        }
        command
    }

    fn add_person(&self, login: &str, role: &str) -> anyhow::Result<()> {
        let person = ["--login", login, "--name", login, "--role", role];
        let mut add = self.command(&["user", "add", "--password-stdin"]);
        process::feed(add.args(person), PASSWORD)
    }

    /// Fills the database with a history, using the database's own command-line program.
    fn remember(&self, messages: u64) -> anyhow::Result<()> {
        process::run(&mut self.command(&["migrate"]))?;
        for login in OPERATORS {
            self.add_person(login, "operator")?;
        }
        let (mut program, sql) = match &self.database {
            Some(url) => {
                let mut psql = Command::new("psql");
                psql.args(["--quiet", "--set", "ON_ERROR_STOP=1", "--file", "-", url.as_str()]);
                (psql, include_str!("history/postgres.sql"))
            }
            None => {
                let mut sqlite = Command::new("sqlite3");
                sqlite.arg("-bail").arg(self.data.join("switchboard.db"));
                (sqlite, include_str!("history/sqlite.sql"))
            }
        };
        process::feed(&mut program, &sql.replace("MESSAGES", &messages.to_string()))
    }

    fn output(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let output = self.command(arguments).output().context("starting switchboard")?;
        if !output.status.success() {
            bail!("{}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(String::from_utf8(output.stdout)?)
    }
}
