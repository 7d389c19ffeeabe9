//! A customer who writes from several numbers: contacts that the company has merged. Each keeps its number and its
//! sessions; name, note and history are shared until somebody undoes it.

use crate::{ids::SessionId, refs::ContactRef, time::Timestamp};
use serde::{Deserialize, Serialize};

/// The most contacts of one customer: a thread reads the history of all of them.
pub const MAX_MERGED: usize = 10;

/// With whom the contact of a session is merged.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Merged {
    /// The other contacts, the main one first.
    pub contacts: Vec<MergedContact>,
    /// Whether the reader may merge contacts, and undo it.
    pub may_change: bool,
}

/// One of the contacts of a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MergedContact {
    pub contact: ContactRef,
    /// Name and note of all of them are this one's.
    pub main: bool,
    /// Their latest session that the reader may see.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub session: Option<SessionId>,
}

/// A contact that a search has found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundContact {
    pub contact: ContactRef,
    /// Their latest session that the reader may see.
    pub session: SessionId,
    /// When they last wrote, or were written to.
    pub last_message_at: Timestamp,
}
