//! Reads parts of a file. Each read is small and has a limit, so a length in the file never decides how much memory is
//! used.

use std::io::{self, Read, Seek, SeekFrom};

pub(crate) struct Source<'a, R> {
    reader: &'a mut R,
    size: u64,
}

impl<'a, R: Read + Seek> Source<'a, R> {
    pub fn new(reader: &'a mut R, size: u64) -> Self {
        // No file is longer than a seek can go; so positions can be added to without an overflow.
        let size = size.min(i64::MAX as u64);
        Self { reader, size }
    }

    pub fn size(&self) -> u64 {
        self.size
    }

    /// Up to `most` bytes from a position; fewer at the file's end.
    pub fn read(&mut self, at: u64, most: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let most = most.min(self.size.saturating_sub(at));
        if most > 0 {
            self.reader.seek(SeekFrom::Start(at))?;
            self.reader.take(most).read_to_end(&mut bytes)?;
        }
        Ok(bytes)
    }

    /// Exactly so many bytes, or `None` at the file's end.
    pub fn bytes<const N: usize>(&mut self, at: u64) -> io::Result<Option<[u8; N]>> {
        let mut bytes = [0; N];
        if at.checked_add(N as u64).is_none_or(|end| end > self.size) {
            return Ok(None);
        }
        self.reader.seek(SeekFrom::Start(at))?;
        match self.reader.read_exact(&mut bytes) {
            Ok(()) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
            Err(error) => Err(error),
        }
    }
}
