//! The data folder: nobody else's to read, and one process' to serve from.

use crate::{Error, Result};
use std::{
    fs::{self, File, TryLockError},
    io::{self, Write as _},
    path::Path,
    process,
};

const LOCK: &str = "switchboard.lock";

/// Creates the folder for its owner alone: it holds what customers wrote. One that exists is left as it is.
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

/// Whoever has this has the folder. It ends with the process, however that ends.
#[derive(Debug)]
pub(crate) struct Held(#[expect(dead_code, reason = "the lock lasts as long as the open file")] File);

/// Takes the folder. Two processes that serve from one SQLite file would lose nothing, but neither would hear of the
/// other's changes.
///
/// # Errors
/// [`Error::Setup`] when another process has it.
pub(crate) fn hold(path: &Path) -> Result<Held> {
    let name = path.join(LOCK);
    let cannot = |error: io::Error| Error::Setup(format!("{} cannot be locked: {error}", name.display()));
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&name).map_err(cannot)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let process = fs::read_to_string(&name).unwrap_or_default();
            return Err(Error::Setup(format!(
                "the data folder {} is in use by another process of Switchboard (process {}): stop that one, or choose \
                 another folder (data.dir)",
                path.display(),
                process.trim(),
            )));
        }
        Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
            tracing::warn!(
                folder = %path.display(),
                "this file system knows no locks: see to it that only one process serves from this folder"
            );
        }
        Err(TryLockError::Error(error)) => return Err(cannot(error)),
    }
    // Only for the words above: a full disk is no reason not to start.
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
