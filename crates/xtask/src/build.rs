//! `cargo xtask build`: the site, then the server.

use clap::Args;

use crate::server::{self, Profile};
use crate::steps::Steps;
use crate::wasm::Effort;
use crate::{site, tools};

#[derive(Debug, Args)]
pub struct Options {
    /// Build for production: the binary carries the site, compressed
    #[arg(long)]
    release: bool,
    /// Build the small wasm with a debug server
    #[arg(long, conflicts_with = "release")]
    small: bool,
    /// Leave the server as it is
    #[arg(long)]
    site_only: bool,
}

pub fn run(options: &Options) -> anyhow::Result<()> {
    let (effort, profile) = match options {
        Options { release: true, .. } => (Effort::Release, Profile::Release),
        Options { small: true, .. } => (Effort::Small, Profile::Dev),
        _ => (Effort::Quick, Profile::Dev),
    };
    let mut steps = Steps::new(if options.site_only { 1 } else { 2 });
    tools::wasm_target()?;
    steps.run("Building the site", || site::build(effort))?;
    if !options.site_only {
        steps.run("Building the server", || server::build(profile))?;
        println!("{}", server::binary(profile).display());
    }
    Ok(())
}
