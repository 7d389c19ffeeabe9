//! What a supervisor does with several sessions at once, and takes back.

use super::Holder;
use crate::{form::Problem, ids::SessionId};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr, time::Duration};
use strum::IntoStaticStr;

/// The maximum number of sessions.
pub const MAX_AT_ONCE: usize = 200;
/// How long closing can be taken back.
pub const UNDO_FOR: Duration = Duration::from_secs(10 * 60);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum BulkAction {
    #[default]
    Transfer,
    Close,
}

impl BulkAction {
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// A session, and the holder with whom it was seen: if somebody else has it by now, another session is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SeenSession {
    pub session: SessionId,
    /// `None`: any holder.
    pub with: Option<Holder>,
}

/// In the format of forms: `ID@HOLDER`, or `ID` for any holder.
impl fmt::Display for SeenSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.with {
            Some(holder) => write!(f, "{}@{holder}", self.session),
            None => self.session.fmt(f),
        }
    }
}

impl FromStr for SeenSession {
    type Err = Problem;
    fn from_str(text: &str) -> Result<Self, Problem> {
        let (session, with) = match text.split_once('@') {
            Some((session, holder)) => (session, Some(holder.parse()?)),
            None => (text, None),
        };
        let session = session.parse().map_err(|_| Problem::Unknown)?;
        Ok(Self { session, with })
    }
}

impl TryFrom<String> for SeenSession {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map_err(|_| "neither a session nor SESSION@HOLDER")
    }
}

impl From<SeenSession> for String {
    fn from(seen: SeenSession) -> Self {
        seen.to_string()
    }
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Bulk {
    /// Each with the holder who had it.
    pub done: Vec<SeenSession>,
    /// How many were left alone: they had been moved or closed meanwhile.
    pub left: u32,
}

impl Bulk {
    pub fn of(done: Vec<SeenSession>, asked: usize) -> Self {
        let left = u32::try_from(asked - done.len()).unwrap_or(u32::MAX);
        Self { done, left }
    }

    pub fn count(&self) -> u32 {
        u32::try_from(self.done.len()).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::ExtensionId;
    use uuid::Uuid;

    #[test]
    fn a_seen_session_is_spelled_and_read() {
        let session = SessionId::new(Uuid::from_u128(7));
        let extension = Holder::Extension(ExtensionId::new(Uuid::from_u128(8)));
        for with in [None, Some(Holder::Nobody), Some(extension)] {
            let seen = SeenSession { session, with };
            assert_eq!(seen.to_string().parse(), Ok(seen));
        }
        for wrong in [
            "",
            "@nobody",
            "7",
            &format!("{session}@"),
            &format!("{session}@somebody"),
        ] {
            assert!(wrong.parse::<SeenSession>().is_err(), "{wrong}");
        }
    }
}
