//! The parts of a Matroska file that matter for its sound: the tracks and the blocks. It is read once from front to
//! back, as a recorder streams it.
//!
//! The elements that contain others are entered and never left: their children follow, and then the next element of the
//! same kind. So it does not matter that a live recorder writes clusters of unknown size. Matroska's elements:
//! <https://www.rfc-editor.org/rfc/rfc9559.html>, their encoding: <https://www.rfc-editor.org/rfc/rfc8794.html>

use std::io::{self, BufRead, Read};

/// More than any packet of sound and any codec's header. A longer one is not read into memory.
const MAX_VALUE: u64 = 64 * 1024;

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Element {
    DocType(Vec<u8>),
    /// A track begins; what follows describes it.
    Track,
    TrackNumber(u64),
    TrackType(u64),
    CodecId(Vec<u8>),
    CodecPrivate(Vec<u8>),
    Channels(u64),
    Cluster,
    Block(Vec<u8>),
}

pub(crate) const AUDIO: u64 = 2;
pub(crate) const VIDEO: u64 = 1;

/// The next element of interest, or `None` at the end. A broken file is [`io::ErrorKind::InvalidData`] or
/// [`io::ErrorKind::UnexpectedEof`].
pub(crate) fn next(reader: &mut impl BufRead) -> io::Result<Option<Element>> {
    loop {
        if reader.fill_buf()?.is_empty() {
            return Ok(None);
        }
        let id = id(reader)?;
        let size = size(reader)?;
        return Ok(Some(match id {
            // EBML, Segment, Tracks, Audio, BlockGroup
            0x1A45_DFA3 | 0x1853_8067 | 0x1654_AE6B | 0xE1 | 0xA0 => continue,
            0xAE => Element::Track,
            0x1F43_B675 => Element::Cluster,
            0x4282 => Element::DocType(value(reader, size)?),
            0xD7 => Element::TrackNumber(number(reader, size)?),
            0x83 => Element::TrackType(number(reader, size)?),
            0x86 => Element::CodecId(value(reader, size)?),
            0x63A2 => Element::CodecPrivate(value(reader, size)?),
            0x9F => Element::Channels(number(reader, size)?),
            0xA3 | 0xA1 => Element::Block(value(reader, size)?),
            _ => {
                skip(reader, size.ok_or_else(broken)?)?;
                continue;
            }
        }));
    }
}

/// Whether a failed read is the file's fault.
pub(crate) fn is_broken(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof
    )
}

fn broken() -> io::Error {
    io::ErrorKind::InvalidData.into()
}

fn byte(reader: &mut impl Read) -> io::Result<u8> {
    let mut byte = [0];
    reader.read_exact(&mut byte)?;
    Ok(byte[0])
}

/// The leading zeros of the first byte count the bytes that follow it. They are a part of the id.
fn id(reader: &mut impl Read) -> io::Result<u64> {
    let first = byte(reader)?;
    match first.leading_zeros() {
        more @ 0..=3 => rest(reader, first.into(), more),
        _ => Err(broken()),
    }
}

/// The same, without the marker, or `None` for the unknown size, whose bits are all set.
fn size(reader: &mut impl Read) -> io::Result<Option<u64>> {
    let first = byte(reader)?;
    let more = first.leading_zeros();
    if more == 8 {
        return Err(broken());
    }
    let unknown = (1 << (7 * (more + 1))) - 1;
    let size = rest(reader, u64::from(first) & (0x7F >> more), more)?;
    Ok((size != unknown).then_some(size))
}

fn rest(reader: &mut impl Read, first: u64, more: u32) -> io::Result<u64> {
    (0..more).try_fold(first, |value, _| Ok(value << 8 | u64::from(byte(reader)?)))
}

fn value(reader: &mut impl Read, size: Option<u64>) -> io::Result<Vec<u8>> {
    let size = size.filter(|size| *size <= MAX_VALUE).ok_or_else(broken)?;
    let mut value = Vec::new();
    match reader.take(size).read_to_end(&mut value)? as u64 == size {
        true => Ok(value),
        false => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

fn number(reader: &mut impl Read, size: Option<u64>) -> io::Result<u64> {
    match size {
        Some(size @ 0..=8) => rest(reader, 0, size as u32),
        _ => Err(broken()),
    }
}

fn skip(reader: &mut impl Read, size: u64) -> io::Result<()> {
    match io::copy(&mut reader.take(size), &mut io::sink())? == size {
        true => Ok(()),
        false => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}
