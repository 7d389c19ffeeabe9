//! What the tabs of one person tell each other.

use domain::event::Position;
use serde::{Deserialize, Serialize};

/// Milliseconds since some moment that all tabs share.
pub type Millis = f64;

/// What one tab tells the others of the same person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Note {
    /// Is there one that listens?
    Anybody,
    /// I listen and have heard this.
    Heard { lead: Lead, at: Position, what: Heard },
    /// I am the one, and have no connection.
    Lost { lead: Lead },
    /// I listened and go away.
    Leaving,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Heard {
    Hello,
    Ping,
    /// An [`domain::event::Event`] as the process sent it: a newer process may know changes that this page does not.
    Event(String),
}

/// Of two tabs that listen the lesser stays: the one that has done so for longer.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct Lead {
    pub(super) since: Millis,
    pub(super) tab: u64,
}
