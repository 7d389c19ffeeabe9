//! What a file is, by its first bytes and by what they promise further behind.
//!
//! The formats that WhatsApp knows are looked at here, because what matters of them stands behind the first bytes: the
//! codec of a video, whether a picture moves. `infer` names the rest, as far as a browser may safely be told.

mod exif;
mod jpeg;
mod mp4;
mod office;
mod ogg;
mod png;
mod text;
mod webm;
mod webp;
mod zip;

use crate::{
    details::{AudioCodec, Details, Inspected, Picture, Pixels},
    source::Source,
};
use std::io::{self, Read, Seek};

/// The file's beginning, by which most types are told.
const HEAD: u64 = 64 * 1024;

/// What `infer` may add. Everything else counts as unknown: programs, and what a browser would run.
const HARMLESS: &[&str] = &[
    "application/epub+zip",
    "application/gzip",
    "application/vnd.oasis.opendocument.presentation",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.rar",
    "application/x-7z-compressed",
    "application/x-tar",
    "application/zip",
    "image/avif",
    "image/bmp",
    "image/heif",
    "image/jp2",
    "image/jxl",
    "image/tiff",
    "video/mpeg",
    "video/x-flv",
    "video/x-ms-wmv",
    "video/x-msvideo",
    "audio/midi",
    "audio/x-aiff",
    "audio/x-flac",
    "audio/x-wav",
];

/// Looks at a file of this size. Only a failed read is an error; a file that is cut or lies is something else than it
/// claims. The reader ends up anywhere.
pub fn inspect(reader: &mut (impl Read + Seek), size: u64) -> io::Result<Inspected> {
    let mut source = Source::new(reader, size);
    let head = source.read(0, HEAD)?;
    let inspected = match head.as_slice() {
        [0xFF, 0xD8, 0xFF, ..] => picture("image/jpeg", jpeg::look(&mut source)?),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => {
            picture("image/png", png::look(&mut source)?)
        }
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => {
            picture("image/webp", webp::look(&mut source)?)
        }
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => picture("image/gif", gif(&head)),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => match mp4::look(&mut source)? {
            Some(inspected) => Some(inspected),
            None => guess(&head).filter(|inspected| inspected.mime.starts_with("image/")),
        },
        [0x1A, 0x45, 0xDF, 0xA3, ..] => webm::look(reader)?,
        [b'O', b'g', b'g', b'S', ..] => ogg::look(&head),
        [b'I', b'D', b'3', 2..=4, ..] => Some(Inspected::audio("audio/mpeg", AudioCodec::Mp3, None)),
        [b'#', b'!', b'A', b'M', b'R', b'\n', ..] => {
            Some(Inspected::audio("audio/amr", AudioCodec::Amr, Some(1)))
        }
        [b'%', b'P', b'D', b'F', b'-', ..] => Some(Inspected::new("application/pdf", Details::Document)),
        [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, ..] => office::look(&mut source)?,
        [b'P', b'K', 3, 4, ..] => match zip::look(&mut source)? {
            zip::Archive::Office(mime) => Some(Inspected::new(mime, Details::Document)),
            zip::Archive::Macros => None,
            zip::Archive::Other => guess(&head)
                .filter(|inspected| inspected.mime.starts_with("application/"))
                .or_else(|| Some(Inspected::new("application/zip", Details::Other))),
        },
        [] => None,
        _ if text::is_text(&head, size) => text::look(&head),
        [0xFF, second, third, ..] if second & 0xE0 == 0xE0 => frames(*second, *third),
        _ => guess(&head),
    };
    Ok(inspected.unwrap_or_else(Inspected::unknown))
}

fn picture(mime: &str, picture: Option<Picture>) -> Option<Inspected> {
    let picture = picture.filter(|picture| picture.width > 0 && picture.height > 0)?;
    Some(Inspected::new(mime, Details::Picture(picture)))
}

fn guess(head: &[u8]) -> Option<Inspected> {
    let mime = infer::get(head)?.mime_type();
    HARMLESS
        .contains(&mime)
        .then(|| Inspected::new(mime, Details::Other))
}

/// A GIF that moves says near its beginning how often it repeats.
fn gif(head: &[u8]) -> Option<Picture> {
    let [width_low, width_high, height_low, height_high] = *head.get(6..10)?.first_chunk()?;
    let repeats = |name: &[u8]| head.windows(name.len()).any(|window| window == name);
    Some(Picture {
        width: u16::from_le_bytes([width_low, width_high]).into(),
        height: u16::from_le_bytes([height_low, height_high]).into(),
        animated: repeats(b"NETSCAPE2.0") || repeats(b"ANIMEXTS1.0"),
        pixels: Pixels::Screen,
        rotated: false,
        metadata: false,
        progressive: false,
    })
}

/// MPEG audio without a container: the layer's two bits tell MP3 (layer III) and AAC (none) apart. `infer` misses the
/// forms with a checksum.
fn frames(second: u8, third: u8) -> Option<Inspected> {
    let is_layer = |layer: u8| second & 0x06 == layer;
    // Neither a bit rate nor a sampling rate may be the reserved one.
    let is_mp3 = is_layer(0x02) && third & 0xF0 != 0xF0 && third & 0x0C != 0x0C;
    let is_aac = is_layer(0) && second & 0xF0 == 0xF0 && third & 0x3C < 0x34;
    match (is_mp3, is_aac) {
        (true, _) => Some(Inspected::audio("audio/mpeg", AudioCodec::Mp3, None)),
        (_, true) => Some(Inspected::audio("audio/aac", AudioCodec::Aac, None)),
        _ => None,
    }
}
