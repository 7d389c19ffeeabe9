//! The notes that the tabs of one user send each other.

use domain::{event::Writing, position::Position};
use serde::{Deserialize, Serialize};

/// Milliseconds since some moment that all tabs share.
pub type Millis = f64;

/// A note from one tab to the others of the same user.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Note {
    /// Does any tab listen?
    Anybody,
    /// This tab listens and has heard this.
    Heard { lead: Lead, at: Position, what: Heard },
    /// This tab has heard that a colleague writes.
    Writing(Writing),
    /// This tab leads and has no connection.
    Lost { lead: Lead },
    /// This tab listened and goes away.
    Leaving,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Heard {
    Hello,
    Ping,
    /// An [`domain::event::Event`] as the process sent it: a newer process may know changes that this page does not.
    Event(String),
}

/// Of two listening tabs the lesser value stays: that tab has listened for longer.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct Lead {
    pub(super) since: Millis,
    pub(super) tab: u64,
}
