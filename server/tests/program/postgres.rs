//! A PostgreSQL server of the test's own, which can be stopped and started.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};
use tempfile::TempDir;

#[derive(Debug)]
pub struct Cluster {
    programs: PathBuf,
    folder: TempDir,
    port: u16,
}

impl Cluster {
    pub fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let cluster = Self {
            programs: programs().expect("initdb and pg_ctl"),
            folder: TempDir::new().expect("a folder"),
            port: port.expect("a port").port(),
        };
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(cluster.folder.path()));
        }
        run(cluster
            .program("initdb")
            .args(["-U", "app", "-A", "trust", "-E", "UTF8", "--no-sync"]));
        cluster.up();
        cluster
    }

    pub fn url(&self) -> String {
        format!("postgres://app@127.0.0.1:{}/postgres", self.port)
    }

    pub fn up(&self) {
        let settings = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''",
            self.port
        );
        run(self
            .program("pg_ctl")
            .args(["-w", "-s", "-o", &settings, "-l"])
            .arg(self.folder.path().join("log"))
            .arg("start"));
    }

    /// Stops it at once, in the middle of whatever it is doing.
    pub fn down(&self) {
        run(self
            .program("pg_ctl")
            .args(["-m", "immediate", "-w", "-s", "stop"]));
    }

    /// PostgreSQL refuses to run as root; Debian's package creates the user `postgres`.
    fn program(&self, name: &str) -> Command {
        let program = self.programs.join(name);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        let folder = self.folder.path();
        command.current_dir(folder).arg("-D").arg(folder.join("data"));
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let mut stop = self.program("pg_ctl");
        let _ = stop.args(["-m", "immediate", "-w", "-s", "stop"]).status();
    }
}

fn run(command: &mut Command) {
    let status = command.stdout(Stdio::null()).stdin(Stdio::null()).status();
    assert!(status.expect("a program").success(), "{command:?}");
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().expect("id");
    id.stdout.trim_ascii() == b"0"
}

/// Debian keeps them outside PATH, in one folder per version.
fn programs() -> Option<PathBuf> {
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let debian = debian.flatten().map(|version| version.path().join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let has_both = |folder: &Path| {
        ["initdb", "pg_ctl"]
            .iter()
            .all(|name| folder.join(name).is_file())
    };
    debian
        .chain(std::env::split_paths(&path))
        .find(|folder| has_both(folder))
}
