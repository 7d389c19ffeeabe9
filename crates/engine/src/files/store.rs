//! Where the bytes of files are: a folder, or a bucket of an S3-compatible service. What grows is on the disk until it
//! is whole.

use super::bucket;
use crate::{Error, Result, config::Bucket, data_folder};
use bytes::Bytes as Chunk;
use futures::{Stream, StreamExt as _, stream::BoxStream};
use object_store::{
    GetOptions, GetRange, MultipartUpload, ObjectStore, ObjectStoreExt as _, PutPayload,
    local::LocalFileSystem, path::Path,
};
use sha2::{Digest as _, Sha256};
use std::{io, ops::Range, path, path::PathBuf, sync::Arc};
use tokio::{
    fs,
    io::AsyncReadExt as _,
    sync::{Semaphore, SemaphorePermit},
};
use uuid::Uuid;

/// What is read of a file at once, in bytes.
const CHUNK: usize = 256 * 1024;
/// Chunks that are written at once: a megabyte to the disk. S3 takes no part under five, except for the last.
const CHUNKS_TO_DISK: u32 = 4;
const CHUNKS_TO_BUCKET: u32 = 20;
/// Chunks that are in memory at once, of however many files: 20 megabytes.
const CHUNKS: usize = 80;

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
    /// Says what an error of `objects` means.
    explained: fn(object_store::Error) -> io::Error,
    /// Chunks of a part.
    part: u32,
    memory: Arc<Semaphore>,
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
    /// Opens the bucket, or the folder if there is none. A bucket's service is not called yet.
    ///
    /// # Errors
    /// [`Error::Setup`] if the folders cannot be created, or the bucket's settings are wrong.
    pub(crate) fn open(data_dir: &path::Path, most: u64, bucket: Option<&Bucket>) -> Result<Self> {
        let growing = data_dir.join(GROWING);
        data_folder::create(&growing)?;
        let (objects, explained, part) = match bucket {
            Some(bucket) => (
                bucket::open(bucket)?,
                bucket::explained as fn(_) -> _,
                CHUNKS_TO_BUCKET,
            ),
            None => (
                folder_of_files(&data_dir.join(FILES))?,
                io::Error::from as fn(_) -> _,
                CHUNKS_TO_DISK,
            ),
        };
        Ok(Self {
            objects,
            explained,
            part,
            memory: Arc::new(Semaphore::new(CHUNKS)),
            growing,
            most,
        })
    }

    /// Stores a complete file under an id, with the small version of a picture. It is there whole, or not at all.
    pub(crate) async fn put(
        &self,
        id: Uuid,
        complete: &path::Path,
        small_version: Option<Vec<u8>>,
    ) -> io::Result<Written> {
        if let Some(jpeg) = small_version {
            let put = self.objects.put(&small(id), jpeg.into()).await;
            put.map_err(self.explained)?;
        }
        let mut content = fs::File::open(complete).await?;
        content.set_max_buf_size(CHUNK);
        let is_one_part = content.metadata().await?.len() <= u64::from(self.part) * CHUNK as u64;
        let mut reading = Reading {
            content,
            size: 0,
            sha256: Sha256::new(),
        };
        if is_one_part {
            let _memory = self.room_for_a_part().await?;
            let whole = reading.part(self.part).await?;
            let put = self.objects.put(&place(id), whole).await;
            put.map_err(self.explained)?;
        } else {
            let upload = self.objects.put_multipart(&place(id)).await;
            let mut upload = upload.map_err(self.explained)?;
            if let Err(error) = self.put_parts(upload.as_mut(), &mut reading).await {
                let _ = upload.abort().await;
                return Err(error);
            }
        }
        Ok(Written {
            size: reading.size,
            sha256: reading.sha256.finalize().into(),
        })
    }

    /// Stores a file under another id, too: in a folder as a second name of the same bytes, in a bucket as a copy that
    /// its service makes.
    pub(crate) async fn copy(&self, from: Uuid, to: Uuid) -> io::Result<()> {
        match self.objects.copy(&small(from), &small(to)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
            Err(error) => return Err((self.explained)(error)),
        }
        let copied = self.objects.copy(&place(from), &place(to)).await;
        copied.map_err(self.explained)
    }

    /// One part after the other, so that no file takes more than one part's memory.
    async fn put_parts(&self, upload: &mut dyn MultipartUpload, reading: &mut Reading) -> io::Result<()> {
        loop {
            let _memory = self.room_for_a_part().await?;
            let part = reading.part(self.part).await?;
            if part.content_length() == 0 {
                break;
            }
            upload.put_part(part).await.map_err(self.explained)?;
        }
        upload.complete().await.map_err(self.explained)?;
        Ok(())
    }

    async fn room_for_a_part(&self) -> io::Result<SemaphorePermit<'_>> {
        self.memory
            .acquire_many(self.part)
            .await
            .map_err(io::Error::other)
    }

    /// The small version of a picture; `None`: it has none.
    pub(crate) async fn read_small(&self, id: Uuid) -> io::Result<Option<Chunk>> {
        match self.objects.get(&small(id)).await {
            Ok(found) => Ok(Some(found.bytes().await.map_err(self.explained)?)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err((self.explained)(error)),
        }
    }

    /// The content, or a range of it.
    pub(crate) async fn read(&self, id: Uuid, range: Option<Range<u64>>) -> io::Result<Bytes> {
        let options = GetOptions {
            range: range.map(GetRange::Bounded),
            ..GetOptions::default()
        };
        let explained = self.explained;
        let found = self
            .objects
            .get_opts(&place(id), options)
            .await
            .map_err(explained)?;
        Ok(found
            .into_stream()
            .map(move |part| part.map_err(explained))
            .boxed())
    }

    /// Deletes the bytes; it is no error if there are none.
    pub(crate) async fn delete(&self, id: Uuid) -> io::Result<()> {
        for place in [place(id), small(id)] {
            match self.objects.delete(&place).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err((self.explained)(error)),
            }
        }
        Ok(())
    }

    /// The ids of all files that were written before a time, in milliseconds. Whatever else is there is left alone.
    pub(crate) fn older_than(&self, before: i64) -> impl Stream<Item = io::Result<Uuid>> + use<> {
        let (all, explained) = (self.objects.list(None), self.explained);
        all.filter_map(move |found| async move {
            match found {
                Ok(found) if found.last_modified.timestamp_millis() >= before => None,
                Ok(found) => {
                    let id = id_of(found.location.filename()?)?;
                    let ours = [place(id), small(id)].contains(&found.location);
                    ours.then_some(Ok(id))
                }
                Err(error) => Some(Err(explained(error))),
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

fn folder_of_files(files: &path::Path) -> Result<Arc<dyn ObjectStore>> {
    data_folder::create(files)?;
    let objects = LocalFileSystem::new_with_prefix(files)
        .map_err(|error| Error::Setup(format!("the folder {}: {error}", files.display())))?;
    Ok(Arc::new(objects.with_fsync(true)))
}

/// A file that is read part by part.
struct Reading {
    content: fs::File,
    size: u64,
    sha256: Sha256,
}

impl Reading {
    /// The next part, of so many chunks; less or nothing at the end.
    async fn part(&mut self, chunks: u32) -> io::Result<PutPayload> {
        let mut part = Vec::new();
        for _ in 0..chunks {
            // A little room lets the end be found without another allocation.
            let mut chunk = Vec::with_capacity(CHUNK + 64);
            let content = &mut self.content;
            content.take(CHUNK as u64).read_to_end(&mut chunk).await?;
            if chunk.is_empty() {
                break;
            }
            self.size += chunk.len() as u64;
            self.sha256.update(&chunk);
            part.push(Chunk::from(chunk));
        }
        Ok(part.into_iter().collect())
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
