//! The folders of the repository, and the calls of `cargo`.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

/// The product's native packages, always the same complete set: a subset would have other features, and cargo would
/// build the dependencies a second time. `frontend` is for wasm only.
pub const NATIVE: &[&str] = &["--workspace", "--exclude", "frontend", "--exclude", "xtask"];

/// This package, which `cargo xtask` has already built by itself.
pub const XTASK: &[&str] = &["--package", "xtask"];

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .expect("crates/xtask is two folders deep")
        .into()
}

/// `target` in the repository: the site, the browser part and installed tools are always here.
pub fn target() -> PathBuf {
    root().join("target")
}

/// Where cargo puts native binaries.
pub fn native_target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(target, |dir| root().join(dir))
}

/// The finished site, which the server serves.
pub fn site() -> PathBuf {
    target().join("site")
}

/// Tools that are installed for this clone only.
pub fn tools() -> PathBuf {
    target().join("tools")
}

/// Intermediate files of these tasks.
pub fn scratch() -> PathBuf {
    target().join("xtask")
}

/// Waits until no other `cargo xtask` in this clone changes the site or its inputs.
pub fn lock() -> anyhow::Result<File> {
    std::fs::create_dir_all(scratch())?;
    let lock = File::create(scratch().join("lock"))?;
    lock.lock()?;
    Ok(lock)
}

/// The browser journeys.
pub fn end2end() -> PathBuf {
    root().join("end2end")
}

/// A command that runs in the root of the repository.
pub fn command(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    command
}

/// The `cargo` that runs this program, in the root of the repository.
///
/// `cargo run` describes the running package in environment variables. Build scripts that watch those variables, such
/// as ring's, would run again after each change between `cargo` and `cargo xtask`, and most of the dependency tree
/// would be rebuilt.
pub fn cargo<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        let package = ["CARGO_PKG_", "CARGO_MANIFEST_"];
        if package
            .iter()
            .any(|prefix| name.to_string_lossy().starts_with(prefix))
        {
            command.env_remove(name);
        }
    }
    if LINTS.load(Ordering::Relaxed) {
        command.env("RUSTC_WORKSPACE_WRAPPER", root().join("crates/xtask/lint.sh"));
    }
    command.args(arguments);
    command
}

static LINTS: AtomicBool = AtomicBool::new(false);

/// From now on, whatever is built of the workspace is linted by clippy on the way, and a warning is an error. Clippy by
/// itself would compile every dependency once more.
pub fn lint_while_building() {
    LINTS.store(true, Ordering::Relaxed);
}
