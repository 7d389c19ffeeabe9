//! A JPEG's segments: <https://www.w3.org/Graphics/JPEG/itu-t81.pdf>, annex B.

use super::exif;
use crate::{
    details::{Picture, Pixels},
    source::Source,
};
use std::io::{self, Read, Seek};

/// Segments up to the pixels. Real pictures have some dozens.
const MAX_SEGMENTS: usize = 4096;

/// `None` if the segments end before the pixels.
pub(super) fn look<R: Read + Seek>(source: &mut Source<'_, R>) -> io::Result<Option<Picture>> {
    let mut at = 2;
    let (mut frame, mut rotated, mut metadata) = (None, false, false);
    for _ in 0..MAX_SEGMENTS {
        let Some([0xFF, marker]) = source.bytes(at)? else {
            return Ok(None);
        };
        if marker == 0xFF {
            at += 1;
            continue;
        }
        let Some(length) = source.bytes(at + 2)?.map(u16::from_be_bytes) else {
            return Ok(None);
        };
        let (start, length) = (at + 4, u64::from(length));
        let Some(length) = length.checked_sub(2) else {
            return Ok(None);
        };
        match marker {
            // The frame. C4, C8 and CC are tables.
            0xC0..=0xCF if !matches!(marker, 0xC4 | 0xC8 | 0xCC) => {
                frame = frame.or(source.bytes(start)?.map(|frame: [u8; 6]| (marker, frame)));
            }
            0xE0..=0xEF | 0xFE => {
                let content = source.read(start, length)?;
                match marker {
                    0xE0 if content.starts_with(b"JFIF\0") => {}
                    0xE2 if content.starts_with(b"ICC_PROFILE\0") => {}
                    // It says how the colours are stored.
                    0xEE if content.starts_with(b"Adobe") => {}
                    _ => metadata = true,
                }
                if marker == 0xE1
                    && let Some(exif) = content.strip_prefix(b"Exif\0\0")
                {
                    rotated = exif::rotates(exif);
                }
            }
            // The pixels begin. `length` is that of the scan's header, whose first byte counts its channels.
            0xDA => {
                let Some((kind, [precision, high, low, wide, narrow, channels])) = frame else {
                    return Ok(None);
                };
                let scanned = source.bytes(start)?.map(|[channels]: [u8; 1]| channels);
                return Ok(Some(Picture {
                    width: u16::from_be_bytes([wide, narrow]).into(),
                    height: u16::from_be_bytes([high, low]).into(),
                    animated: false,
                    pixels: match (precision, channels) {
                        (9.., _) => Pixels::Deep,
                        (_, 4) => Pixels::Cmyk,
                        _ => Pixels::Screen,
                    },
                    rotated,
                    metadata: metadata || has_more_behind(source)?,
                    progressive: !matches!(kind, 0xC0 | 0xC1) || scanned != Some(channels),
                }));
            }
            _ => {}
        }
        at = start + length;
    }
    Ok(None)
}

/// Phones append a film or a second picture.
fn has_more_behind<R: Read + Seek>(source: &mut Source<'_, R>) -> io::Result<bool> {
    let end = source.size().saturating_sub(2);
    Ok(source.bytes(end)? != Some([0xFF, 0xD9]))
}
