//! Files for the tests: stored ones, and ones that are put together here.

use flate2::{Compression, Crc, write::ZlibEncoder};
use image::{DynamicImage, ImageEncoder, Rgb, RgbImage, codecs::jpeg::JpegEncoder};
use media::{Inspected, inspect};
use std::{
    io::{Cursor, Write},
    path::Path,
};

pub fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    std::fs::read(folder.join(name)).unwrap()
}

/// The names of all stored files.
pub fn fixtures() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut names: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

pub fn look(bytes: &[u8]) -> Inspected {
    inspect(&mut Cursor::new(bytes), bytes.len() as u64).unwrap()
}

pub const RED: Rgb<u8> = Rgb([200, 20, 20]);
pub const BLUE: Rgb<u8> = Rgb([20, 20, 200]);

/// 32 × 16 pixels, red on the left, blue on the right.
pub fn flag() -> DynamicImage {
    RgbImage::from_fn(32, 16, |x, _| if x < 16 { RED } else { BLUE }).into()
}

pub fn encoded(image: &DynamicImage, format: image::ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// The flag as a phone stores it that was held upright: to be turned by 90 degrees.
pub fn rotated_jpeg() -> Vec<u8> {
    let mut jpeg = Vec::new();
    let mut encoder = JpegEncoder::new(&mut jpeg);
    encoder.set_exif_metadata(exif(6)).unwrap();
    flag().write_with_encoder(encoder).unwrap();
    jpeg
}

/// Metadata with an orientation alone.
pub fn exif(orientation: u8) -> Vec<u8> {
    let entry = [0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0];
    [b"II*\0\x08\0\0\0\x01\0".as_slice(), &entry, &[0; 4]].concat()
}

/// A JPEG with one more segment behind its first marker.
pub fn with_segment(jpeg: &[u8], marker: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xFF, marker], &length, content, &jpeg[2..]].concat()
}

/// A PNG with one more chunk behind its header.
pub fn with_chunk(png: &[u8], kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    [&png[..33], &chunk(kind, content), &png[33..]].concat()
}

pub fn chunk(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let mut crc = Crc::new();
    crc.update(kind);
    crc.update(content);
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    [&length, kind.as_slice(), content, &crc.sum().to_be_bytes()].concat()
}

/// A PNG in RGB that claims a size and contains some zeros.
pub fn png_of_size(width: u32, height: u32) -> Vec<u8> {
    let header = [
        &width.to_be_bytes(),
        &height.to_be_bytes(),
        [8, 2, 0, 0].as_slice(),
        &[0],
    ]
    .concat();
    [
        b"\x89PNG\r\n\x1A\n".as_slice(),
        &chunk(b"IHDR", &header),
        &chunk(b"IDAT", &zeros(100_000)),
        &chunk(b"IEND", &[]),
    ]
    .concat()
}

/// So many zeros, compressed.
pub fn zeros(count: usize) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    let block = vec![0; 1_000_000];
    let mut left = count;
    while left > 0 {
        let now = left.min(block.len());
        encoder.write_all(&block[..now]).unwrap();
        left -= now;
    }
    encoder.finish().unwrap()
}

/// An archive of files with this content, each of which claims to have a gigabyte.
pub fn zip(names: &[&str], content: &[u8]) -> Vec<u8> {
    let (mut files, mut directory) = (Vec::new(), Vec::new());
    for name in names {
        let at = u32::try_from(files.len()).unwrap();
        let length = u16::try_from(name.len()).unwrap().to_le_bytes();
        let packed = u32::try_from(content.len()).unwrap().to_le_bytes();
        // Deflated, with the checksum of nothing.
        let common = [
            [20, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0].as_slice(),
            &packed,
            &1_000_000_000_u32.to_le_bytes(),
            &length,
            &[0, 0],
        ]
        .concat();
        files.extend([b"PK\x03\x04".as_slice(), &common, name.as_bytes(), content].concat());
        let place = [[0; 10].as_slice(), &at.to_le_bytes()].concat();
        let entry = [b"PK\x01\x02\x14\0".as_slice(), &common, &place, name.as_bytes()];
        directory.extend(entry.concat());
    }
    let count = u16::try_from(names.len()).unwrap().to_le_bytes();
    let (at, size) = (
        u32::try_from(files.len()).unwrap(),
        u32::try_from(directory.len()).unwrap(),
    );
    let end = [
        b"PK\x05\x06\0\0\0\0".as_slice(),
        &count,
        &count,
        &size.to_le_bytes(),
        &at.to_le_bytes(),
        &[0, 0],
    ];
    [files, directory, end.concat()].concat()
}

/// An old Office file with one stream of this name.
pub fn ole(stream: &str) -> Vec<u8> {
    let mut file = vec![0; 512 * 3];
    file[..8].copy_from_slice(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
    file[30] = 9;
    file[48] = 1;
    for (at, name) in [(1024, "Root Entry"), (1152, stream)] {
        for (n, byte) in name.bytes().enumerate() {
            file[at + 2 * n] = byte;
        }
    }
    file
}
