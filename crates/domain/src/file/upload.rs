//! An uploaded file that may be sent.

use super::FileView;
use crate::ids::FileId;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadView {
    #[serde(flatten)]
    pub file: FileView,
    /// The type of message that fits the file best, once all of it is here.
    pub kind: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadedFile {
    pub id: FileId,
    #[serde(flatten)]
    pub upload: UploadView,
}
