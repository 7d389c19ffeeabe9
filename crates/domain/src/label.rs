//! Labels: words by which a company sorts its sessions.

use crate::form::{Invalid, Problems, line};
use serde::{Deserialize, Serialize};

/// Characters of a name.
const MAX_NAME: usize = 32;
/// Maximum number of labels: every list names those of its sessions.
pub const MAX_LABELS: u64 = 200;
/// Maximum number of labels on one session.
pub const MAX_ON_SESSION: u64 = 20;

/// What is typed to create a label or to change its name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LabelForm {
    pub name: String,
}

impl LabelForm {
    /// # Errors
    /// The name is empty or too long.
    pub fn check(&self) -> Result<String, Invalid> {
        let mut problems = Problems::default();
        match problems.take("name", line(&self.name, MAX_NAME)) {
            Some(name) => Ok(name),
            None => Err(problems.refuse()),
        }
    }
}
