//! Files on the disk: written piece by piece, counted and hashed on the way, and removed with their last owner.

use std::io;
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use tempfile::TempPath;
use tokio::fs::File;
use tokio::io::AsyncWriteExt as _;

use crate::kinds::LARGEST_FILE;

/// The part of a WebP file that tells whether it is animated.
const HEAD: usize = 21;
/// The bit of the extended header's flags:
/// <https://developers.google.com/speed/webp/docs/riff_container#extended_file_format>
const ANIMATED: u8 = 0x02;

/// A file that is being written.
#[derive(Debug)]
pub(crate) struct NewFile {
    file: File,
    path: TempPath,
    sha256: Sha256,
    size: u64,
    head: Vec<u8>,
}

/// A complete file.
#[derive(Debug, Clone)]
pub(crate) struct StoredFile {
    path: Arc<TempPath>,
    pub size: u64,
    pub sha256: [u8; 32],
    /// An animated WebP.
    pub animated: bool,
}

impl NewFile {
    pub(crate) fn create() -> io::Result<Self> {
        let (file, path) = tempfile::Builder::new()
            .prefix("simulator-")
            .tempfile()?
            .into_parts();
        Ok(Self {
            file: File::from_std(file),
            path,
            sha256: Sha256::new(),
            size: 0,
            head: Vec::with_capacity(HEAD),
        })
    }

    /// Adds bytes. Those beyond the largest file are counted only, because that file will be refused.
    pub(crate) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.size += bytes.len() as u64;
        if self.size > LARGEST_FILE {
            return Ok(());
        }
        let missing = HEAD.saturating_sub(self.head.len()).min(bytes.len());
        self.head.extend_from_slice(&bytes[..missing]);
        self.sha256.update(bytes);
        self.file.write_all(bytes).await
    }

    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    pub(crate) async fn finish(mut self) -> io::Result<StoredFile> {
        self.file.flush().await?;
        let is_extended =
            self.head.len() == HEAD && self.head.starts_with(b"RIFF") && self.head[8..16] == *b"WEBPVP8X";
        Ok(StoredFile {
            path: Arc::new(self.path),
            size: self.size,
            sha256: self.sha256.finalize().into(),
            animated: is_extended && self.head[20] & ANIMATED != 0,
        })
    }
}

impl StoredFile {
    pub(crate) async fn of(bytes: &[u8]) -> io::Result<Self> {
        let mut file = NewFile::create()?;
        file.write(bytes).await?;
        file.finish().await
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}
