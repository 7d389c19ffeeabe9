//! A PostgreSQL cluster for one test run: on loopback, on a free port, in a temporary folder, which is removed
//! afterwards, also after a failure or Ctrl+C.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;
use nix::unistd::geteuid;
use tempfile::TempDir;

use crate::process;

/// PostgreSQL refuses to run as root; Debian's package creates this user.
const USER: &str = "postgres";

/// Tests open many small pools.
const SETTINGS: &str = "-c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=300";

/// Whether a commit waits for fsync.
#[derive(Debug, Clone, Copy)]
pub enum Durability {
    /// As in production.
    Full,
    /// The data may be lost, so nothing is synced.
    None,
}

impl Durability {
    const fn setting(self) -> &'static str {
        match self {
            Self::Full => "-c fsync=on",
            Self::None => "-c fsync=off",
        }
    }
}

/// A running cluster.
#[derive(Debug)]
pub struct Cluster {
    programs: PathBuf,
    folder: TempDir,
    port: u16,
}

impl Cluster {
    /// Starts a cluster with the programs in `programs` (see [`programs`]).
    pub fn start(programs: PathBuf, durability: Durability) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("switchboard-postgres-")
            .tempdir()?;
        if geteuid().is_root() {
            process::run(Command::new("chown").arg(USER).arg(folder.path()))?;
        }
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let cluster = Self {
            programs,
            folder,
            port,
        };

        let log = cluster.folder.path().join("log");
        let mut initdb = cluster.program("initdb");
        initdb.args(["-U", "app", "-A", "trust", "-E", "UTF8", "--no-sync"]);
        process::run(initdb.stdout(std::process::Stdio::null())).context("creating a PostgreSQL cluster")?;
        let mut pg_ctl = cluster.program("pg_ctl");
        pg_ctl
            .args([
                "-w",
                "-s",
                "-o",
                &format!("-p {port} {SETTINGS} {}", durability.setting()),
                "-l",
            ])
            .arg(log)
            .arg("start");
        process::run(&mut pg_ctl).context("starting PostgreSQL")?;
        Ok(cluster)
    }

    /// The URL that tests connect to.
    pub fn url(&self) -> String {
        format!("postgres://app@127.0.0.1:{}/postgres", self.port)
    }

    fn program(&self, name: &str) -> Command {
        let program = self.programs.join(name);
        let mut command = if geteuid().is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", USER, "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command
            .current_dir(self.folder.path())
            .arg("-D")
            .arg(self.folder.path().join("data"));
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        process::tidy(
            self.program("pg_ctl")
                .args(["-m", "immediate", "-w", "-s", "stop"]),
        );
    }
}

/// The folder of PostgreSQL's programs: Debian keeps them out of PATH, in one folder for each version.
pub fn programs() -> Option<PathBuf> {
    let mut versions: Vec<_> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            Some((
                entry.file_name().to_str()?.parse::<u32>().ok()?,
                entry.path().join("bin"),
            ))
        })
        .collect();
    versions.sort();
    let debian = versions.into_iter().rev().map(|(_, folder)| folder);
    let path = std::env::var_os("PATH").unwrap_or_default();
    debian
        .chain(std::env::split_paths(&path))
        .find(|folder| has_programs(folder))
}

fn has_programs(folder: &Path) -> bool {
    ["initdb", "pg_ctl"]
        .iter()
        .all(|program| folder.join(program).is_file())
}
