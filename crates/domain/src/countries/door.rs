//! What the allowed countries guard.

use crate::form::Problem;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// What is guarded, each by its own rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Door {
    /// Pages, what they call, and the files they are made of.
    Console,
    /// `/api`.
    Api,
    /// Links to files, which customers and Meta's servers fetch.
    Files,
    /// Meta's calls. Their signature guards them; a rule here can only lose messages.
    Webhooks,
}

impl Door {
    pub const ALL: [Self; 4] = [Self::Console, Self::Api, Self::Files, Self::Webhooks];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Console => "console",
            Self::Api => "api",
            Self::Files => "files",
            Self::Webhooks => "webhooks",
        }
    }
}

impl FromStr for Door {
    type Err = Problem;
    fn from_str(text: &str) -> Result<Self, Problem> {
        let mut doors = Self::ALL.into_iter();
        doors.find(|door| door.as_str() == text).ok_or(Problem::Unknown)
    }
}
