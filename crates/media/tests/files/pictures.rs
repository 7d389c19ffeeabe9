//! Thumbnails, and pictures that are written anew.

use crate::support::*;
use image::{
    DynamicImage, GenericImageView, ImageEncoder, ImageFormat, Rgba, RgbaImage, codecs::png::PngEncoder,
};
use media::picture::{NotAPicture, Sendable, needs, sendable, thumbnail};
use std::io::Cursor;

fn written(bytes: &[u8]) -> (Sendable, DynamicImage, Vec<u8>) {
    let mut out = Vec::new();
    let sendable = sendable(Cursor::new(bytes), &mut out).unwrap();
    let image = image::load_from_memory(&out).unwrap();
    assert_eq!((sendable.width, sendable.height), image.dimensions());
    assert!(!needs(&look(&out)), "{:?}", look(&out));
    (sendable, image, out)
}

fn is_near(pixel: Rgba<u8>, colour: [u8; 3]) -> bool {
    (0..3).all(|n| pixel[n].abs_diff(colour[n]) < 30)
}

#[test]
fn the_orientation_is_applied() {
    for bytes in [
        rotated_jpeg(),
        with_chunk(&encoded(&flag(), ImageFormat::Png), b"eXIf", &exif(6)),
    ] {
        let (sendable, image, out) = written(&bytes);
        assert_eq!((sendable.width, sendable.height), (16, 32));
        assert!(is_near(image.get_pixel(8, 4), RED.0), "what was left is above");
        assert!(is_near(image.get_pixel(8, 28), BLUE.0));
        assert!(!out.windows(4).any(|window| window == b"II*\0"));

        let small = image::load_from_memory(&thumbnail(Cursor::new(&bytes), 16).unwrap()).unwrap();
        assert_eq!(small.dimensions(), (8, 16));
        assert!(is_near(small.get_pixel(4, 2), RED.0));
        assert!(is_near(small.get_pixel(4, 14), BLUE.0));
    }
}

#[test]
fn what_must_be_written_anew() {
    let jpeg = encoded(&flag(), ImageFormat::Jpeg);
    let png = encoded(&flag(), ImageFormat::Png);
    for bytes in [&jpeg, &png] {
        assert!(!needs(&look(bytes)));
    }
    let deep = DynamicImage::from(flag().into_rgb16());
    for (bytes, mime) in [
        (fixture("cmyk.jpg"), "image/jpeg"),
        (encoded(&deep, ImageFormat::Png), "image/png"),
        (fixture("animated.webp"), "image/jpeg"),
        (fixture("animated.gif"), "image/png"),
        (encoded(&flag(), ImageFormat::WebP), "image/jpeg"),
        (with_segment(&jpeg, 0xFE, b"a comment"), "image/jpeg"),
        (with_chunk(&png, b"tEXt", b"Author\0Somebody"), "image/png"),
        (rotated_jpeg(), "image/jpeg"),
    ] {
        assert!(needs(&look(&bytes)), "{:?}", look(&bytes));
        assert_eq!(written(&bytes).0.mime, mime);
    }
    for bytes in [fixture("h264.mp4"), b"text".to_vec(), Vec::new()] {
        assert!(!needs(&look(&bytes)));
        let refused = sendable(Cursor::new(&bytes), std::io::sink());
        assert!(matches!(refused, Err(NotAPicture::Format)));
    }
}

#[test]
fn a_printers_colours_become_a_screens() {
    let (_, image, _) = written(&fixture("cmyk.jpg"));
    assert!(
        is_near(image.get_pixel(12, 8), [255, 0, 0]),
        "{:?}",
        image.get_pixel(12, 8)
    );
}

#[test]
fn transparency_is_kept_and_white_in_a_thumbnail() {
    let clear = DynamicImage::from(RgbaImage::from_pixel(20, 20, Rgba([0, 0, 0, 0])));
    let (sendable, image, _) = written(&encoded(&clear, ImageFormat::WebP));
    assert_eq!(sendable.mime, "image/png");
    assert_eq!(image.get_pixel(3, 3)[3], 0);
    let small = thumbnail(Cursor::new(encoded(&clear, ImageFormat::Png)), 100).unwrap();
    let small = image::load_from_memory_with_format(&small, ImageFormat::Jpeg).unwrap();
    assert_eq!(small.dimensions(), (20, 20), "nothing is enlarged");
    assert!(is_near(small.get_pixel(3, 3), [255, 255, 255]));
}

/// A screen's profile is kept; a printer's, which means nothing any more, is not.
#[test]
fn the_colours_stay() {
    for (space, kept) in [(b"RGB ", true), (b"CMYK", false), (b"GRAY", false)] {
        let mut profile = vec![0; 200];
        profile[16..20].copy_from_slice(space);
        let mut png = Vec::new();
        let mut encoder = PngEncoder::new(&mut png);
        encoder.set_icc_profile(profile).unwrap();
        flag().write_with_encoder(encoder).unwrap();
        let (_, _, out) = written(&png);
        assert_eq!(out.windows(4).any(|window| window == b"iCCP"), kept);
    }
}

#[test]
fn a_broken_picture() {
    let png = encoded(&flag(), ImageFormat::Png);
    for length in [33, 50, png.len() - 30] {
        let refused = thumbnail(Cursor::new(&png[..length]), 100);
        assert!(
            matches!(refused, Err(NotAPicture::Broken)),
            "{length}: {refused:?}"
        );
    }
}
