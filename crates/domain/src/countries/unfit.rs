//! Why a file is not taken as the country database.

use crate::form::Problem;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// Why a file is not taken as the country database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unfit {
    /// No file was chosen.
    Missing,
    TooLarge,
    /// An archive: the `.mmdb` is inside.
    Packed,
    /// Not in MaxMind's format, or damaged.
    Unreadable,
    /// In the format, but of something else, such as of providers.
    NoCountries,
}

impl Unfit {
    pub const ALL: [Self; 5] = [
        Self::Missing,
        Self::TooLarge,
        Self::Packed,
        Self::Unreadable,
        Self::NoCountries,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::TooLarge => "too_large",
            Self::Packed => "packed",
            Self::Unreadable => "unreadable",
            Self::NoCountries => "no_countries",
        }
    }
}

impl FromStr for Unfit {
    type Err = Problem;
    fn from_str(text: &str) -> Result<Self, Problem> {
        let mut all = Self::ALL.into_iter();
        all.find(|unfit| unfit.as_str() == text).ok_or(Problem::Unknown)
    }
}
