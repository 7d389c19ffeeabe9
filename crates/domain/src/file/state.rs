//! Where the bytes of a file are.

use crate::form::{Problem, unknown};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};

/// Where the bytes of a file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, EnumString, IntoStaticStr)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[strum(serialize_all = "snake_case", parse_err_ty = Problem, parse_err_fn = unknown)]
#[serde(rename_all = "snake_case")]
pub enum FileState {
    /// A user or a script is uploading it.
    Uploading,
    /// It is being fetched from Meta.
    Coming,
    /// It is stored here.
    Here,
    /// It was stored here, and was deleted after the time that files are kept.
    Expired,
    /// Meta does not have it any more, or has other bytes than it announced.
    Gone,
    /// It is larger than Switchboard accepts.
    TooLarge,
    /// Meta refuses it, or names an address that is not Meta's.
    NotAllowed,
}

impl FileState {
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}
