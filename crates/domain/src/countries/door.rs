//! The parts of the server that the allowed countries guard.

use crate::form::{Problem, unknown};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

/// A part of the server that has its own rule.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[strum(serialize_all = "snake_case", parse_err_ty = Problem, parse_err_fn = unknown)]
#[serde(rename_all = "snake_case")]
pub enum Door {
    /// The pages, the endpoints that they call, and their static files.
    Console,
    /// `/api`.
    Api,
    /// Links to files, which customers and Meta's servers fetch.
    Files,
    /// Meta's calls. Their signature guards them; a rule here can only lose messages.
    Webhooks,
}

impl Door {
    pub const ALL: &'static [Self] = Self::VARIANTS;

    pub fn as_str(self) -> &'static str {
        self.into()
    }
}
