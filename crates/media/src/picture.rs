//! Small pictures for lists, and pictures written anew so that WhatsApp takes them and they tell nothing about who took
//! them.
//!
//! The decoders' limits are set before they decode. A picture of many pixels in a small file ("bomb") is refused by its
//! header.

use crate::{
    details::{Details, Inspected, Picture, Pixels},
    inspect,
};
use image::{
    DynamicImage, ImageDecoder, ImageEncoder, ImageError, ImageFormat, ImageReader, Limits, Rgba, RgbaImage,
    codecs::{jpeg::JpegEncoder, png::PngEncoder},
    imageops,
    metadata::Orientation,
};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use thiserror::Error;

/// The longest side of a picture that is decoded.
pub const MAX_SIDE: u32 = 16_384;
/// What a decoder may use: 40 million pixels of a usual photo. Turning a picture needs as much again as its pixels.
pub const MAX_MEMORY: u64 = 128_000_000;
/// The largest file that is decoded. The decoder for JPEG keeps the file in memory.
pub const MAX_FILE: u64 = 32_000_000;
/// A screen's colour profile has some kilobytes, a printer's up to a megabyte.
const MAX_PROFILE: usize = 16 * 1024;
const WHITE: Rgba<u8> = Rgba([255; 4]);
const THUMBNAIL_QUALITY: u8 = 75;
/// High enough that nobody sees the second compression.
const QUALITY: u8 = 90;

#[derive(Debug, Error)]
pub enum NotAPicture {
    #[error("the file is no picture of a known format")]
    Format,
    #[error("the file has more than {limit} bytes")]
    TooLarge { limit: u64 },
    #[error("the picture has more pixels than are decoded")]
    TooManyPixels,
    #[error("the picture is broken")]
    Broken,
    #[error(transparent)]
    Io(io::Error),
}

impl From<ImageError> for NotAPicture {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::Limits(_) => Self::TooManyPixels,
            ImageError::Unsupported(_) => Self::Format,
            ImageError::IoError(error) if error.kind() != io::ErrorKind::UnexpectedEof => Self::Io(error),
            _ => Self::Broken,
        }
    }
}

/// What [`sendable`] has written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sendable {
    /// `image/jpeg` or `image/png`.
    pub mime: &'static str,
    pub width: u32,
    pub height: u32,
}

/// Whether a picture must be written anew before it is sent as an image: WhatsApp would refuse it, show it lying, or
/// pass on its metadata. A sticker is sent as it is.
pub fn needs(inspected: &Inspected) -> bool {
    match &inspected.details {
        Details::Picture(picture) => {
            format(inspected).is_none_or(|format| !matches!(format, ImageFormat::Jpeg | ImageFormat::Png))
                || picture.animated
                || picture.pixels != Pixels::Screen
                || picture.rotated
                || picture.metadata
        }
        _ => false,
    }
}

/// A JPEG that fits into a square, on white where the picture is transparent. A smaller picture keeps its size.
pub fn thumbnail(reader: impl Read + Seek, longest_side: u32) -> Result<Vec<u8>, NotAPicture> {
    let mut decoded = decode(reader)?;
    let side = longest_side.max(1);
    if decoded.image.width().max(decoded.image.height()) > side {
        decoded.image = decoded.image.thumbnail(side, side);
    }
    decoded.image.apply_orientation(decoded.orientation);
    let mut canvas = RgbaImage::from_pixel(decoded.image.width(), decoded.image.height(), WHITE);
    imageops::overlay(&mut canvas, &decoded.image.into_rgba8(), 0, 0);
    let mut jpeg = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut jpeg, THUMBNAIL_QUALITY);
    let canvas = DynamicImage::from(canvas).into_rgb8();
    encode(encoder, canvas.into(), decoded.profile)?;
    Ok(jpeg)
}

/// Writes the first frame upright in 8-bit RGB or RGBA, without metadata. PNG stays PNG, because it holds screenshots
/// and drawings; what has transparency becomes PNG; all else becomes JPEG.
pub fn sendable(reader: impl Read + Seek, out: impl Write) -> Result<Sendable, NotAPicture> {
    let mut decoded = decode(reader)?;
    decoded.image.apply_orientation(decoded.orientation);
    let (width, height) = (decoded.image.width(), decoded.image.height());
    let is_transparent = decoded.image.color().has_alpha();
    let image = match is_transparent {
        true => DynamicImage::from(decoded.image.into_rgba8()),
        false => DynamicImage::from(decoded.image.into_rgb8()),
    };
    let is_lossless = matches!(decoded.format, ImageFormat::Png | ImageFormat::Gif);
    let mime = if is_transparent || is_lossless {
        encode(PngEncoder::new(out), image, decoded.profile)?;
        "image/png"
    } else {
        encode(
            JpegEncoder::new_with_quality(out, QUALITY),
            image,
            decoded.profile,
        )?;
        "image/jpeg"
    };
    Ok(Sendable { mime, width, height })
}

struct Decoded {
    image: DynamicImage,
    format: ImageFormat,
    orientation: Orientation,
    /// The screen's colours that the pixels mean. It is kept: without it a phone's photo looks pale.
    profile: Option<Vec<u8>>,
}

fn decode(mut reader: impl Read + Seek) -> Result<Decoded, NotAPicture> {
    let size = reader.seek(SeekFrom::End(0)).map_err(NotAPicture::Io)?;
    let inspected = inspect(&mut reader, size).map_err(NotAPicture::Io)?;
    let (Details::Picture(picture), Some(format)) = (&inspected.details, format(&inspected)) else {
        return Err(NotAPicture::Format);
    };
    if size > MAX_FILE {
        return Err(NotAPicture::TooLarge { limit: MAX_FILE });
    }
    if picture.width.max(picture.height) > MAX_SIDE {
        return Err(NotAPicture::TooManyPixels);
    }
    reader.rewind().map_err(NotAPicture::Io)?;
    let mut limits = Limits::no_limits();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_MEMORY);
    let mut reader = ImageReader::with_format(BufReader::new(reader), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    if memory(&decoder, format, picture, size) > MAX_MEMORY {
        return Err(NotAPicture::TooManyPixels);
    }
    let orientation = decoder.orientation()?;
    let profile = decoder.icc_profile()?.filter(|profile| is_of_a_screen(profile));
    Ok(Decoded {
        image: DynamicImage::from_decoder(decoder)?,
        format,
        orientation,
        profile,
    })
}

fn format(inspected: &Inspected) -> Option<ImageFormat> {
    match inspected.mime.as_str() {
        "image/jpeg" => Some(ImageFormat::Jpeg),
        "image/png" => Some(ImageFormat::Png),
        "image/webp" => Some(ImageFormat::WebP),
        "image/gif" => Some(ImageFormat::Gif),
        _ => None,
    }
}

/// What decoding will use: the pixels, and what each format keeps beside them.
fn memory(decoder: &impl ImageDecoder, format: ImageFormat, picture: &Picture, size: u64) -> u64 {
    let pixels = decoder.total_bytes();
    let (width, height) = decoder.dimensions();
    let beside = match format {
        // Two bytes for each channel of each pixel, of four channels at most.
        ImageFormat::Jpeg if picture.progressive => size + u64::from(width) * u64::from(height) * 2 * 4,
        ImageFormat::Jpeg => size,
        // A frame is decoded apart from the picture into which it is drawn.
        ImageFormat::WebP | ImageFormat::Gif => pixels,
        _ => 0,
    };
    pixels.saturating_add(beside)
}

/// A profile of RGB; grey pictures and printer's colours are converted to it.
fn is_of_a_screen(profile: &[u8]) -> bool {
    profile.len() <= MAX_PROFILE && profile.get(16..20) == Some(b"RGB ")
}

fn encode(
    mut encoder: impl ImageEncoder,
    image: DynamicImage,
    profile: Option<Vec<u8>>,
) -> Result<(), NotAPicture> {
    if let Some(profile) = profile {
        encoder
            .set_icc_profile(profile)
            .map_err(ImageError::Unsupported)?;
    }
    image.write_with_encoder(encoder)?;
    Ok(())
}
