//! How answers of server functions travel: as JSON, read from text like the data that comes with a page. With
//! `serde_json` reading some from text and some from bytes, the browser would carry each reader of each type twice.

use serde::{Serialize, de::DeserializeOwned};
use server_fn::{ContentType, Decodes, Encodes, Format, FormatType, codec::Post};

/// The output of every server function.
pub type Wire = Post<WireJson>;

#[derive(Debug)]
pub struct WireJson;

impl ContentType for WireJson {
    const CONTENT_TYPE: &'static str = "application/json";
}

impl FormatType for WireJson {
    const FORMAT_TYPE: Format = Format::Text;
}

impl<T: Serialize> Encodes<T> for WireJson {
    type Error = serde_json::Error;

    fn encode(output: &T) -> Result<bytes::Bytes, Self::Error> {
        serde_json::to_string(output).map(Into::into)
    }
}

impl<T: DeserializeOwned> Decodes<T> for WireJson {
    type Error = serde_json::Error;

    fn decode(bytes: bytes::Bytes) -> Result<T, Self::Error> {
        // What is no text is no JSON either, and gets the reader's own error.
        serde_json::from_str(&String::from_utf8_lossy(&bytes))
    }
}
