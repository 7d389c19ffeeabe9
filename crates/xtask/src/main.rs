//! `cargo xtask`: every task of this project, from a first look to the full check. It replaces Makefiles, shell scripts
//! and globally installed tools: rustup and crates.io are enough to start. A command installs its further requirements
//! itself or names them in one line.

mod advisories;
mod bench;
mod build;
mod compress;
mod crash;
mod cut;
mod demo;
mod dev;
mod journeys;
mod postgres;
mod process;
mod sbom;
mod server;
mod site;
mod steps;
mod styles;
mod test;
mod tools;
mod types;
mod wasm;
mod weight;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    about = "Builds, shows and checks Switchboard"
)]
struct Arguments {
    #[command(subcommand)]
    command: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Build the site (wasm, styles, public files), then the server
    Build(build::Options),
    /// Build what is missing and run a throw-away installation with a simulated Meta; Ctrl+C ends it
    Demo(demo::Options),
    /// Run the demo from a quick build, and rebuild and restart it on every change
    Dev(dev::Options),
    /// Run everything that CI runs
    Test(test::Options),
    /// Look up the dependencies in RustSec's database of known faults
    Advisories,
    /// Kill the server again and again under load, and count what is lost (nothing)
    Crash(crash::Options),
    /// Measure the figures of docs/BENCHMARKS.md again
    Bench(bench::Options),
    /// Run the browser journeys and take the pictures in the README again
    Pictures,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> anyhow::Result<()> {
    process::forward_interrupts()?;
    match &arguments.command {
        Task::Build(options) => build::run(options),
        Task::Demo(options) => demo::run(options),
        Task::Dev(options) => dev::run(options),
        Task::Test(options) => test::run(options),
        Task::Advisories => advisories::run(),
        Task::Crash(options) => crash::run(options),
        Task::Bench(options) => bench::run(options),
        Task::Pictures => journeys::take_pictures(),
    }
}
