//! Positions in the sequence of events, by which whoever reads something knows what it has not heard of.

use serde::{Deserialize, Serialize};

/// A position in the sequence of events: everything up to and including this number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Position {
    pub number: u64,
}

/// What was read, with a position before which nothing is missing in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AsOf<T> {
    pub position: Position,
    pub value: T,
}
