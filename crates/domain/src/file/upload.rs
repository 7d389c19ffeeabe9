//! An uploaded file that may be sent.

use super::FileView;
use crate::ids::FileId;
use serde::{Deserialize, Serialize};

/// A file that was, or is being, uploaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UploadView {
    #[serde(flatten)]
    pub file: FileView,
    /// The type of message that fits the file best, once all of it is here.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub kind: Option<String>,
}

/// An uploaded file with its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UploadedFile {
    pub id: FileId,
    #[serde(flatten)]
    pub upload: UploadView,
}
