//! Files that Meta keeps, and files in messages.

use std::io;

use serde::Serialize;

use crate::kinds::FileKind;
use crate::store::StoredFile;

/// How long a file that the business has uploaded lives, and one that a customer has sent:
/// <https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media>
pub(crate) const UPLOAD_LIVES_MS: i64 = 30 * 24 * 60 * 60 * 1000;
pub(crate) const INBOUND_LIVES_MS: i64 = 7 * 24 * 60 * 60 * 1000;
/// How long a download address is valid.
pub(crate) const ADDRESS_LIVES_MS: i64 = 5 * 60 * 1000;

/// A file with an id.
#[derive(Debug, Clone)]
pub(crate) struct Media {
    /// The number that it was uploaded for or sent to.
    pub phone_number_id: String,
    pub mime_type: String,
    pub file: StoredFile,
    /// Unix milliseconds.
    pub until: i64,
}

/// An address of a file.
#[derive(Debug, Clone)]
pub(crate) struct Download {
    pub media_id: String,
    /// Unix milliseconds.
    pub until: i64,
}

/// How a message of the business names its file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FileSource {
    Id(String),
    Link(String),
}

/// The file of a message that the business has sent, as it arrived at Meta.
#[derive(Debug, Clone, Serialize)]
pub struct SentFile {
    pub kind: FileKind,
    #[serde(flatten)]
    pub source: FileSource,
    pub mime_type: String,
    pub size: u64,
    /// In hex.
    pub sha256: String,
    #[serde(skip)]
    stored: StoredFile,
}

impl SentFile {
    pub(crate) fn new(kind: FileKind, source: FileSource, mime_type: &str, stored: StoredFile) -> Self {
        Self {
            kind,
            source,
            mime_type: mime_type.to_owned(),
            size: stored.size,
            sha256: hex::encode(stored.sha256),
            stored,
        }
    }

    /// Why WhatsApp cannot send the file as this kind.
    pub(crate) fn objection(&self) -> Option<String> {
        self.kind
            .objection(&self.mime_type, self.size, self.stored.animated)
    }

    /// # Errors
    /// The file cannot be read.
    pub fn bytes(&self) -> io::Result<Vec<u8>> {
        std::fs::read(self.stored.path())
    }
}

/// A file that a customer sends, apart from its bytes.
#[derive(Debug, Clone)]
pub struct CustomerFile {
    pub kind: FileKind,
    pub mime_type: String,
    pub caption: Option<String>,
    pub filename: Option<String>,
    /// A voice message; only for [`FileKind::Audio`].
    pub voice: bool,
}

impl CustomerFile {
    /// A file without a caption and a name.
    pub fn new(kind: FileKind, mime_type: &str) -> Self {
        Self {
            kind,
            mime_type: mime_type.to_owned(),
            caption: None,
            filename: None,
            voice: false,
        }
    }
}
