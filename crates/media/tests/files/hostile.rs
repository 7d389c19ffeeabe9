//! Files that lie. None of them panics, none is believed, none uses much memory.

use crate::{support::*, targets};
use image::ImageFormat;
use media::{
    Details,
    details::UNKNOWN,
    limits,
    picture::{self, NotAPicture},
    voice,
};
use proptest::prelude::*;
use std::{io::Cursor, sync::LazyLock};

fn sendable(bytes: &[u8]) -> Result<Vec<u8>, NotAPicture> {
    let mut out = Vec::new();
    picture::sendable(Cursor::new(bytes), &mut out)?;
    Ok(out)
}

#[test]
fn what_runs_in_a_browser_has_no_type() {
    for text in [
        "<!DOCTYPE html><p>hello</p>",
        "\n  <html><body>hello</body></html>",
        "\u{feff}<script>alert(1)</script>",
        "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>",
        "<?xml version=\"1.0\"?><svg/>",
        "<a href=x>",
        "Dear customer, <SCRIPT src=//example.com></SCRIPT>",
        "(function() { document.title = 1 })()",
        "\"use strict\"; let a = 1;",
        "export default async () => { eval(x) }",
    ] {
        let inspected = look(text.as_bytes());
        assert_eq!(
            (inspected.mime.as_str(), inspected.details),
            (UNKNOWN, Details::Other),
            "{text}"
        );
    }
}

#[test]
fn what_is_unknown_has_no_type() {
    let macros = ["[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"];
    for bytes in [
        b"".to_vec(),
        b"\x7FELF\x02\x01\x01\0".to_vec(),
        b"MZ\x90\0".to_vec(),
        b"\0asm\x01\0\0\0".to_vec(),
        b"CWS\x08\0\0".to_vec(),
        b"\xFF\xFE<\0h\0t\0m\0l\0>\0".to_vec(),
        b"a text with \0 in it".to_vec(),
        ole("Unknown"),
        zip(&macros, b""),
    ] {
        assert_eq!(look(&bytes).mime, UNKNOWN, "{}", String::from_utf8_lossy(&bytes));
    }
}

/// A page behind a JPEG's first bytes is no JPEG; a page within a real JPEG does not survive.
#[test]
fn a_page_that_is_a_picture_too() {
    let page = b"<html><script>alert(1)</script></html>";
    assert_eq!(
        look(&[b"\xFF\xD8\xFF\xE0", page.as_slice()].concat()).mime,
        UNKNOWN
    );
    let jpeg = encoded(&flag(), ImageFormat::Jpeg);
    for polyglot in [with_segment(&jpeg, 0xFE, page), [&jpeg, page.as_slice()].concat()] {
        let inspected = look(&polyglot);
        assert_eq!(inspected.mime, "image/jpeg");
        assert!(picture::needs(&inspected));
        let written = sendable(&polyglot).unwrap();
        assert!(!written.windows(7).any(|window| window == b"<script"));
    }
}

#[test]
fn bombs_are_refused_by_their_header() {
    let gif = b"GIF89a\xFF\xFF\xFF\xFF\0\0\0,\0\0\0\0\xFF\xFF\xFF\xFF\0\x02\0;".to_vec();
    let mut jpeg = encoded(&flag(), ImageFormat::Jpeg);
    let frame = jpeg.windows(2).position(|window| window == b"\xFF\xC0").unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0x3F, 0xFF, 0x3F, 0xFF]);
    let mut webp = fixture("animated.webp");
    webp[24..30].copy_from_slice(&[0xFF, 0x3F, 0, 0xFF, 0x3F, 0]);
    for bomb in [
        png_of_size(4_000_000_000, 4_000_000_000),
        png_of_size(16_384, 16_384),
        png_of_size(1, 16_385),
        gif,
        jpeg,
        webp,
    ] {
        assert!(matches!(look(&bomb).details, Details::Picture(_)));
        let thumbnail = picture::thumbnail(Cursor::new(&bomb), 100);
        assert!(
            matches!(thumbnail, Err(NotAPicture::TooManyPixels)),
            "{thumbnail:?}"
        );
        assert!(matches!(sendable(&bomb), Err(NotAPicture::TooManyPixels)));
    }
}

/// A profile and a comment that would become larger than all the memory that a decoder gets.
#[test]
fn a_bomb_in_the_metadata() {
    let png = encoded(&flag(), ImageFormat::Png);
    let profile = [b"name\0\0".as_slice(), &zeros(200_000_000)].concat();
    for bomb in [
        with_chunk(&png, b"iCCP", &profile),
        with_chunk(&png, b"zTXt", &profile),
    ] {
        match sendable(&bomb) {
            Ok(written) => assert!(written.len() < 10_000),
            Err(error) => assert!(matches!(error, NotAPicture::TooManyPixels | NotAPicture::Broken)),
        }
    }
}

#[test]
fn an_archive_that_would_burst_is_not_unpacked() {
    let content = zeros(10_000_000);
    assert_eq!(look(&zip(&["a"; 20], &content)).mime, "application/zip");
    let docx = zip(&["[Content_Types].xml", "word/document.xml"], &content);
    assert_eq!(look(&docx).details, Details::Document);
}

#[test]
fn a_file_that_is_too_large_is_not_decoded() {
    let mut jpeg = encoded(&flag(), ImageFormat::Jpeg);
    jpeg.resize(usize::try_from(picture::MAX_FILE).unwrap() + 1, 0);
    let limit = picture::MAX_FILE;
    assert!(matches!(sendable(&jpeg), Err(NotAPicture::TooLarge { limit: told }) if told == limit));
}

/// Every beginning of every fixture, in steps.
#[test]
fn cut_files() {
    for bytes in FILES.iter() {
        for length in (0..bytes.len()).step_by(1 + bytes.len() / 60) {
            targets::media_inspect(&bytes[..length]);
            targets::voice_to_ogg(&bytes[..length]);
        }
    }
}

/// What is cut is refused, or what is left of it is shorter.
#[test]
fn cut_recordings() {
    let webm = fixture("chromium_sliced.webm");
    let whole = voice::to_ogg(webm.as_slice(), std::io::sink()).unwrap();
    let mut refused = 0;
    for length in 0..webm.len() {
        match voice::to_ogg(&webm[..length], std::io::sink()) {
            Ok(voice) => assert!(voice.duration < whole.duration),
            Err(_) => refused += 1,
        }
    }
    assert!(refused > webm.len() * 9 / 10);
}

/// A reader that fails is no broken file.
#[test]
fn a_failing_disk_is_an_error() {
    struct Failing;
    impl std::io::Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::PermissionDenied.into())
        }
    }
    impl std::io::Seek for Failing {
        fn seek(&mut self, _: std::io::SeekFrom) -> std::io::Result<u64> {
            Ok(100)
        }
    }
    assert!(media::inspect(&mut Failing, 100).is_err());
    assert!(matches!(
        voice::to_ogg(Failing, std::io::sink()),
        Err(voice::NotVoice::Io(_))
    ));
    assert!(matches!(
        picture::thumbnail(Failing, 100),
        Err(NotAPicture::Io(_))
    ));
    let webm = fixture("chromium.webm");
    let full = voice::to_ogg(webm.as_slice(), [0; 100].as_mut_slice());
    assert!(matches!(full, Err(voice::NotVoice::Io(_))));
}

/// The stored files, and some of those that the other tests put together.
static FILES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let mut files: Vec<_> = fixtures().iter().map(|name| fixture(name)).collect();
    files.extend(
        [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP].map(|format| encoded(&flag(), format)),
    );
    let png = encoded(&flag(), ImageFormat::Png);
    files.extend([
        rotated_jpeg(),
        with_chunk(&png, b"eXIf", &exif(6)),
        ole("Workbook"),
        zip(&["[Content_Types].xml", "word/document.xml"], b"abc"),
    ]);
    files
});

fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let change = (any::<prop::sample::Index>(), any::<u8>(), 0..4_u8);
    let changes = prop::collection::vec(change, 1..6);
    (0..FILES.len(), 0..FILES.len(), changes).prop_map(|(file, other, changes)| {
        let mut bytes = FILES[file].clone();
        for (index, byte, change) in changes {
            if bytes.is_empty() {
                break;
            }
            let at = index.index(bytes.len());
            match change {
                0 => bytes[at] ^= 1 << (byte % 8),
                1 => bytes[at] = byte,
                2 => drop(bytes.drain(at..(at + usize::from(byte)).min(bytes.len()))),
                _ => {
                    let other = &FILES[other];
                    let from = index.index(other.len());
                    bytes.splice(at..at, other[from..].iter().copied().take(byte.into()));
                }
            }
        }
        bytes
    })
}

/// How the files that are looked at begin.
const BEGINNINGS: &[&[u8]] = &[
    b"",
    b"\xFF\xD8\xFF",
    b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR",
    b"RIFF\xFF\xFF\0\0WEBPVP8X",
    b"GIF89a",
    b"\0\0\0\x10ftypmp42\0\0\0\0\0\0\xFF\0moov",
    b"\x1A\x45\xDF\xA3\x84\x42\x82\x84webm\x18\x53\x80\x67\xFF",
    b"OggS",
    b"PK\x03\x04",
    b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(
        beginning in prop::sample::select(BEGINNINGS),
        bytes in prop::collection::vec(any::<u8>(), 0..600),
    ) {
        let bytes = [beginning, &bytes].concat();
        targets::media_inspect(&bytes);
        targets::voice_to_ogg(&bytes);
    }

    #[test]
    fn any_mutation(bytes in mutated()) {
        targets::media_inspect(&bytes);
        targets::voice_to_ogg(&bytes);
    }
}

#[test]
fn nothing_cannot_be_sent() {
    let fit = limits::kinds_of(&look(b""), 0);
    assert!(fit.kinds.is_empty());
    assert_eq!(
        fit.obstacle,
        Some((limits::Kind::Document, limits::Obstacle::Empty))
    );
}
