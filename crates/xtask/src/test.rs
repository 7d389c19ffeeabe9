//! `cargo xtask test`: everything that CI runs, in the order that reveals mistakes soonest.

use clap::{Args, ValueEnum};

use crate::postgres::{Cluster, Durability};
use crate::steps::Steps;
use crate::workspace::{self, NATIVE, XTASK};
use crate::{journeys, process, tools, types};

#[derive(Debug, Args)]
pub struct Options {
    /// Run only this step; may be given several times
    #[arg(long, value_name = "STEP")]
    only: Vec<Step>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Step {
    /// rustfmt
    Format,
    /// Licences, sources and banned crates
    Licences,
    /// The TypeScript types of the REST API
    Types,
    /// clippy over everything native; part of the build when all steps run
    Clippy,
    /// clippy over the browser part; part of the build when all steps run
    ClippyWasm,
    /// Unit and story tests, on SQLite and on a throw-away PostgreSQL
    Tests,
    /// The site and the server for the journeys
    Build,
    /// Browser journeys
    Journeys,
}

impl Step {
    const fn title(self) -> &'static str {
        match self {
            Self::Format => "Format",
            Self::Licences => "Licences and sources",
            Self::Types => "TypeScript types",
            Self::Clippy => "Clippy, native",
            Self::ClippyWasm => "Clippy, browser part",
            Self::Tests => "Tests",
            Self::Build => "Site and server",
            Self::Journeys => "Browser journeys",
        }
    }

    /// Installs missing requirements of the step.
    fn need(self) -> anyhow::Result<()> {
        match self {
            Self::Format | Self::Clippy => tools::components(),
            Self::Licences => tools::cargo_deny().map(drop),
            Self::Types => tools::journeys(),
            Self::ClippyWasm => tools::components().and_then(|()| tools::wasm_target()),
            Self::Tests => tools::postgres()
                .and_then(|_| tools::proxies())
                .and_then(|()| tools::examples())
                .and_then(|()| tools::python().map(drop)),
            Self::Build => tools::wasm_target(),
            Self::Journeys => journeys::need(),
        }
    }

    fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Format => process::run(&mut workspace::cargo(["fmt", "--all", "--check"])),
            Self::Licences => licences(),
            Self::Types => types::check(),
            Self::Clippy => clippy(),
            Self::ClippyWasm => clippy_wasm(),
            Self::Tests => tests(),
            Self::Build => journeys::build(),
            Self::Journeys => journeys::walk(false),
        }
    }
}

pub fn run(options: &Options) -> anyhow::Result<()> {
    let all = options.only.is_empty();
    let chosen = |step: &Step| match all {
        true => !matches!(step, Step::Clippy | Step::ClippyWasm),
        false => options.only.contains(step),
    };
    let selected: Vec<Step> = Step::value_variants().iter().copied().filter(chosen).collect();
    let mut steps = Steps::new(selected.len() + 1);
    let result = run_all(&selected, &mut steps, all);
    println!("\n{}", steps.summary());
    result
}

fn run_all(selected: &[Step], steps: &mut Steps, lint: bool) -> anyhow::Result<()> {
    steps.run("Tools", || selected.iter().try_for_each(|step| step.need()))?;
    if lint {
        workspace::lint_while_building();
    }
    selected
        .iter()
        .try_for_each(|step| steps.run(step.title(), || step.run()))
}

/// Excludes advisories, which `cargo xtask advisories` looks up: they change from day to day, and the result of a build
/// must not.
fn licences() -> anyhow::Result<()> {
    let mut deny = workspace::command(tools::cargo_deny()?);
    process::run(deny.args(["--log-level", "error", "check", "bans", "licenses", "sources"]))
}

fn clippy() -> anyhow::Result<()> {
    [NATIVE, XTASK].iter().try_for_each(|packages| {
        let mut cargo = workspace::cargo(["clippy", "--all-targets"]);
        process::run(cargo.args(*packages).args(["--", "-D", "warnings"]))
    })
}

fn clippy_wasm() -> anyhow::Result<()> {
    let mut cargo = workspace::cargo([
        "clippy",
        "--package",
        "frontend",
        "--target",
        "wasm32-unknown-unknown",
    ]);
    cargo.arg("--target-dir").arg(workspace::target().join("wasm"));
    process::run(cargo.args(["--", "-D", "warnings"]))
}

/// Tests marked `#[ignore]` need PostgreSQL, a reverse proxy or another program; this step runs them too.
fn tests() -> anyhow::Result<()> {
    let cluster = Cluster::start(tools::postgres()?, Durability::None)?;
    let python = tools::python()?;
    let run = |arguments: &[&str], packages: &[&str], rest: &[&str]| {
        let mut cargo = workspace::cargo(arguments.iter().copied());
        cargo.env("SWITCHBOARD_TEST_POSTGRES_URL", cluster.url());
        cargo.env("SWITCHBOARD_TEST_PYTHON", &python);
        process::run(cargo.args(packages).args(rest))
    };
    for packages in [NATIVE, XTASK] {
        if tools::has_nextest() {
            run(
                &["nextest", "run", "--no-fail-fast", "--run-ignored", "all"],
                packages,
                &[],
            )?;
        } else {
            run(&["test", "--tests"], packages, &["--", "--include-ignored"])?;
        }
    }
    run(&["test", "--doc"], NATIVE, &[])
}
