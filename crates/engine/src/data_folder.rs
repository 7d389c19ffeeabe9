//! The data folder: only its owner may read it, and only one process at a time serves from it. The latter also holds
//! for an SQLite file, wherever it is.

use crate::{Error, Result};
use std::{
    fs::{self, File, TryLockError},
    io::{self, Write as _},
    path::{Path, PathBuf},
    process,
};

const LOCK: &str = "switchboard.lock";

/// Creates the folder, readable by its owner only, because it holds what customers wrote. An existing folder stays as
/// it is.
pub(crate) fn create(path: &Path) -> Result<()> {
    let mut folder = fs::DirBuilder::new();
    folder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
    folder.create(path).map_err(|error| {
        Error::Setup(format!(
            "the data directory {} cannot be created: {error}",
            path.display()
        ))
    })
}

/// Says in the log if others may look into the folder.
pub(crate) fn warn_if_open(path: &Path) {
    #[cfg(unix)]
    if let Ok(about) = path.metadata()
        && std::os::unix::fs::PermissionsExt::mode(&about.permissions()) & 0o077 != 0
    {
        tracing::warn!(
            folder = %path.display(),
            "other users of this machine may look into the data folder: chmod 700 keeps them out"
        );
    }
}

/// A lock that this process holds. It ends with the process, however that ends.
#[derive(Debug)]
pub(crate) struct Held(#[expect(dead_code, reason = "the lock lasts as long as the open file")] File);

/// Locks the folder.
///
/// # Errors
/// [`Error::Setup`] when another process has it.
pub(crate) fn hold(path: &Path) -> Result<Held> {
    let what = format!("the data folder {}", path.display());
    let instead = "stop that one, or choose another folder (data.dir)";
    lock(&path.join(LOCK), &what, instead)
}

/// Locks an SQLite file: processes with different data folders may use the same file. Two that served from one file
/// would lose nothing, but neither would hear of the other's changes.
///
/// # Errors
/// [`Error::Setup`] when another process has it.
pub(crate) fn hold_database(file: &Path) -> Result<Held> {
    let what = format!("the database {}", file.display());
    let instead = "stop that one, or choose another file (database.url)";
    lock(&beside(file), &what, instead)
}

/// Locks the file of the master key against another process that changes it.
///
/// # Errors
/// [`Error::Setup`] when another process has it.
pub(crate) fn hold_key(file: &Path) -> Result<Held> {
    let what = format!("the master key {}", file.display());
    lock(&beside(file), &what, "wait until that one has ended")
}

/// The lock of a file.
fn beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".lock");
    name.into()
}

fn lock(name: &Path, what: &str, instead: &str) -> Result<Held> {
    let cannot = |error: io::Error| Error::Setup(format!("{} cannot be locked: {error}", name.display()));
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(name).map_err(cannot)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let process = fs::read_to_string(name).unwrap_or_default();
            return Err(Error::Setup(format!(
                "{what} is in use by another process of Switchboard (process {}): {instead}",
                process.trim(),
            )));
        }
        Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
            tracing::warn!(
                file = %name.display(),
                "this file system does not support locks: make sure that only one process has {what}"
            );
        }
        Err(TryLockError::Error(error)) => return Err(cannot(error)),
    }
    // The process id is only for the message above: a full disk must not prevent the start.
    let _ = file.set_len(0).and_then(|()| writeln!(file, "{}", process::id()));
    Ok(Held(file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_has_it_until_it_lets_go() {
        let folder = tempfile::tempdir().unwrap();
        let held = hold(folder.path()).unwrap();
        let refused = hold(folder.path()).unwrap_err().to_string();
        assert!(refused.contains(&process::id().to_string()), "{refused}");
        assert!(refused.contains("data.dir"), "{refused}");
        drop(held);
        hold(folder.path()).unwrap();
    }
}
