//! `switchboard extensions`: extensions of the PBX.

use super::{readable::fields_of, text_file};
use anyhow::Context as _;
use clap::Subcommand;
use domain::{
    access::Actor,
    directory::{ImportForm, imported_place},
};
use engine::{Engine, directory::import::import};
use std::path::{Path, PathBuf};

#[derive(Debug, Subcommand)]
pub(super) enum ExtensionsCommand {
    /// Create the extensions of a CSV: those of all its lines, or none
    Import {
        /// Columns number, name, login, password, role, capacity; UTF-8, with commas or semicolons
        file: PathBuf,
        /// Print what would be created, and create nothing
        #[arg(long)]
        dry_run: bool,
    },
}

pub(super) async fn run(engine: &Engine, command: ExtensionsCommand) -> anyhow::Result<()> {
    let ExtensionsCommand::Import { file, dry_run } = command;
    let csv = text_file::read(&file);
    let csv = csv.with_context(|| format!("{}: it is read as UTF-8", file.display()))?;
    let created = import(engine, &Actor::System, &ImportForm { csv }, dry_run).await;
    for extension in created.map_err(|error| wrong(&file, error.into()))? {
        println!("+ extension {} {}", extension.number, extension.name);
    }
    Ok(())
}

/// A line for each field.
fn wrong(file: &Path, error: anyhow::Error) -> anyhow::Error {
    let file = file.display();
    let fields = fields_of(&error)
        .iter()
        .map(|wrong| match imported_place(&wrong.field) {
            Some((line, column)) => format!("{file}:{line}: {column}: {:?}", wrong.problem),
            None => format!("{file}: {:?}", wrong.problem),
        });
    let said = fields.collect::<Vec<_>>().join("\n");
    match said.is_empty() {
        true => error,
        false => anyhow::anyhow!("{said}\nNothing was created: correct the file and import it again"),
    }
}
