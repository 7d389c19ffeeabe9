//! The server's binary, `switchboard`.

use std::path::PathBuf;
use std::process::Command;

use crate::{process, workspace};

/// A profile of `Cargo.toml`.
#[derive(Debug, Clone, Copy)]
pub enum Profile {
    Dev,
    Demo,
    Release,
}

impl Profile {
    const fn name(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Demo => "demo",
            Self::Release => "release",
        }
    }

    const fn folder(self) -> &'static str {
        match self {
            Self::Dev => "debug",
            Self::Demo => "demo",
            Self::Release => "release",
        }
    }
}

/// Builds the server. A release binary embeds the site, so the site must be built first; other binaries read the site
/// at run time and need only its folder.
pub fn build(profile: Profile) -> anyhow::Result<()> {
    std::fs::create_dir_all(workspace::site())?;
    process::run(&mut workspace::cargo([
        "build",
        "--package",
        "server",
        "--profile",
        profile.name(),
    ]))
}

/// The path of the binary that `build` produces.
pub fn binary(profile: Profile) -> PathBuf {
    workspace::native_target()
        .join(profile.folder())
        .join("switchboard")
}

/// `switchboard demo`: the server on a throw-away data folder, with the simulator beside it.
pub fn demo(profile: Profile, arguments: &[String]) -> Command {
    let mut command = workspace::command(binary(profile));
    command.arg("demo").args(arguments);
    command
}
