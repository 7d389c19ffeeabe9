//! What a user has typed in a session and not sent.

use crate::{
    form::{Invalid, Problems},
    ids::SessionId,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};

/// The longest draft, in characters: longer than any message, because what is too long is still typed.
pub const MAX_DRAFT: usize = 20_000;
/// So many drafts of a user are read, the newest.
pub const MOST_DRAFTS: usize = 500;

#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, EnumString, IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum DraftKind {
    #[default]
    Reply,
    Note,
}

impl DraftKind {
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    pub session: SessionId,
    pub kind: DraftKind,
    pub text: String,
    pub changed_at: Timestamp,
}

/// # Errors
/// It is too long.
pub fn check(text: &str) -> Result<(), Invalid> {
    if text.chars().count() > MAX_DRAFT {
        let mut problems = Problems::default();
        problems.add_too_long("text", MAX_DRAFT);
        return Err(problems.refuse());
    }
    Ok(())
}
