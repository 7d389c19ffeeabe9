//! A WebP's chunks: <https://developers.google.com/speed/webp/docs/riff_container>

use super::exif;
use crate::{
    details::{Picture, Pixels},
    source::Source,
};
use std::io::{self, Read, Seek};

/// Each frame of an animation is a chunk.
const MAX_CHUNKS: usize = 4096;

pub(super) fn look<R: Read + Seek>(source: &mut Source<'_, R>) -> io::Result<Option<Picture>> {
    let (Some(length), Some(kind)) = (source.bytes(4)?, source.bytes::<4>(12)?) else {
        return Ok(None);
    };
    let end = 8 + u64::from(u32::from_le_bytes(length));
    let Some((width, height)) = size(source, kind)? else {
        return Ok(None);
    };
    let mut picture = Picture {
        width,
        height,
        animated: false,
        pixels: Pixels::Screen,
        rotated: false,
        // A padding byte is allowed.
        metadata: source.size() > end + 1,
        progressive: false,
    };
    if &kind != b"VP8X" {
        return Ok(Some(picture));
    }
    let flags = source.bytes(20)?.map_or(0, |[flags]: [u8; 1]| flags);
    picture.animated = flags & 0x02 != 0;
    picture.metadata |= flags & (0x04 | 0x08) != 0;
    let mut at = 12;
    for _ in 0..MAX_CHUNKS {
        let Some([k1, k2, k3, k4, length @ ..]) = source.bytes::<8>(at)? else {
            break;
        };
        let length = u64::from(u32::from_le_bytes(length));
        match &[k1, k2, k3, k4] {
            b"ANIM" | b"ANMF" => picture.animated = true,
            b"EXIF" => {
                let exif = source.read(at + 8, length.min(64 * 1024))?;
                picture.rotated = exif::rotates(&exif);
                picture.metadata = true;
            }
            b"VP8X" | b"VP8 " | b"VP8L" | b"ALPH" | b"ICCP" => {}
            _ => picture.metadata = true,
        }
        // Chunks begin at even positions.
        at += 8 + length + length % 2;
    }
    Ok(Some(picture))
}

/// The size stands in another place in each kind of WebP.
fn size<R: Read + Seek>(source: &mut Source<'_, R>, kind: [u8; 4]) -> io::Result<Option<(u32, u32)>> {
    let Some(start) = source.bytes::<10>(20)? else {
        return Ok(None);
    };
    Ok(match (&kind, start) {
        (b"VP8X", [_, _, _, _, w1, w2, w3, h1, h2, h3]) => Some((
            u32::from_le_bytes([w1, w2, w3, 0]) + 1,
            u32::from_le_bytes([h1, h2, h3, 0]) + 1,
        )),
        (b"VP8 ", [_, _, _, 0x9D, 0x01, 0x2A, w1, w2, h1, h2]) => Some((
            u32::from(u16::from_le_bytes([w1, w2]) & 0x3FFF),
            u32::from(u16::from_le_bytes([h1, h2]) & 0x3FFF),
        )),
        (b"VP8L", [0x2F, b1, b2, b3, b4, ..]) => {
            let bits = u32::from_le_bytes([b1, b2, b3, b4]);
            Some(((bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1))
        }
        _ => None,
    })
}
