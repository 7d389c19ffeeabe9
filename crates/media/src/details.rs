//! What is known of a file.

/// A file as its content shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspected {
    /// The type by content, [`UNKNOWN`] for what is unknown or could run in a browser.
    pub mime: String,
    pub details: Details,
}

/// The type of everything else. A browser stores it and shows nothing.
pub const UNKNOWN: &str = "application/octet-stream";

#[cfg(feature = "contents")]
impl Inspected {
    pub(crate) fn new(mime: &str, details: Details) -> Self {
        Self {
            mime: mime.to_owned(),
            details,
        }
    }

    pub(crate) fn audio(mime: &str, codec: AudioCodec, channels: Option<u8>) -> Self {
        Self::new(mime, Details::Audio(Audio { codec, channels }))
    }

    pub(crate) fn unknown() -> Self {
        Self::new(UNKNOWN, Details::Other)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Details {
    /// A JPEG, PNG, WebP or GIF.
    Picture(Picture),
    Video(Video),
    Audio(Audio),
    /// One of the [eight types](crate::limits::DOCUMENTS) that WhatsApp names.
    Document,
    Other,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    pub width: u32,
    pub height: u32,
    pub animated: bool,
    pub pixels: Pixels,
    /// Its metadata tell the viewer to turn it.
    pub rotated: bool,
    /// It carries more than its pixels and their colours: where and with what it was taken, comments, a second picture
    /// or a film behind the first.
    pub metadata: bool,
    /// A JPEG in several passes. Its decoder keeps all passes in memory.
    pub progressive: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pixels {
    /// Up to 8 bits per channel, on a screen's colours.
    Screen,
    /// A printer's four inks.
    Cmyk,
    /// More than 8 bits per channel.
    Deep,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Video {
    pub codec: VideoCodec,
    /// One for each audio track.
    pub audio: Vec<AudioCodec>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VideoCodec {
    H264,
    Hevc,
    Other,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audio {
    pub codec: AudioCodec,
    /// Unless the format does not say it at its beginning.
    pub channels: Option<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AudioCodec {
    Aac,
    Amr,
    Mp3,
    Opus,
    Other,
}
