//! What people and API tokens are here for.

use crate::form::Problem;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// What somebody is here for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Connects channels, keeps people and queues.
    Admin,
    /// Watches every queue and rescues sessions.
    Supervisor,
    /// Answers customers.
    Operator,
}

impl Role {
    pub const ALL: [Self; 3] = [Self::Admin, Self::Supervisor, Self::Operator];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Supervisor => "supervisor",
            Self::Operator => "operator",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = Problem;
    fn from_str(text: &str) -> Result<Self, Problem> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or(Problem::Unknown)
    }
}

/// What an API token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Only look.
    Read,
    /// Also answer, pick up and close sessions.
    Operate,
    /// Also change channels, extensions and queues.
    Administer,
}

impl Scope {
    pub const ALL: [Self; 3] = [Self::Read, Self::Operate, Self::Administer];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Operate => "operate",
            Self::Administer => "administer",
        }
    }

    /// A wider scope includes the narrower ones.
    pub fn includes(self, needed: Self) -> bool {
        self as u8 >= needed as u8
    }
}

impl FromStr for Scope {
    type Err = Problem;
    fn from_str(text: &str) -> Result<Self, Problem> {
        Self::ALL
            .into_iter()
            .find(|scope| scope.as_str() == text)
            .ok_or(Problem::Unknown)
    }
}
