//! As what a file can be sent, and why not otherwise.

use crate::support::*;
use image::{DynamicImage, ImageFormat};
use media::{
    Inspected,
    limits::{Kind, Obstacle, kinds_of},
};

const MB: u64 = 1_000_000;
const KB: u64 = 1_000;

fn is_sent_as(inspected: &Inspected, size: u64, kind: Kind) {
    let fit = kinds_of(inspected, size);
    assert_eq!(fit.kinds.first(), Some(&kind), "{inspected:?}");
    assert_eq!(fit.obstacle, None);
    assert!(kind == Kind::Document || fit.kinds == [kind, Kind::Document]);
}

fn is_only_a_document(inspected: &Inspected, size: u64, kind: Kind, obstacle: Obstacle) {
    let fit = kinds_of(inspected, size);
    assert_eq!(fit.kinds, [Kind::Document], "{inspected:?}");
    assert_eq!(fit.obstacle, Some((kind, obstacle)), "{inspected:?}");
}

#[test]
fn up_to_the_limit_and_beyond() {
    let photo = look(&encoded(&flag(), ImageFormat::Jpeg));
    let video = look(&fixture("h264.mp4"));
    let sound = look(&fixture("sound.m4a"));
    for (inspected, kind, limit) in [
        (&photo, Kind::Image, 5 * MB),
        (&video, Kind::Video, 16 * MB),
        (&sound, Kind::Audio, 16 * MB),
    ] {
        is_sent_as(inspected, limit, kind);
        is_only_a_document(inspected, limit + 1, kind, Obstacle::TooLarge { limit });
    }
    let text = look(b"text");
    is_sent_as(&text, 100 * MB, Kind::Document);
    for (inspected, kind) in [(&text, Kind::Document), (&video, Kind::Video)] {
        let fit = kinds_of(inspected, 100 * MB + 1);
        let limit = kind.max_size();
        assert!(fit.kinds.is_empty());
        assert_eq!(fit.obstacle, Some((kind, Obstacle::TooLarge { limit })));
    }
}

#[test]
fn stickers() {
    let square = |side| look(&encoded(&DynamicImage::new_rgba8(side, side), ImageFormat::WebP));
    is_sent_as(&square(512), 100 * KB, Kind::Sticker);
    let limit = 100 * KB;
    is_only_a_document(
        &square(512),
        limit + 1,
        Kind::Sticker,
        Obstacle::TooLarge { limit },
    );
    is_only_a_document(&square(511), 1, Kind::Image, Obstacle::Type);

    let mut moving = fixture("animated.webp");
    is_only_a_document(&look(&moving), 1, Kind::Image, Obstacle::Animated);
    moving[24..30].copy_from_slice(&[0xFF, 1, 0, 0xFF, 1, 0]);
    let moving = look(&moving);
    let limit = 500 * KB;
    is_sent_as(&moving, limit, Kind::Sticker);
    is_only_a_document(&moving, limit + 1, Kind::Sticker, Obstacle::TooLarge { limit });
}

#[test]
fn what_whatsapp_does_not_show() {
    let deep = DynamicImage::from(flag().into_rgb16());
    let mut mono = Vec::new();
    media::voice::to_ogg(fixture("chromium.webm").as_slice(), &mut mono).unwrap();
    let mut stereo = Vec::new();
    media::voice::to_ogg(fixture("stereo.webm").as_slice(), &mut stereo).unwrap();
    is_sent_as(&look(&mono), 1, Kind::Audio);
    for (bytes, kind, obstacle) in [
        (fixture("cmyk.jpg"), Kind::Image, Obstacle::Pixels),
        (encoded(&deep, ImageFormat::Png), Kind::Image, Obstacle::Pixels),
        (fixture("animated.gif"), Kind::Image, Obstacle::Animated),
        (encoded(&flag(), ImageFormat::Gif), Kind::Image, Obstacle::Type),
        (
            b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec(),
            Kind::Image,
            Obstacle::Type,
        ),
        (fixture("hevc.mp4"), Kind::Video, Obstacle::Hevc),
        (fixture("h264.mov"), Kind::Video, Obstacle::Type),
        (fixture("video.webm"), Kind::Video, Obstacle::Codec),
        (stereo, Kind::Audio, Obstacle::Stereo),
        (fixture("vorbis.ogg"), Kind::Audio, Obstacle::Codec),
        (fixture("opus.mp4"), Kind::Audio, Obstacle::Codec),
        (fixture("chromium.webm"), Kind::Audio, Obstacle::Type),
    ] {
        is_only_a_document(&look(&bytes), 1, kind, obstacle);
    }
    for bytes in [fixture("h264.mp4"), fixture("h264.3gp")] {
        is_sent_as(&look(&bytes), 1, Kind::Video);
    }
    is_sent_as(&look(b"\x7FELF\x02"), 1, Kind::Document);
}
