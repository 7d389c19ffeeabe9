//! Deleting what customers wrote: one contact, or what has become old.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How much is deleted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ErasureExtent))]
pub struct Extent {
    pub contacts: u64,
    pub sessions: u64,
    pub messages: u64,
    /// Files whose bytes are kept.
    pub files: u64,
}

/// For how long what customers wrote is kept; `None`: for ever.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Retention {
    /// Closed sessions with everything in them, after their last message.
    pub sessions: Option<Duration>,
    /// The messages and files of closed sessions, after their last message.
    pub messages: Option<Duration>,
    /// Contacts, after their last session was deleted.
    pub contacts: Option<Duration>,
}
