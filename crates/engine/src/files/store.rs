//! Where the bytes of files are: a folder, or any other store that `object_store` knows.

use crate::{Error, Result, data_folder};
use bytes::Bytes as Chunk;
use futures::{Stream, StreamExt as _, stream::BoxStream};
use object_store::{
    GetOptions, GetRange, ObjectStore, ObjectStoreExt as _, WriteMultipart, local::LocalFileSystem,
    path::Path,
};
use sha2::{Digest as _, Sha256};
use std::{io, ops::Range, path, path::PathBuf, sync::Arc};
use tokio::fs;
use tokio_util::io::ReaderStream;
use uuid::Uuid;

/// A part of a file that is written at once. Ten transfers hold twenty parts.
const PART: usize = 1024 * 1024;

/// The folder of the files, and that of the files that are not complete.
const FILES: &str = "files";
const GROWING: &str = "files.growing";
/// The end of a small picture's name.
const SMALL: &str = ".small";

/// The content of a file, part by part.
pub type Bytes = BoxStream<'static, io::Result<Chunk>>;

#[derive(Debug, Clone)]
pub(crate) struct Store {
    objects: Arc<dyn ObjectStore>,
    growing: PathBuf,
    /// Maximum size of a file in bytes.
    pub(crate) most: u64,
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) size: u64,
    pub(crate) sha256: [u8; 32],
}

impl Store {
    /// # Errors
    /// [`Error::Setup`] if the folders cannot be created.
    pub(crate) fn open(data_dir: &path::Path, most: u64) -> Result<Self> {
        let (files, growing) = (data_dir.join(FILES), data_dir.join(GROWING));
        data_folder::create(&files)?;
        data_folder::create(&growing)?;
        let objects = LocalFileSystem::new_with_prefix(&files)
            .map(|files| files.with_fsync(true))
            .map_err(|error| Error::Setup(format!("the folder {}: {error}", files.display())))?;
        Ok(Self {
            objects: Arc::new(objects),
            growing,
            most,
        })
    }

    /// Stores a complete file under an id. It is there whole, or not at all.
    pub(crate) async fn put(&self, id: Uuid, complete: &path::Path) -> io::Result<Written> {
        let mut content = ReaderStream::with_capacity(fs::File::open(complete).await?, PART);
        let upload = self.objects.put_multipart(&place(id)).await?;
        let mut upload = WriteMultipart::new_with_chunk_size(upload, PART);
        let (mut size, mut sha256) = (0, Sha256::new());
        while let Some(part) = content.next().await {
            let written = async {
                let part = part?;
                size += part.len() as u64;
                sha256.update(&part);
                upload.wait_for_capacity(1).await?;
                upload.put(part);
                io::Result::Ok(())
            };
            if let Err(error) = written.await {
                let _ = upload.abort().await;
                return Err(error);
            }
        }
        upload.finish().await?;
        Ok(Written {
            size,
            sha256: sha256.finalize().into(),
        })
    }

    /// Stores the small version of a picture.
    pub(crate) async fn put_small(&self, id: Uuid, jpeg: Vec<u8>) -> io::Result<()> {
        self.objects.put(&small(id), jpeg.into()).await?;
        Ok(())
    }

    /// The small version of a picture; `None`: it has none.
    pub(crate) async fn read_small(&self, id: Uuid) -> io::Result<Option<Chunk>> {
        match self.objects.get(&small(id)).await {
            Ok(found) => Ok(Some(found.bytes().await?)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The content, or a range of it.
    pub(crate) async fn read(&self, id: Uuid, range: Option<Range<u64>>) -> io::Result<Bytes> {
        let options = GetOptions {
            range: range.map(GetRange::Bounded),
            ..GetOptions::default()
        };
        let found = self.objects.get_opts(&place(id), options).await?;
        Ok(found.into_stream().map(|part| Ok(part?)).boxed())
    }

    /// Deletes the bytes; it is no error if there are none.
    pub(crate) async fn delete(&self, id: Uuid) -> io::Result<()> {
        for place in [place(id), small(id)] {
            match self.objects.delete(&place).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// The ids of all files that were written before a time, in milliseconds.
    pub(crate) fn older_than(&self, before: i64) -> impl Stream<Item = io::Result<Uuid>> + use<> {
        let all = self.objects.list(None);
        all.filter_map(move |found| async move {
            match found {
                Ok(found) if found.last_modified.timestamp_millis() >= before => None,
                Ok(found) => Some(Ok(id_of(found.location.filename()?)?)),
                Err(error) => Some(Err(error.into())),
            }
        })
    }

    /// Where a file grows until it is complete.
    pub(crate) fn growing(&self, id: Uuid) -> PathBuf {
        self.growing.join(id.to_string())
    }

    pub(crate) fn growing_folder(&self) -> &path::Path {
        &self.growing
    }
}

/// The last characters of an id are random, so that no folder has too many files.
fn place(id: Uuid) -> Path {
    let name = id.to_string();
    Path::from_iter([folder(&name), &name])
}

fn small(id: Uuid) -> Path {
    let name = id.to_string();
    Path::from_iter([folder(&name), &format!("{name}{SMALL}")])
}

fn folder(name: &str) -> &str {
    name.get(name.len() - 2..).unwrap_or_default()
}

/// The file to which a name in the store belongs.
pub(crate) fn id_of(name: &str) -> Option<Uuid> {
    name.split('.').next()?.parse().ok()
}
