//! QR codes, as SVG paths.

#[cfg(feature = "ssr")]
use super::error::{ApiError, ApiResult};
use serde::{Deserialize, Serialize};

/// A QR code as an SVG path over squares of 1 × 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Qr {
    /// Width and height, with the quiet zone.
    pub size: i32,
    pub path: String,
}

/// Empty squares around a code, without which it is not read.
#[cfg(feature = "ssr")]
const QUIET: i32 = 4;

/// A code that an app reads from the screen.
#[cfg(feature = "ssr")]
pub(super) fn qr(text: &str) -> ApiResult<Qr> {
    use qrcodegen::{QrCode, QrCodeEcc};
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).map_err(|error| ApiError::internal(&error))?;
    let squares = (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (x, y)));
    let dark = squares.filter(|(x, y)| code.get_module(*x, *y));
    Ok(Qr {
        size: code.size() + 2 * QUIET,
        path: dark
            .map(|(x, y)| format!("M{} {}h1v1h-1z", x + QUIET, y + QUIET))
            .collect(),
    })
}
