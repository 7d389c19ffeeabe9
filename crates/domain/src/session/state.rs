//! The life of a session.

use serde::{Deserialize, Serialize};

/// The life of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// In a queue, or with nobody: somebody should take it.
    Waiting,
    /// It has an owner, who alone goes on.
    Assigned,
    Closed,
}

impl State {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Assigned => "assigned",
            Self::Closed => "closed",
        }
    }

    pub fn from_stored(text: &str) -> Self {
        match text {
            "assigned" => Self::Assigned,
            "closed" => Self::Closed,
            _ => Self::Waiting,
        }
    }
}
