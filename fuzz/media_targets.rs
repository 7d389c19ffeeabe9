//! Invariants of the crate `media` that hold for any bytes. The fuzzer calls these functions (`cargo +nightly fuzz run
//! media_inspect fuzz/corpus/media_inspect crates/media/tests/fixtures`), and so does `crates/media/tests/files/hostile.rs`
//! in every test run, with the fixtures and mutations of them.

use media::{
    Details, inspect,
    limits::{self, Kind},
    picture, voice,
};
use std::io::Cursor;

/// The longest side of the thumbnails that are made.
const SIDE: u32 = 40;

/// A file is what it is, fits what it is told to fit, and is harmless when it has been written anew.
pub fn media_inspect(data: &[u8]) {
    let size = data.len() as u64;
    let look = |size| inspect(&mut Cursor::new(data), size).expect("memory can be read");
    let inspected = look(size);
    assert_eq!(inspected, look(size), "looking twice is seeing the same");
    // A size that is not the file's.
    for wrong in [0, size / 2, size * 2, u64::MAX] {
        let _ = look(wrong);
    }
    for forbidden in ["html", "xml", "svg", "script", "shockwave", "wasm"] {
        let office = inspected
            .mime
            .starts_with("application/vnd.openxmlformats-officedocument.");
        assert!(
            office || !inspected.mime.contains(forbidden),
            "{}",
            inspected.mime
        );
    }

    let fit = limits::kinds_of(&inspected, size);
    assert_eq!(
        fit.kinds.is_empty(),
        data.is_empty(),
        "all but nothing can be a document"
    );
    for kind in fit.kinds {
        assert!(size <= kind.max_size() || kind == Kind::Sticker);
        assert!(kind == Kind::Document || kind.types().contains(&inspected.mime.as_str()));
    }

    if let Details::Picture(picture) = &inspected.details {
        assert!(picture.width > 0 && picture.height > 0);
    }
    if let Ok(thumbnail) = picture::thumbnail(Cursor::new(data), SIDE) {
        let inspected = inspect(&mut Cursor::new(&thumbnail), thumbnail.len() as u64);
        let inspected = inspected.expect("memory can be read");
        assert_eq!(inspected.mime, "image/jpeg");
        let Details::Picture(picture) = &inspected.details else {
            panic!("a thumbnail is a picture");
        };
        assert!(picture.width <= SIDE && picture.height <= SIDE, "{picture:?}");
        assert!(!picture::needs(&inspected));
    }
    let mut written = Vec::new();
    if let Ok(sendable) = picture::sendable(Cursor::new(data), &mut written) {
        let inspected = inspect(&mut Cursor::new(&written), written.len() as u64);
        let inspected = inspected.expect("memory can be read");
        assert_eq!(inspected.mime, sendable.mime);
        assert!(!picture::needs(&inspected), "{inspected:?}");
    }
}

/// A recording is refused, or becomes an Ogg of the same length.
pub fn voice_to_ogg(data: &[u8]) {
    let mut ogg = Vec::new();
    let Ok(voice) = voice::to_ogg(data, &mut ogg) else {
        return;
    };
    let inspected = inspect(&mut Cursor::new(&ogg), ogg.len() as u64).expect("memory can be read");
    assert_eq!(inspected.mime, "audio/ogg");
    let Details::Audio(audio) = inspected.details else {
        panic!("Ogg is audio");
    };
    assert_eq!(audio.channels, Some(voice.channels));
    assert!(!voice.duration.is_zero());
}
