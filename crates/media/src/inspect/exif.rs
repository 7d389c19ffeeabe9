//! The one thing in a camera's metadata that changes how a picture looks.

use image::metadata::Orientation;

/// Whether the viewer is told to turn the picture.
pub(super) fn rotates(exif: &[u8]) -> bool {
    Orientation::from_exif_chunk(exif).is_some_and(|orientation| orientation != Orientation::NoTransforms)
}
