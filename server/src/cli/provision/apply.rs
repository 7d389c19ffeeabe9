//! `switchboard apply`: makes what is stored as the file says, one thing after the other.

use super::{
    file::File,
    lines::Lines,
    prune::prune,
    run::{Ids, Run},
    stored::Stored,
    thing::{Thing, compare, find},
};
use clap::Args;
use engine::Engine;
use std::{
    collections::HashSet,
    io::Write,
    path::{Path, PathBuf},
};

/// Wrong things of a table that are told at once: each is looked for in the whole file.
const MOST_SAID: usize = 100;

#[derive(Debug, Clone, Default, Args)]
pub struct Options {
    /// TOML, or JSON if its name ends so
    pub file: PathBuf,
    /// Print what would change, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Also remove what the file does not name: extensions and queues are disabled, channels and webhooks deleted,
    /// tokens revoked
    #[arg(long)]
    pub prune: bool,
}

/// Applies the file and prints a line for each thing: `+` created, `~` changed, `-` removed, `=` the same.
///
/// # Errors
/// What is wrong in the file, before anything is changed; then the first refusal: what was printed before is done.
pub async fn apply(engine: &Engine, options: &Options, out: &mut impl Write) -> anyhow::Result<()> {
    let (file, lines) = File::read(&options.file)?;
    let stored = Stored::read(engine).await?;
    check(&file, &stored, &lines)?;
    let mut run = Run {
        engine,
        ids: Ids::new(&stored, &file, options.dry_run)?,
        stored,
        folder: options.file.parent().unwrap_or(Path::new("")),
        dry_run: options.dry_run,
        out,
    };
    for (n, wanted) in file.extensions.iter().enumerate() {
        let done = run.extension(wanted).await;
        done.map_err(|error| refused(&lines, n, wanted, &error))?;
    }
    for (n, wanted) in file.queues.iter().enumerate() {
        let done = run.queue(wanted).await;
        done.map_err(|error| refused(&lines, n, wanted, &error))?;
    }
    for (n, wanted) in file.channels.iter().enumerate() {
        let done = run.channel(wanted).await;
        done.map_err(|error| refused(&lines, n, wanted, &error))?;
    }
    for (n, wanted) in file.webhooks.iter().enumerate() {
        let done = run.webhook(wanted).await;
        done.map_err(|error| refused(&lines, n, wanted, &error))?;
    }
    for (n, wanted) in file.tokens.iter().enumerate() {
        let done = run.token(wanted).await;
        done.map_err(|error| refused(&lines, n, wanted, &error))?;
    }
    if options.prune {
        prune(engine, &run.stored, &file, options.dry_run, run.out).await?;
    }
    Ok(())
}

/// What can be known to be wrong is told before anything is changed.
fn check(file: &File, stored: &Stored, lines: &Lines) -> anyhow::Result<()> {
    let mut wrong = Vec::new();
    wrong.extend(all_wrong(&file.extensions, &stored.extensions, lines));
    wrong.extend(all_wrong(&file.queues, &stored.queues, lines));
    wrong.extend(all_wrong(&file.channels, &stored.channels, lines));
    wrong.extend(all_wrong(&file.webhooks, &stored.webhooks, lines));
    wrong.extend(all_wrong(&file.tokens, &stored.tokens, lines));
    let wrong = wrong.join("\n");
    anyhow::ensure!(
        wrong.is_empty(),
        "{wrong}\nNothing was changed: correct the file and apply it again"
    );
    Ok(())
}

fn all_wrong<I: Copy, T: Thing>(things: &[T], stored: &[(I, T)], lines: &Lines) -> Vec<String> {
    let mut seen = HashSet::new();
    let wrong = things.iter().enumerate().filter_map(|(n, thing)| {
        let is_again = !seen.insert(thing.key());
        let error = one_wrong(thing, stored, is_again).err()?;
        Some(lines.wrong(n, thing, &error))
    });
    wrong.take(MOST_SAID).collect()
}

fn one_wrong<I: Copy, T: Thing>(thing: &T, stored: &[(I, T)], is_again: bool) -> anyhow::Result<()> {
    anyhow::ensure!(!is_again, "it is in the file twice");
    let found = find(stored, thing)?;
    let (whole, _) = compare(thing, found.map(|(_, stored)| stored))?;
    anyhow::ensure!(
        whole.key() == thing.key(),
        "its {} is stored as {:?}: write it so",
        T::KEY,
        whole.key()
    );
    Ok(())
}

fn refused<T: Thing>(lines: &Lines, n: usize, thing: &T, error: &anyhow::Error) -> anyhow::Error {
    let why = lines.wrong(n, thing, error);
    anyhow::anyhow!(
        "{why}\nWhat is printed above stands: correct the file and apply it again, it goes on here"
    )
}
