//! The kinds of files, and what WhatsApp accepts as each of them:
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media>

use serde::{Deserialize, Serialize};

/// Meta does not say whether its megabytes are decimal. A sender that fits into these fits into both.
const KB: u64 = 1000;
const MB: u64 = 1000 * KB;

/// The largest file of any kind, in bytes.
pub(crate) const LARGEST_FILE: u64 = 100 * MB;

/// The types that can be uploaded, in the order of Meta's error message. A message of `audio/opus` fails later.
pub(crate) const UPLOADABLE: [&str; 19] = [
    "audio/aac",
    "audio/mp4",
    "audio/mpeg",
    "audio/amr",
    "audio/ogg",
    "audio/opus",
    "application/vnd.ms-powerpoint",
    "application/msword",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/pdf",
    "text/plain",
    "application/vnd.ms-excel",
    "image/jpeg",
    "image/png",
    "image/webp",
    "video/mp4",
    "video/3gpp",
];

/// The kind of a message that carries a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    Audio,
    Document,
    Image,
    Sticker,
    Video,
}

impl FileKind {
    /// The kind with this name in Graph's `type`.
    pub(crate) fn named(name: &str) -> Option<Self> {
        [
            Self::Audio,
            Self::Document,
            Self::Image,
            Self::Sticker,
            Self::Video,
        ]
        .into_iter()
        .find(|kind| kind.name() == name)
    }

    /// The kind whose limit applies to an upload of this type.
    pub(crate) fn of_type(mime_type: &str) -> Self {
        match essence(mime_type).split_once('/') {
            Some(("image", "webp")) => Self::Sticker,
            Some(("image", _)) => Self::Image,
            Some(("audio", _)) => Self::Audio,
            Some(("video", _)) => Self::Video,
            _ => Self::Document,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Audio => "audio",
            Self::Document => "document",
            Self::Image => "image",
            Self::Sticker => "sticker",
            Self::Video => "video",
        }
    }

    pub(crate) fn has_caption(self) -> bool {
        matches!(self, Self::Document | Self::Image | Self::Video)
    }

    /// In bytes.
    pub(crate) fn limit(self, animated: bool) -> u64 {
        match self {
            Self::Audio | Self::Video => 16 * MB,
            Self::Document => LARGEST_FILE,
            Self::Image => 5 * MB,
            Self::Sticker if animated => 500 * KB,
            Self::Sticker => 100 * KB,
        }
    }

    /// Why a file of this type and size cannot be sent as this kind, in Meta's words.
    pub(crate) fn objection(self, mime_type: &str, size: u64, animated: bool) -> Option<String> {
        let own = essence(mime_type).to_ascii_lowercase();
        let fits = match self.types() {
            // Other documents can be sent, too; a page of HTML is what a log-in or a challenge looks like.
            [] => own != "text/html",
            types => types.contains(&own.as_str()),
        };
        let mut title = self.name().to_owned();
        title[..1].make_ascii_uppercase();
        if !fits {
            let types = self.types().join(", ");
            let wanted = if types.is_empty() { "another type" } else { &types };
            return Some(format!(
                "Unsupported {title} mime type {mime_type}. Please use one of {wanted}."
            ));
        }
        let limit = self.limit(animated);
        (size > limit)
            .then(|| format!("{title} file size too big: {size} bytes, at most {limit} are supported."))
    }

    fn types(self) -> &'static [&'static str] {
        match self {
            Self::Audio => &["audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"],
            Self::Document => &[],
            Self::Image => &["image/jpeg", "image/png"],
            Self::Sticker => &["image/webp"],
            Self::Video => &["video/mp4", "video/3gpp"],
        }
    }
}

/// A media type without its parameters.
pub(crate) fn essence(mime_type: &str) -> &str {
    mime_type.split(';').next().unwrap_or_default().trim()
}
