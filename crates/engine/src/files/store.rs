//! Where the bytes of files are: a folder, or any other store that `object_store` knows.

use crate::{Error, Result, data_folder};
use bytes::Bytes as Chunk;
use futures::{Stream, StreamExt as _, stream::BoxStream};
use object_store::{
    GetOptions, GetRange, ObjectStore, ObjectStoreExt as _, WriteMultipart, local::LocalFileSystem, path::Path,
};
use sha2::{Digest as _, Sha256};
use std::{io, ops::Range, path, path::PathBuf, sync::Arc};
use uuid::Uuid;

/// A part of a file that is written at once. Ten transfers hold twenty parts.
const PART: usize = 1024 * 1024;

/// The folder of the files, and that of the uploads that are not complete.
const FILES: &str = "files";
const UPLOADS: &str = "uploads";

/// The content of a file, part by part.
pub type Bytes = BoxStream<'static, io::Result<Chunk>>;

#[derive(Debug, Clone)]
pub(crate) struct Store {
    objects: Arc<dyn ObjectStore>,
    uploads: PathBuf,
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
        let (files, uploads) = (data_dir.join(FILES), data_dir.join(UPLOADS));
        data_folder::create(&files)?;
        data_folder::create(&uploads)?;
        let objects = LocalFileSystem::new_with_prefix(&files)
            .map_err(|error| Error::Setup(format!("the folder {}: {error}", files.display())))?;
        Ok(Self {
            objects: Arc::new(objects),
            uploads,
            most,
        })
    }

    /// Begins a file. It exists once [`Writer::finish`] has succeeded.
    pub(crate) async fn write(&self, id: Uuid) -> io::Result<Writer> {
        let upload = self.objects.put_multipart(&place(id)).await?;
        Ok(Writer {
            upload: WriteMultipart::new_with_chunk_size(upload, PART),
            size: 0,
            sha256: Sha256::new(),
        })
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
        match self.objects.delete(&place(id)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// The ids of all files that were written before a time, in milliseconds.
    pub(crate) fn older_than(&self, before: i64) -> impl Stream<Item = io::Result<Uuid>> + use<> {
        let all = self.objects.list(None);
        all.filter_map(move |found| async move {
            match found {
                Ok(found) if found.last_modified.timestamp_millis() >= before => None,
                Ok(found) => found.location.filename()?.parse().ok().map(Ok),
                Err(error) => Some(Err(error.into())),
            }
        })
    }

    /// Where an upload grows until it is complete.
    pub(crate) fn upload(&self, id: Uuid) -> PathBuf {
        self.uploads.join(id.to_string())
    }

    pub(crate) fn uploads(&self) -> &path::Path {
        &self.uploads
    }
}

/// A file that is being written.
#[derive(Debug)]
pub(crate) struct Writer {
    upload: WriteMultipart,
    size: u64,
    sha256: Sha256,
}

impl Writer {
    pub(crate) async fn put(&mut self, part: Chunk) -> io::Result<()> {
        self.upload.wait_for_capacity(1).await?;
        self.size += part.len() as u64;
        self.sha256.update(&part);
        self.upload.put(part);
        Ok(())
    }

    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// What has been put so far.
    pub(crate) fn written(&self) -> Written {
        Written {
            size: self.size,
            sha256: self.sha256.clone().finalize().into(),
        }
    }

    pub(crate) async fn finish(self) -> io::Result<Written> {
        let written = self.written();
        self.upload.finish().await?;
        Ok(written)
    }

    pub(crate) async fn abort(self) -> io::Result<()> {
        Ok(self.upload.abort().await?)
    }
}

/// The last characters of an id are random, so that no folder has too many files.
fn place(id: Uuid) -> Path {
    let name = id.to_string();
    let folder = name.get(name.len() - 2..).unwrap_or_default().to_owned();
    Path::from_iter([folder, name])
}
