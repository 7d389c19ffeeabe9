//! A PNG's chunks: <https://www.w3.org/TR/png-3/#11Chunks>

use super::exif;
use crate::{
    details::{Picture, Pixels},
    source::Source,
};
use std::io::{self, Read, Seek};

/// Encoders write chunks of 8 kB or more: enough for the largest file that WhatsApp takes.
const MAX_CHUNKS: usize = 16_384;

/// What describes pixels and colours. Any other chunk that a decoder may skip is metadata.
const OF_THE_PIXELS: &[&[u8; 4]] = &[
    b"acTL", b"bKGD", b"cHRM", b"cICP", b"cLLI", b"fcTL", b"fdAT", b"gAMA", b"hIST", b"iCCP", b"mDCV",
    b"pHYs", b"sBIT", b"sPLT", b"sRGB", b"tRNS",
];

pub(super) fn look<R: Read + Seek>(source: &mut Source<'_, R>) -> io::Result<Option<Picture>> {
    let Some([0, 0, 0, 13, b'I', b'H', b'D', b'R']) = source.bytes(8)? else {
        return Ok(None);
    };
    let Some(header) = source.bytes::<9>(16)? else {
        return Ok(None);
    };
    let [w1, w2, w3, w4, h1, h2, h3, h4, depth] = header;
    let mut picture = Picture {
        width: u32::from_be_bytes([w1, w2, w3, w4]),
        height: u32::from_be_bytes([h1, h2, h3, h4]),
        animated: false,
        pixels: if depth > 8 { Pixels::Deep } else { Pixels::Screen },
        rotated: false,
        metadata: false,
        progressive: false,
    };
    let mut at = 33;
    for _ in 0..MAX_CHUNKS {
        let Some([l1, l2, l3, l4, kind @ ..]) = source.bytes::<8>(at)? else {
            return Ok(Some(picture));
        };
        let length = u32::from_be_bytes([l1, l2, l3, l4]);
        match &kind {
            b"IEND" => {
                picture.metadata |= at + 12 < source.size();
                return Ok(Some(picture));
            }
            b"acTL" => picture.animated = true,
            b"eXIf" => {
                let exif = source.read(at + 8, u64::from(length.min(64 * 1024)))?;
                picture.rotated = exif::rotates(&exif);
                picture.metadata = true;
            }
            [b'a'..=b'z', ..] if !OF_THE_PIXELS.contains(&&kind) => picture.metadata = true,
            _ => {}
        }
        at += 12 + u64::from(length);
    }
    // Nobody has looked at the rest.
    picture.metadata = true;
    Ok(Some(picture))
}
