//! WhatsApp's types and sizes:
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media>
//!
//! Meta writes "5 MB" and "100 KB" without saying whether they are decimal or binary. The decimal reading is the smaller
//! one: what passes here is not refused there.

use crate::details::{Audio, AudioCodec, Details, Inspected, Picture, Pixels, Video, VideoCodec};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

/// How a file is shown to the customer.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Image,
    Video,
    Audio,
    Document,
    Sticker,
}

const KB: u64 = 1000;
const MB: u64 = 1000 * KB;

/// Longer voice messages get no play icon:
/// <https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/audio-messages>
pub const MAX_VOICE: u64 = 512 * KB;
/// The only size of a sticker, in both directions.
pub const STICKER_SIDE: u32 = 512;
pub const MAX_ANIMATED_STICKER: u64 = 500 * KB;

pub const IMAGES: &[&str] = &["image/jpeg", "image/png"];
pub const VIDEOS: &[&str] = &["video/mp4", "video/3gpp"];
pub const AUDIOS: &[&str] = &["audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"];
pub const STICKERS: &[&str] = &["image/webp"];
/// The documents that Meta names. It takes others too, without promising it.
pub const DOCUMENTS: &[&str] = &[
    "text/plain",
    "application/pdf",
    "application/vnd.ms-powerpoint",
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
];

impl Kind {
    pub const ALL: &'static [Self] = Self::VARIANTS;

    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// The types that Meta names for it.
    pub fn types(self) -> &'static [&'static str] {
        match self {
            Self::Image => IMAGES,
            Self::Video => VIDEOS,
            Self::Audio => AUDIOS,
            Self::Document => DOCUMENTS,
            Self::Sticker => STICKERS,
        }
    }

    /// The largest file in bytes; a sticker that moves may be larger.
    pub fn max_size(self) -> u64 {
        match self {
            Self::Image => 5 * MB,
            Self::Video | Self::Audio => 16 * MB,
            Self::Document => 100 * MB,
            Self::Sticker => 100 * KB,
        }
    }
}

/// Why a file cannot be sent as what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Obstacle {
    Empty,
    /// It has more bytes than this.
    TooLarge {
        limit: u64,
    },
    /// WhatsApp does not take this type as this kind.
    Type,
    /// A picture that moves and is no sticker.
    Animated,
    /// A picture with a printer's colours or more than 8 bits per channel.
    Pixels,
    /// A video in HEVC (H.265), as iPhones record it.
    Hevc,
    /// Another codec that WhatsApp does not play, or several audio tracks.
    Codec,
    /// Opus with more than one channel.
    Stereo,
}

/// As what a file can be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fit {
    /// The best first; empty if WhatsApp takes the file in no form.
    pub kinds: Vec<Kind>,
    /// The kind that the file is by its nature, and why it cannot be sent as that.
    pub obstacle: Option<(Kind, Obstacle)>,
}

/// Whether a file of this type is too large for what it is by its nature, so that it can be sent as a document only: the
/// kind that it would be, and the largest that this kind may be. What is not known to be a picture, a video or a sound
/// is a document anyway.
pub fn too_large(mime: &str, size: u64) -> Option<(Kind, u64)> {
    let kind = match mime.split('/').next() {
        Some("image") => Kind::Image,
        Some("video") => Kind::Video,
        Some("audio") => Kind::Audio,
        _ => return None,
    };
    (size > kind.max_size()).then_some((kind, kind.max_size()))
}

/// As what a file of this size can be sent. Any file can be a document.
pub fn kinds_of(inspected: &Inspected, size: u64) -> Fit {
    let natural = natural(inspected);
    let obstacle = obstacle(natural, inspected, size);
    let mut kinds = Vec::new();
    if obstacle.is_none() {
        kinds.push(natural);
    }
    if natural != Kind::Document && (1..=Kind::Document.max_size()).contains(&size) {
        kinds.push(Kind::Document);
    }
    Fit {
        kinds,
        obstacle: obstacle.map(|obstacle| (natural, obstacle)),
    }
}

fn natural(inspected: &Inspected) -> Kind {
    match &inspected.details {
        Details::Picture(picture) if is_sticker(inspected, picture) => Kind::Sticker,
        Details::Picture(_) => Kind::Image,
        Details::Video(_) => Kind::Video,
        Details::Audio(_) => Kind::Audio,
        Details::Document => Kind::Document,
        Details::Other => match inspected.mime.split('/').next() {
            Some("image") => Kind::Image,
            Some("video") => Kind::Video,
            Some("audio") => Kind::Audio,
            _ => Kind::Document,
        },
    }
}

/// A WebP of another size is a photo from the web.
fn is_sticker(inspected: &Inspected, picture: &Picture) -> bool {
    STICKERS.contains(&inspected.mime.as_str())
        && (picture.width, picture.height) == (STICKER_SIDE, STICKER_SIDE)
}

fn obstacle(kind: Kind, inspected: &Inspected, size: u64) -> Option<Obstacle> {
    if size == 0 {
        return Some(Obstacle::Empty);
    }
    let of_the_content = match &inspected.details {
        Details::Picture(picture) if kind == Kind::Image => of_image(picture),
        Details::Video(video) => of_video(video),
        Details::Audio(audio) => of_audio(&inspected.mime, audio),
        _ => None,
    };
    if of_the_content.is_some() {
        return of_the_content;
    }
    if kind != Kind::Document && !kind.types().contains(&inspected.mime.as_str()) {
        return Some(Obstacle::Type);
    }
    let limit = match &inspected.details {
        Details::Picture(picture) if kind == Kind::Sticker && picture.animated => MAX_ANIMATED_STICKER,
        _ => kind.max_size(),
    };
    (size > limit).then_some(Obstacle::TooLarge { limit })
}

fn of_image(picture: &Picture) -> Option<Obstacle> {
    if picture.animated {
        return Some(Obstacle::Animated);
    }
    (picture.pixels != Pixels::Screen).then_some(Obstacle::Pixels)
}

/// "Only H.264 video codec and AAC audio codec supported. Single audio stream or no audio stream only."
fn of_video(video: &Video) -> Option<Obstacle> {
    match (video.codec, video.audio.as_slice()) {
        (VideoCodec::Hevc, _) => Some(Obstacle::Hevc),
        (VideoCodec::H264, [] | [AudioCodec::Aac]) => None,
        _ => Some(Obstacle::Codec),
    }
}

/// WebM is refused for its type: as Ogg its sound may well be sent.
fn of_audio(mime: &str, audio: &Audio) -> Option<Obstacle> {
    match (mime, audio.codec, audio.channels) {
        ("audio/ogg", AudioCodec::Opus, Some(1)) | ("audio/mp4", AudioCodec::Aac, _) => None,
        ("audio/ogg", AudioCodec::Opus, _) => Some(Obstacle::Stereo),
        ("audio/ogg" | "audio/mp4", _, _) => Some(Obstacle::Codec),
        _ => None,
    }
}
