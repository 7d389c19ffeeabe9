//! The browser journeys in `end2end/`: a real Chromium against the real binary; the main ways also in Firefox and WebKit.

use std::path::Path;
use std::process::Command;

use anyhow::ensure;

use crate::server::{self, Profile};
use crate::steps::Steps;
use crate::wasm::Effort;
use crate::{process, site, tools, workspace};

/// Builds what the journeys need: the small wasm and a debug server, with the flags of the other native steps
/// (including tests) so that nothing is built twice.
pub fn build() -> anyhow::Result<()> {
    site::build(Effort::Small)?;
    process::run(workspace::cargo(["build", "--bins", "--tests"]).args(workspace::NATIVE))
}

/// Runs all journeys; with `pictures` they also write the pictures of the README.
pub fn walk(pictures: bool) -> anyhow::Result<()> {
    ensure!(
        has_journeys(&workspace::end2end())?,
        "FAIL: end2end has no journeys (*.spec.ts)"
    );
    let mut npx = Command::new("npx");
    npx.current_dir(workspace::end2end())
        .args(["playwright", "test"])
        .env("SWITCHBOARD_BIN", server::binary(Profile::Dev))
        .env("CHROMIUM", tools::chromium()?)
        .env("FIREFOX", tools::firefox()?)
        .env("WEBKIT_DRIVER", tools::webkit()?);
    if pictures {
        npx.env("SWITCHBOARD_PICTURES", "1");
    }
    process::run(&mut npx)
}

/// `cargo xtask pictures`.
pub fn take_pictures() -> anyhow::Result<()> {
    let mut steps = Steps::new(3);
    steps.run("Looking for what is needed", need)?;
    steps.run("Building the site and the server", build)?;
    steps.run("Taking pictures", || {
        tools::emoji_font()?;
        walk(true)
    })
}

/// Installs the requirements of `build` and `walk`.
pub fn need() -> anyhow::Result<()> {
    tools::wasm_target()?;
    tools::chromium()?;
    tools::firefox()?;
    tools::webkit()?;
    tools::journeys()
}

fn has_journeys(folder: &Path) -> anyhow::Result<bool> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let found = if entry.file_type()?.is_dir() {
            name != "node_modules" && has_journeys(&entry.path())?
        } else {
            name.to_string_lossy().ends_with(".spec.ts")
        };
        if found {
            return Ok(true);
        }
    }
    Ok(false)
}
