//! Scripts that stories run, as users would.

use std::{env, path::PathBuf, process::Stdio};
use tokio::process::Command;

/// The Python with the packages of crates/xtask/python.txt. `cargo xtask test` installs it, and sets the variable.
pub fn python() -> PathBuf {
    let python = env::var_os("SWITCHBOARD_TEST_PYTHON");
    python
        .expect("SWITCHBOARD_TEST_PYTHON names no Python; `cargo xtask test` does")
        .into()
}

/// Runs a script until it ends well; returns what it has printed.
pub async fn run(script: &mut Command) -> String {
    let ran = script
        // A proxy that is set for the machine does not know the story's server.
        .env("no_proxy", "127.0.0.1")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .expect("it starts");
    let said = [ran.stdout, ran.stderr].map(|said| String::from_utf8_lossy(&said).into_owned());
    let said = said.join("\n");
    assert!(ran.status.success(), "{}\n{said}", ran.status);
    said
}
