//! The state of Graph as a whole.

use serde::{Deserialize, Serialize};

/// The behaviour of Graph as a whole.
#[derive(Debug, Default)]
pub(crate) struct GraphMood {
    pub ahead_seconds: i64,
    pub latency_ms: u64,
    /// Meta reports no statuses of the messages that it accepts.
    pub silent: bool,
    pub outage: Option<Outage>,
}

/// An outage of Graph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Outage {
    /// An HTML page with this status, as Meta's edge answers.
    Status5xx { code: u16 },
    /// Meta's error object with this code.
    ErrorCode { code: i64, http: u16 },
    /// Never answers.
    Hang,
    /// Closes the connection without an answer.
    DropConnection,
}
