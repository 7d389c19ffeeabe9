//! Where the country database lies: in the data folder, where an upload replaces it, or where a setting says, where
//! some other program may.

use super::lookup::{self, CountryDatabase};
use crate::{Error, Result};
use bytes::Bytes;
use domain::countries::Unfit;
use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::{Duration, SystemTime},
};
use tokio::time::timeout;

const READ_WITHIN: Duration = Duration::from_secs(5);
const NAME: &str = "countries.mmdb";
/// Until it is whole.
const UNFINISHED: &str = "countries.mmdb.new";

#[derive(Debug)]
pub(super) struct DatabaseFile {
    path: PathBuf,
    named: bool,
    /// The one that was read last.
    seen: Mutex<Option<Mark>>,
}

/// By what a file is told from the one before; none: there is no file.
type Mark = Option<(SystemTime, u64)>;

impl DatabaseFile {
    pub(super) fn new(data_dir: &Path, named: Option<PathBuf>) -> Self {
        Self {
            named: named.is_some(),
            path: named.unwrap_or_else(|| data_dir.join(NAME)),
            seen: Mutex::default(),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// A setting names it.
    pub(super) fn is_named(&self) -> bool {
        self.named
    }

    /// What lies there now, unless that has been read already.
    pub(super) async fn read_if_changed(&self) -> Option<std::result::Result<CountryDatabase, Unfit>> {
        let mark = mark(&self.path);
        if self.seen().replace(mark) == Some(mark) {
            return None;
        }
        mark?;
        let path = self.path.clone();
        // What lies there may be a pipe, or on a server that does not answer.
        let bytes = timeout(READ_WITHIN, tokio::task::spawn_blocking(move || fs::read(path))).await;
        let bytes = bytes
            .map_err(io::Error::from)
            .and_then(|read| read.map_err(io::Error::other));
        Some(match bytes.flatten() {
            Ok(bytes) => lookup::examine(bytes.into()).await,
            Err(error) => {
                tracing::warn!(%error, "the country database cannot be read");
                Err(Unfit::Unreadable)
            }
        })
    }

    /// Puts these bytes there: whole, or not at all.
    pub(super) async fn replace(&self, bytes: Bytes) -> Result<()> {
        let path = self.path.clone();
        let written = tokio::task::spawn_blocking(move || replace(&path, &bytes)).await;
        written.map_err(io::Error::other).flatten().map_err(|error| {
            tracing::error!(%error, "the country database cannot be written");
            Error::Unavailable("the data directory")
        })?;
        let mark = mark(&self.path);
        self.seen().replace(mark);
        Ok(())
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Option<Mark>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn mark(path: &Path) -> Mark {
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let unfinished = path.with_file_name(UNFINISHED);
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&unfinished, path)?;
    // The new name, too, has to reach the disk.
    fs::File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_is_read_when_it_is_another_one() {
        let folder = tempfile::TempDir::new().unwrap();
        let file = DatabaseFile::new(folder.path(), None);
        assert!(file.read_if_changed().await.is_none(), "there is none");
        fs::write(file.path(), "one").unwrap();
        assert_eq!(
            file.read_if_changed().await.unwrap().err(),
            Some(Unfit::Unreadable)
        );
        assert!(file.read_if_changed().await.is_none(), "it is the same");
        fs::write(file.path(), "another").unwrap();
        assert!(file.read_if_changed().await.is_some());
        fs::remove_file(file.path()).unwrap();
        assert!(
            file.read_if_changed().await.is_none(),
            "what was read stays in use"
        );
        fs::write(file.path(), "again").unwrap();
        assert!(file.read_if_changed().await.is_some());
    }
}
