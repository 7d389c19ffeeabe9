//! Graph, when it is not itself.

use serde::{Deserialize, Serialize};

/// How Graph as a whole behaves.
#[derive(Debug, Default)]
pub(crate) struct GraphMood {
    pub ahead_seconds: i64,
    pub latency_ms: u64,
    /// It reports on no message that it accepts.
    pub silent: bool,
    pub outage: Option<Outage>,
}

/// Graph is not itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Outage {
    /// A page of HTML under this status, as Meta's edge answers.
    Status5xx { code: u16 },
    /// Meta's error object with this code.
    ErrorCode { code: i64, http: u16 },
    /// No answer, ever.
    Hang,
    /// The connection is closed without one.
    DropConnection,
}
