//! Why a file is rejected as the country database.

use crate::form::{Problem, unknown};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

/// Why a file is rejected as the country database.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "snake_case", parse_err_ty = Problem, parse_err_fn = unknown)]
#[serde(rename_all = "snake_case")]
pub enum Unfit {
    /// No file was chosen.
    Missing,
    TooLarge,
    /// An archive: the `.mmdb` is inside.
    Packed,
    /// Not in MaxMind's format, or damaged.
    Unreadable,
    /// In MaxMind's format, but with other data, such as providers.
    NoCountries,
}

impl Unfit {
    pub const ALL: &'static [Self] = Self::VARIANTS;

    pub fn as_str(self) -> &'static str {
        self.into()
    }
}
