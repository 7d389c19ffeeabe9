//! What Meta says about the access token.

use crate::form::{Problem, unknown};
use serde::{Deserialize, Serialize};
use std::fmt;
use strum::{EnumString, IntoStaticStr};

/// Meta's latest answer about the access token.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, EnumString, IntoStaticStr,
)]
#[strum(serialize_all = "snake_case", parse_err_ty = Problem, parse_err_fn = unknown)]
#[serde(rename_all = "snake_case")]
pub enum TokenState {
    /// Not asked yet, or Meta could not be reached.
    #[default]
    Unknown,
    Accepted,
    /// Meta answered that the token is expired, revoked or lacks a permission.
    Refused,
}

impl TokenState {
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// Why the access token is refused. It is stored as a sentence: Switchboard's for what the doctor recognises, otherwise
/// Meta's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenAnswer {
    Expired,
    Revoked,
    Malformed,
    /// Permissions that the token lacks, as Meta spells them.
    Lacks(String),
    /// Meta's own words.
    Meta(String),
}

const EXPIRED: &str = "the token has expired";

const REVOKED: &str = "the token has been revoked";

const MALFORMED: &str = "Meta cannot read the token";

const LACKS: &str = "the token lacks ";

impl TokenAnswer {
    pub fn read(kept: &str) -> Self {
        match kept {
            EXPIRED => Self::Expired,
            REVOKED => Self::Revoked,
            MALFORMED => Self::Malformed,
            other => match other.strip_prefix(LACKS) {
                Some(names) => Self::Lacks(names.to_owned()),
                None => Self::Meta(other.to_owned()),
            },
        }
    }
}

impl fmt::Display for TokenAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expired => f.write_str(EXPIRED),
            Self::Revoked => f.write_str(REVOKED),
            Self::Malformed => f.write_str(MALFORMED),
            Self::Lacks(names) => write!(f, "{LACKS}{names}"),
            Self::Meta(words) => f.write_str(words),
        }
    }
}
