//! `cargo xtask dev`: the demo from a quick build, rebuilt and restarted on every change.
//! A build that fails leaves the running server alone.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use notify::{RecommendedWatcher, RecursiveMode, Watcher};

use crate::process::{self, Running};
use crate::server::{self, Profile};
use crate::steps::Steps;
use crate::wasm::{self, Effort};
use crate::{site, tools, workspace};

const WATCHED: [&str; 7] = [
    "app",
    "crates",
    "frontend",
    "migrations",
    "public",
    "server",
    "style",
];

/// Editors write a file in several steps: a change is complete when nothing has moved for this long.
const QUIET: Duration = Duration::from_millis(200);

#[derive(Debug, Args)]
pub struct Options {
    /// Passed on to `switchboard demo`
    #[arg(last = true)]
    arguments: Vec<String>,
}

/// The parts that a change makes stale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stale {
    Site,
    SiteAndServer,
}

pub fn run(options: &Options) -> anyhow::Result<()> {
    tools::wasm_target()?;
    let (_watcher, changes) = watch()?;
    let mut running = None;
    let mut stale = Stale::SiteAndServer;
    loop {
        match build(stale) {
            Ok(()) => {
                drop(running.take());
                running = Some(Running::start(&mut server::demo(
                    Profile::Dev,
                    &options.arguments,
                ))?);
            }
            Err(_) if process::interrupted() => return Ok(()),
            Err(error) => eprintln!("{error:#}\nWaiting for the next change."),
        }
        match next_change(&changes, &mut running)? {
            Some(next) => stale = next,
            None => return Ok(()),
        }
    }
}

/// Replaces the site last, when its server is ready: until then the old pair stays complete.
fn build(stale: Stale) -> anyhow::Result<()> {
    let mut steps = Steps::new(if stale == Stale::Site { 2 } else { 3 });
    let package = steps.run("Building the browser part", || wasm::build(Effort::Quick))?;
    if stale == Stale::SiteAndServer {
        steps.run("Building the server", || server::build(Profile::Dev))?;
    }
    steps.run("Putting the site together", || {
        site::assemble(&package, Effort::Quick)
    })
}

fn watch() -> anyhow::Result<(RecommendedWatcher, Receiver<PathBuf>)> {
    let (sender, receiver) = mpsc::channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        let Ok(event) = event else { return };
        if event.kind.is_create() || event.kind.is_modify() || event.kind.is_remove() {
            for path in event.paths.into_iter().filter(|path| !is_editors_own(path)) {
                let _ = sender.send(path);
            }
        }
    })?;
    for folder in WATCHED {
        let folder = workspace::root().join(folder);
        watcher
            .watch(&folder, RecursiveMode::Recursive)
            .with_context(|| format!("watching {}", folder.display()))?;
    }
    Ok((watcher, receiver))
}

/// Editors create and delete swap and backup files without a change to the project.
fn is_editors_own(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with('.') || name.ends_with('~')
}

/// Waits for a change and for the quiet after it; `None` on an interrupt.
fn next_change(changes: &Receiver<PathBuf>, running: &mut Option<Running>) -> anyhow::Result<Option<Stale>> {
    let first = loop {
        match changes.recv_timeout(QUIET) {
            Ok(path) => break path,
            Err(RecvTimeoutError::Disconnected) => return Ok(None),
            Err(RecvTimeoutError::Timeout) => {}
        }
        if process::interrupted() {
            return Ok(None);
        }
        if let Some(status) = running.as_mut().map(Running::ended).transpose()?.flatten() {
            eprintln!("The server ended ({status}). Waiting for the next change.");
            *running = None;
        }
    };
    let mut stale = stale(&first);
    while let Ok(path) = changes.recv_timeout(QUIET) {
        if self::stale(&path) == Stale::SiteAndServer {
            stale = Stale::SiteAndServer;
        }
    }
    Ok(Some(stale))
}

fn stale(path: &Path) -> Stale {
    let files = ["style", "public"].map(|folder| workspace::root().join(folder));
    if files.iter().any(|folder| path.starts_with(folder)) {
        Stale::Site
    } else {
        Stale::SiteAndServer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_leave_the_server_as_it_is() {
        let root = workspace::root();
        assert_eq!(stale(&root.join("style/main.css")), Stale::Site);
        assert_eq!(stale(&root.join("public/favicon.svg")), Stale::Site);
        assert_eq!(stale(&root.join("app/src/lib.rs")), Stale::SiteAndServer);
        assert_eq!(
            stale(&root.join("crates/domain/src/lib.rs")),
            Stale::SiteAndServer
        );
    }

    #[test]
    fn swap_files_are_no_change() {
        assert!(is_editors_own(Path::new("app/src/.lib.rs.swp")));
        assert!(is_editors_own(Path::new("app/src/lib.rs~")));
        assert!(!is_editors_own(Path::new("app/src/lib.rs")));
    }
}
