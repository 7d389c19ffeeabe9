//! The roles of users and the scopes of API tokens.

use crate::form::{Problem, unknown};
use serde::{Deserialize, Serialize};
use std::fmt;
use strum::{EnumString, IntoStaticStr, VariantArray};

/// What a user does in Switchboard.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, EnumString, IntoStaticStr, VariantArray,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[strum(serialize_all = "snake_case", parse_err_ty = Problem, parse_err_fn = unknown)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Connects channels, manages users and queues.
    Admin,
    /// Watches every queue and rescues sessions.
    Supervisor,
    /// Answers customers.
    Operator,
}

impl Role {
    pub const ALL: &'static [Self] = Self::VARIANTS;

    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Whether this one may do more.
    pub fn is_above(self, other: Self) -> bool {
        (self as u8) < (other as u8)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What an API token may do.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "snake_case", parse_err_ty = Problem, parse_err_fn = unknown)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Only read.
    Read,
    /// Also answer, pick up and close sessions.
    Operate,
    /// Also change channels, extensions and queues.
    Administer,
}

impl Scope {
    pub const ALL: &'static [Self] = Self::VARIANTS;

    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// A wider scope includes the narrower ones.
    pub fn includes(self, needed: Self) -> bool {
        self as u8 >= needed as u8
    }
}
