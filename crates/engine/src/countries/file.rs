//! The file of the country database: in the data folder, where an upload replaces it, or where a setting names it, and
//! where another program may replace it.

use super::lookup::{self, CountryDatabase};
use crate::{Error, Result};
use bytes::Bytes;
use domain::countries::Unfit;
use std::{
    fs,
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};
use tokio::{sync::Semaphore, time::timeout};

const READ_WITHIN: Duration = Duration::from_secs(5);
/// Maximum number of bytes that are read: even databases with cities have fewer.
const MAX: u64 = 256 * 1024 * 1024;
const NAME: &str = "countries.mmdb";
/// The file's name until it is complete.
const UNFINISHED: &str = "countries.mmdb.new";

#[derive(Debug)]
pub(super) struct DatabaseFile {
    path: PathBuf,
    named: bool,
    /// The file that was read last.
    seen: Mutex<Option<Mark>>,
    looking: Arc<Semaphore>,
}

/// Tells a file from the one before; `None`: there is no file.
type Mark = Option<(SystemTime, u64)>;

impl DatabaseFile {
    pub(super) fn new(data_dir: &Path, named: Option<PathBuf>) -> Self {
        Self {
            named: named.is_some(),
            path: named.unwrap_or_else(|| data_dir.join(NAME)),
            seen: Mutex::default(),
            looking: Arc::new(Semaphore::new(1)),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether a setting names the file.
    pub(super) fn is_named(&self) -> bool {
        self.named
    }

    /// Reads the file, unless it has been read already. The file may be on a server that does not answer: the wait is
    /// short, and while one read lasts no other begins.
    pub(super) async fn read_if_changed(&self) -> Option<std::result::Result<CountryDatabase, Unfit>> {
        let turn = self.looking.clone().try_acquire_owned().ok()?;
        let (path, seen) = (self.path.clone(), *self.seen());
        let look = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            let mark = mark(&path);
            let bytes = (seen != Some(mark)).then(|| read(&path));
            (mark, bytes)
        });
        let looked = timeout(READ_WITHIN, look).await;
        let looked = looked
            .map_err(io::Error::from)
            .and_then(|looked| looked.map_err(io::Error::other));
        let bytes = match looked {
            Ok((mark, bytes)) => {
                self.seen().replace(mark);
                mark?;
                bytes?
            }
            Err(error) => Err(error),
        };
        Some(match bytes {
            Ok(bytes) => lookup::examine(bytes.into()).await,
            Err(error) => {
                tracing::warn!(%error, "the country database cannot be read");
                Err(Unfit::Unreadable)
            }
        })
    }

    /// Replaces the file with these bytes, completely or not at all.
    pub(super) async fn replace(&self, bytes: Bytes) -> Result<()> {
        let path = self.path.clone();
        let written = tokio::task::spawn_blocking(move || {
            replace(&path, &bytes)?;
            Ok::<_, io::Error>(mark(&path))
        });
        let written = written.await.map_err(io::Error::other).flatten();
        let mark = written.map_err(|error| {
            tracing::error!(%error, "the country database cannot be written");
            Error::Unavailable("the data directory")
        })?;
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

/// Reads regular files only: a pipe or a device may never end.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    let too_large = || io::Error::other(format!("it has more than {MAX} bytes"));
    let metadata = fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    if metadata.len() > MAX {
        return Err(too_large());
    }
    // The file may be growing.
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(MAX + 1).read_to_end(&mut bytes)?;
    match u64::try_from(bytes.len()) {
        Ok(..=MAX) => Ok(bytes),
        _ => Err(too_large()),
    }
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
    // The directory, too, has to reach the disk, because it holds the new name.
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

    #[tokio::test]
    async fn what_has_no_end_is_not_read_to_it() {
        let folder = tempfile::TempDir::new().unwrap();
        let large = folder.path().join("large.mmdb");
        fs::File::create(&large).unwrap().set_len(MAX + 1).unwrap();
        let pipe = folder.path().join("pipe.mmdb");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
        // A writer that has the pipe open and writes nothing.
        let _writer = fs::File::options().read(true).write(true).open(&pipe).unwrap();
        for path in [Path::new("/dev/zero"), folder.path(), &large, &pipe] {
            let file = DatabaseFile::new(folder.path(), Some(path.to_owned()));
            let read = timeout(READ_WITHIN, file.read_if_changed()).await.unwrap();
            assert_eq!(read.unwrap().err(), Some(Unfit::Unreadable), "{}", path.display());
        }
    }

    /// As on a server that does not answer: threads that wait for it must not pile up.
    #[tokio::test]
    async fn while_one_look_lasts_there_is_no_other() {
        let folder = tempfile::TempDir::new().unwrap();
        let file = DatabaseFile::new(folder.path(), None);
        fs::write(file.path(), "one").unwrap();
        let lasting = file.looking.clone().try_acquire_owned().unwrap();
        assert!(file.read_if_changed().await.is_none());
        drop(lasting);
        assert!(file.read_if_changed().await.is_some());
    }
}
