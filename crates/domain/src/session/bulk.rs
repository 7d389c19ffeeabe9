//! What a supervisor does with several sessions at once, and takes back.

use crate::ids::SessionId;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The maximum number of sessions.
pub const MAX_AT_ONCE: usize = 200;
/// How long closing can be taken back.
pub const UNDO_FOR: Duration = Duration::from_secs(10 * 60);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BulkAction {
    #[default]
    Transfer,
    Close,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Bulk {
    pub done: Vec<SessionId>,
    /// How many were left alone: they had been moved or closed meanwhile.
    pub left: u32,
}

impl Bulk {
    pub fn of(done: Vec<SessionId>, asked: usize) -> Self {
        let left = u32::try_from(asked - done.len()).unwrap_or(u32::MAX);
        Self { done, left }
    }

    pub fn count(&self) -> u32 {
        u32::try_from(self.done.len()).unwrap_or(u32::MAX)
    }
}
