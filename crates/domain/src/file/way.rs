//! The two ways of a file to Meta.

use crate::form::{Problem, unknown};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

/// How Meta gets the files of messages.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Default,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[strum(serialize_all = "snake_case", parse_err_ty = Problem, parse_err_fn = unknown)]
#[serde(rename_all = "snake_case")]
pub enum FileWay {
    /// Switchboard uploads the file, and the message names Meta's id of it.
    #[default]
    Upload,
    /// The message names an address of Switchboard, from which WhatsApp fetches the file.
    Link,
}

impl FileWay {
    pub const ALL: &'static [Self] = Self::VARIANTS;

    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// The way that is tried when this one fails.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Upload => Self::Link,
            Self::Link => Self::Upload,
        }
    }
}

/// The way on which a message's file went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FileAttempt {
    pub way: FileWay,
    /// The other way failed before.
    pub is_second: bool,
}
