//! `switchboard audit`: whether the audit log is as it was written.

use anyhow::Context as _;
use clap::Subcommand;
use engine::{
    Engine,
    audit::chain::{self, Broken},
};

#[derive(Debug, Subcommand)]
pub(super) enum AuditCommand {
    /// Read the whole audit log and its chain; exits with 1 when a row was changed, removed or added past it
    Verify {
        /// Number and hash of a row, from the log or an earlier look: the row must still be the same
        #[arg(long, value_name = "NUMBER:HASH")]
        noted: Option<String>,
    },
}

pub(super) async fn run(engine: &Engine, command: AuditCommand) -> anyhow::Result<()> {
    let AuditCommand::Verify { noted } = command;
    let noted = noted.as_deref().map(parse).transpose()?;
    let verified = chain::verify(engine, noted).await?;
    if verified.before > 0 {
        println!(
            "{} rows are older than the chain and cannot be verified",
            verified.before
        );
    }
    if let Some(broken) = verified.broken {
        let what = match broken {
            Broken::Missing(number) => format!("there is no row {number}"),
            Broken::Changed(number) => format!("row {number} is not as it was written"),
            Broken::Foreign(number) => format!("row {number} was added past the chain"),
            Broken::NotAsNoted(number) => format!("row {number} does not have the noted hash"),
        };
        anyhow::bail!(
            "the audit log was tampered with: {what}; {} rows before it are as they were written",
            verified.rows
        );
    }
    if noted.is_some_and(|(number, _)| number < verified.from) {
        anyhow::bail!(
            "the noted row is not kept any more: the chain begins after row {}",
            verified.from
        );
    }
    println!(
        "{} rows are as they were written. The newest, to note elsewhere: {}:{}",
        verified.rows, verified.number, verified.hash
    );
    Ok(())
}

fn parse(noted: &str) -> anyhow::Result<(i64, &str)> {
    let (number, hash) = noted.split_once(':').context("NUMBER:HASH is expected")?;
    Ok((number.parse().context("NUMBER:HASH is expected")?, hash))
}
