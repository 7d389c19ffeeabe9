//! A customer whom the company has blocked on one of its numbers: neither side can write to the other.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Who blocked the customer, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactBlock {
    pub by: String,
    pub at: Timestamp,
}
