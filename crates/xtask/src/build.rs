//! `cargo xtask build`: the site, then the server; for a release also the lists of what is in them.

use clap::Args;

use crate::server::{self, Profile};
use crate::steps::Steps;
use crate::wasm::Effort;
use crate::{sbom, site, tools};

#[derive(Debug, Args)]
pub struct Options {
    /// Build for production: the binary carries the site, compressed, and its SBOM is beside it
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
    let releases = options.release && !options.site_only;
    let mut steps = Steps::new(1 + usize::from(!options.site_only) + usize::from(releases));
    tools::wasm_target()?;
    let sbom = releases.then(sbom::Maker::new).transpose()?;
    steps.run("Building the site", || site::build(effort))?;
    if options.site_only {
        return Ok(());
    }
    steps.run("Building the server", || server::build(profile))?;
    let binary = server::binary(profile);
    if let Some(sbom) = sbom {
        steps.run("Listing its components", || sbom.write_beside(&binary))?;
    }
    println!("{}", binary.display());
    Ok(())
}
