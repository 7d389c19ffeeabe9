//! How a waiting session becomes one operator's.

use crate::form::Problem;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// How a waiting session becomes one operator's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PickUp {
    /// Somebody clicks *Pick up*; until then nobody answers.
    #[default]
    Manual,
    /// The first reply picks up.
    Auto,
    /// Nobody picks up: every member sees and answers for as long as the session is open.
    None,
}

impl PickUp {
    pub const ALL: [Self; 3] = [Self::Manual, Self::Auto, Self::None];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Auto => "auto",
            Self::None => "none",
        }
    }
}

impl FromStr for PickUp {
    type Err = Problem;
    fn from_str(text: &str) -> Result<Self, Problem> {
        Self::ALL
            .into_iter()
            .find(|mode| mode.as_str() == text)
            .ok_or(Problem::Unknown)
    }
}
