//! `cargo xtask demo`: from a fresh clone to a running console with one command. It builds a small wasm and a lightly
//! optimised server, which takes minutes less than a release.

use anyhow::bail;
use clap::Args;

use crate::process::{self, Running};
use crate::server::{self, Profile};
use crate::steps::Steps;
use crate::wasm::Effort;
use crate::{site, tools};

#[derive(Debug, Args)]
pub struct Options {
    /// Passed on to `switchboard demo`
    #[arg(last = true)]
    arguments: Vec<String>,
}

pub fn run(options: &Options) -> anyhow::Result<()> {
    let mut steps = Steps::new(4);
    steps.run("Looking for what is needed", tools::wasm_target)?;
    steps.run("Building the browser part", || site::build(Effort::Small))?;
    steps.run("Building the server", || server::build(Profile::Demo))?;
    steps.run("Running; Ctrl+C ends it and removes its data", || {
        let status = Running::start(&mut server::demo(Profile::Demo, &options.arguments))?.wait()?;
        if !status.success() && !process::interrupted() {
            bail!("`switchboard demo` ended with {status}");
        }
        Ok(())
    })
}
