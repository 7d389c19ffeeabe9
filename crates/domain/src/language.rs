//! The languages of the console.

use crate::form::Problem;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// The languages of the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    En,
    Cs,
}

impl Language {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Cs => "cs",
        }
    }
}

impl FromStr for Language {
    type Err = Problem;
    fn from_str(text: &str) -> Result<Self, Problem> {
        match text {
            "en" => Ok(Self::En),
            "cs" => Ok(Self::Cs),
            _ => Err(Problem::Unknown),
        }
    }
}
