//! The life of a session.

use crate::form::{Problem, unknown};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};

/// The life of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, EnumString, IntoStaticStr)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = SessionState))]
#[strum(serialize_all = "snake_case", parse_err_ty = Problem, parse_err_fn = unknown)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// In a queue or with nobody: somebody should take it.
    Waiting,
    /// It has an owner, and only the owner answers.
    Assigned,
    Closed,
}

impl State {
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}
