//! What a file is, by its content.

use crate::support::*;
use image::{DynamicImage, ImageFormat};
use media::{
    Details,
    details::{AudioCodec, Picture, Pixels, VideoCodec},
};

fn mime(bytes: &[u8]) -> String {
    look(bytes).mime
}

fn picture(bytes: &[u8]) -> Picture {
    match look(bytes).details {
        Details::Picture(picture) => picture,
        other => panic!("no picture, but {other:?}"),
    }
}

const PLAIN: Picture = Picture {
    width: 32,
    height: 16,
    animated: false,
    pixels: Pixels::Screen,
    rotated: false,
    metadata: false,
    progressive: false,
};

#[test]
fn pictures_without_anything_special() {
    for (format, mime) in [
        (ImageFormat::Jpeg, "image/jpeg"),
        (ImageFormat::Png, "image/png"),
        (ImageFormat::WebP, "image/webp"),
        (ImageFormat::Gif, "image/gif"),
    ] {
        let bytes = encoded(&flag(), format);
        assert_eq!(look(&bytes).mime, mime);
        assert_eq!(picture(&bytes), PLAIN, "{mime}");
    }
}

#[test]
fn a_rotated_photo() {
    let rotated = Picture {
        rotated: true,
        metadata: true,
        ..PLAIN
    };
    assert_eq!(picture(&rotated_jpeg()), rotated);
    let png = encoded(&flag(), ImageFormat::Png);
    assert_eq!(picture(&with_chunk(&png, b"eXIf", &exif(6))), rotated);
    let upright = Picture {
        rotated: false,
        ..rotated
    };
    assert_eq!(picture(&with_chunk(&png, b"eXIf", &exif(1))), upright);
}

#[test]
fn metadata_of_every_kind() {
    let jpeg = encoded(&flag(), ImageFormat::Jpeg);
    let png = encoded(&flag(), ImageFormat::Png);
    for bytes in [
        with_segment(&jpeg, 0xFE, b"a comment"),
        with_segment(&jpeg, 0xE1, b"http://ns.adobe.com/xap/1.0/\0<x/>"),
        with_segment(&jpeg, 0xE2, b"MPF\0II*\0"),
        with_segment(&jpeg, 0xED, b"Photoshop 3.0\0"),
        [&jpeg, fixture("h264.mp4").as_slice()].concat(),
        with_chunk(&png, b"tEXt", b"Author\0Somebody"),
        with_chunk(&png, b"caBX", b"provenance"),
        [&png, b"behind".as_slice()].concat(),
    ] {
        assert!(
            picture(&bytes).metadata,
            "{}",
            String::from_utf8_lossy(&bytes[..80])
        );
    }
    let profile = [b"ICC_PROFILE\0\x01\x01".as_slice(), &[0; 40]].concat();
    for bytes in [
        with_segment(&jpeg, 0xE2, &profile),
        with_chunk(&png, b"sRGB", &[0]),
    ] {
        assert_eq!(picture(&bytes), PLAIN, "colours are no metadata");
    }
}

#[test]
fn pictures_that_whatsapp_refuses() {
    assert_eq!(picture(&fixture("cmyk.jpg")).pixels, Pixels::Cmyk);
    let deep = DynamicImage::from(flag().into_rgb16());
    assert_eq!(picture(&encoded(&deep, ImageFormat::Png)).pixels, Pixels::Deep);
    assert!(picture(&fixture("animated.webp")).animated);
    assert!(picture(&fixture("animated.gif")).animated);
    let png = encoded(&flag(), ImageFormat::Png);
    assert!(picture(&with_chunk(&png, b"acTL", &[0; 8])).animated);
}

#[test]
fn a_progressive_photo() {
    assert!(picture(&fixture("progressive.jpg")).progressive);
    assert!(!picture(&fixture("cmyk.jpg")).progressive);
}

#[test]
fn videos() {
    use {AudioCodec::*, VideoCodec::*};
    for (name, mime, codec, audio) in [
        ("h264.mp4", "video/mp4", H264, vec![Aac]),
        ("hevc.mp4", "video/mp4", Hevc, vec![]),
        ("h264.3gp", "video/3gpp", H264, vec![]),
        ("h264.mov", "video/quicktime", H264, vec![]),
        ("video.webm", "video/webm", VideoCodec::Other, vec![Opus]),
    ] {
        let inspected = look(&fixture(name));
        assert_eq!(inspected.mime, mime);
        let Details::Video(video) = inspected.details else {
            panic!("{name} is no video");
        };
        assert_eq!((video.codec, video.audio), (codec, audio), "{name}");
    }
}

#[test]
fn sounds() {
    use AudioCodec::*;
    for (bytes, mime, codec, channels) in [
        (fixture("chromium.webm"), "audio/webm", Opus, Some(1)),
        (fixture("chromium_sliced.webm"), "audio/webm", Opus, Some(1)),
        (fixture("stereo.webm"), "audio/webm", Opus, Some(2)),
        (fixture("vorbis.ogg"), "audio/ogg", Other, Some(2)),
        (fixture("sound.m4a"), "audio/mp4", Aac, None),
        (fixture("opus.mp4"), "audio/mp4", Opus, None),
        (fixture("sound.mp3"), "audio/mpeg", Mp3, None),
        (fixture("sound.aac"), "audio/aac", Aac, None),
        (b"ID3\x04\0\0\0\0\0\0".to_vec(), "audio/mpeg", Mp3, None),
        (b"#!AMR\n\x3C\0\0\0\0\0".to_vec(), "audio/amr", Amr, Some(1)),
    ] {
        let inspected = look(&bytes);
        assert_eq!(inspected.mime, mime);
        let Details::Audio(audio) = inspected.details else {
            panic!("{mime} is no sound");
        };
        assert_eq!((audio.codec, audio.channels), (codec, channels), "{mime}");
    }
}

#[test]
fn documents() {
    let office = |main| {
        zip(
            &["[Content_Types].xml", "_rels/.rels", "docProps/app.xml", main],
            b"",
        )
    };
    for (bytes, mime) in [
        (
            b"Dobr\xC3\xBD den,\r\n\tpos\xC3\xADl\xC3\xA1m ceny.\n".to_vec(),
            "text/plain",
        ),
        (
            b"let me know about the import, function or not".to_vec(),
            "text/plain",
        ),
        (b"%PDF-1.7\n".to_vec(), "application/pdf"),
        (ole("WordDocument"), "application/msword"),
        (ole("Workbook"), "application/vnd.ms-excel"),
        (ole("PowerPoint Document"), "application/vnd.ms-powerpoint"),
        (
            office("word/document.xml"),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        (
            office("xl/workbook.xml"),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        (
            office("ppt/presentation.xml"),
            "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        ),
    ] {
        let inspected = look(&bytes);
        assert_eq!(
            (inspected.mime.as_str(), inspected.details),
            (mime, Details::Document)
        );
    }
    let formats = media::limits::DOCUMENTS;
    assert_eq!(formats.len(), 8);
}

#[test]
fn what_is_known_but_nothing_of_whatsapps() {
    for (bytes, mime) in [
        (zip(&["a.txt"], b""), "application/zip"),
        (zip(&["word/document.xml"], b""), "application/zip"),
        (b"{\\rtf1 text}".to_vec(), "application/rtf"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec(), "image/heif"),
    ] {
        let inspected = look(&bytes);
        assert_eq!(
            (inspected.mime.as_str(), inspected.details),
            (mime, Details::Other)
        );
    }
}

#[test]
fn text_that_ends_within_a_character_of_its_head() {
    let long = "ž".repeat(40_000);
    assert_eq!(mime(format!("a{long}").as_bytes()), "text/plain");
    assert_eq!(mime(long.as_bytes()), "text/plain");
    assert_eq!(mime(b"half a letter: \xC5"), "application/octet-stream");
}
