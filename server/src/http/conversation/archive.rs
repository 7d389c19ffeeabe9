//! A ZIP that is sent while it is written. What the reader has not taken yet is a few chunks, however large the ZIP is.
//! Sizes and checksums follow the bytes (data descriptors), because nobody knows them before.

use axum::body::Bytes;
use domain::time::Timestamp;
use futures::{Stream, stream};
use std::{
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
};
use time::OffsetDateTime;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use zip::{
    CompressionMethod, DateTime, ZipWriter,
    write::{SimpleFileOptions, StreamWriter},
};

/// Bytes that are sent at once.
const CHUNK: usize = 64 * 1024;
/// Chunks that wait for the reader.
const WAITING: usize = 4;

/// What one entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    /// Pictures, sound and video are compressed already.
    Bytes,
}

pub struct Archive {
    zip: ZipWriter<StreamWriter<Buffer>>,
    buffer: Buffer,
    out: Sender<io::Result<Bytes>>,
}

impl Archive {
    pub fn new(out: Sender<io::Result<Bytes>>) -> Self {
        let buffer = Buffer::default();
        Self {
            zip: ZipWriter::new_stream(buffer.clone()),
            buffer,
            out,
        }
    }

    /// What is written next is in this file. `at` is a local time.
    ///
    /// # Errors
    /// The reader is gone.
    pub async fn begin(&mut self, name: &str, kind: Kind, at: Timestamp) -> io::Result<()> {
        let method = match kind {
            Kind::Text => CompressionMethod::Deflated,
            Kind::Bytes => CompressionMethod::Stored,
        };
        let options = SimpleFileOptions::default()
            .compression_method(method)
            .last_modified_time(moment(at));
        self.zip.start_file(name, options)?;
        send(&self.buffer, &self.out, CHUNK).await
    }

    /// # Errors
    /// The reader is gone.
    pub async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        for part in bytes.chunks(CHUNK) {
            self.zip.write_all(part)?;
            send(&self.buffer, &self.out, CHUNK).await?;
        }
        Ok(())
    }

    /// # Errors
    /// The reader is gone.
    pub async fn finish(self) -> io::Result<()> {
        let Self { zip, buffer, out } = self;
        zip.finish()?;
        send(&buffer, &out, 0).await
    }
}

async fn send(buffer: &Buffer, out: &Sender<io::Result<Bytes>>, least: usize) -> io::Result<()> {
    let bytes = buffer.take_from(least);
    if bytes.is_empty() {
        return Ok(());
    }
    let sent = out.send(Ok(bytes.into())).await;
    sent.map_err(|_| io::ErrorKind::BrokenPipe.into())
}

/// The way from the writer to the reader.
pub fn pipe() -> (
    Sender<io::Result<Bytes>>,
    impl Stream<Item = io::Result<Bytes>> + Send + 'static,
) {
    let (out, chunks) = channel(WAITING);
    let next = |mut chunks: Receiver<_>| async move { Some((chunks.recv().await?, chunks)) };
    (out, stream::unfold(chunks, next))
}

/// ZIP knows times from 1980 on.
fn moment(at: Timestamp) -> DateTime {
    let at = OffsetDateTime::from_unix_timestamp(at.millis().div_euclid(1000)).ok();
    let moment = at.and_then(|at| {
        let year = u16::try_from(at.year()).ok()?;
        let (month, day) = (at.month().into(), at.day());
        DateTime::from_date_and_time(year, month, day, at.hour(), at.minute(), at.second()).ok()
    });
    moment.unwrap_or_default()
}

/// Where the writer puts its bytes until they are sent.
#[derive(Debug, Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Buffer {
    /// All bytes, if there are at least so many.
    fn take_from(&self, least: usize) -> Vec<u8> {
        let mut bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match bytes.len() >= least {
            true => std::mem::take(&mut *bytes),
            false => Vec::new(),
        }
    }
}

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
