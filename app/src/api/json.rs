//! JSON, the encoding of answers and errors of server functions.

use crate::wire::{self, NotUnderstood};
use serde::{Serialize, de::DeserializeOwned};
use server_fn::{ContentType, Decodes, Encodes, Format, FormatType};

#[derive(Debug)]
pub struct Json;

impl ContentType for Json {
    const CONTENT_TYPE: &'static str = "application/json";
}

impl FormatType for Json {
    const FORMAT_TYPE: Format = Format::Text;
}

impl<T: Serialize> Encodes<T> for Json {
    type Error = serde_json::Error;

    fn encode(output: &T) -> Result<bytes::Bytes, Self::Error> {
        serde_json::to_string(output).map(Into::into)
    }
}

impl<T: DeserializeOwned> Decodes<T> for Json {
    type Error = NotUnderstood;

    fn decode(bytes: bytes::Bytes) -> Result<T, Self::Error> {
        // What is no text is no JSON either, and gets the reader's own error.
        wire::read(&String::from_utf8_lossy(&bytes))
    }
}
