//! The messages and notes that a search has found.

use crate::{
    ids::{LineId, SessionId},
    refs::ContactRef,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    pub text: String,
    /// It is what was searched for.
    pub hit: bool,
}

/// A message or a note that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    pub id: LineId,
    pub session: SessionId,
    pub contact: ContactRef,
    pub at: Timestamp,
    /// Who wrote it, when the customer did not.
    pub author: Option<String>,
    /// An API token sent the message: the author is its name.
    #[serde(default)]
    pub by_token: bool,
    /// The company wrote it.
    pub ours: bool,
    /// A note for colleagues.
    pub note: bool,
    pub excerpt: Vec<Piece>,
}

/// One page of what was found, the latest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hits {
    pub items: Vec<Hit>,
    /// There may be older ones. A page may have less than its limit, or nothing, and still be followed by others.
    pub next_cursor: Option<String>,
    /// Messages from before the search existed are still being indexed.
    #[serde(default)]
    pub incomplete: bool,
}
