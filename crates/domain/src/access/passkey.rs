//! Passkeys, which are a second factor.

use crate::{
    form::{MAX_NAME, Problem, line},
    ids::PasskeyId,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// A passkey, as its user sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyRow {
    pub id: PasskeyId,
    pub name: String,
    pub added_at: Timestamp,
    pub used_at: Option<Timestamp>,
}

/// What its user calls a passkey.
pub fn passkey_name(text: &str) -> Result<String, Problem> {
    line(text, MAX_NAME)
}
