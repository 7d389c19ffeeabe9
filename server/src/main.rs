//! The binary `switchboard`.

use clap::Parser as _;
use server::cli::Cli;
use std::process::ExitCode;
use tokio::runtime::Builder;

fn main() -> ExitCode {
    let cli = Cli::parse();
    // What is created is for its owner only, also in a data folder that others may read.
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
    server::open_files::raise();
    let runtime = match Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("switchboard: the system gives no threads: {error}");
            return ExitCode::FAILURE;
        }
    };
    let outcome = runtime.block_on(cli.run());
    // Does not wait for blocked threads: the process must stop in time.
    runtime.shutdown_background();
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("switchboard: {}", said(&error));
            ExitCode::FAILURE
        }
    }
}

/// An error with its causes, each sentence once: many errors include the text of their cause.
fn said(error: &anyhow::Error) -> String {
    let mut said = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !said.contains(&cause) {
            said.push_str(": ");
            said.push_str(&cause);
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_said_once() {
        let cause = anyhow::anyhow!("pool timed out");
        let error = cause
            .context("Connection Error: pool timed out")
            .context("database: Connection Error: pool timed out")
            .context("cannot start");
        assert_eq!(
            said(&error),
            "cannot start: database: Connection Error: pool timed out"
        );
    }
}
