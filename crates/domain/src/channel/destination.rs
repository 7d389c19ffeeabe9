//! Where the messages of a channel go.

use crate::{
    form::Problem,
    ids::{ExtensionId, QueueId},
    presence::Presence,
};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Where a channel's inbound messages go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = DestinationId))]
#[serde(tag = "type", content = "id", rename_all = "snake_case")]
pub enum Destination {
    Extension(ExtensionId),
    Queue(QueueId),
}

/// In the format of a `<select>`: `extension:ID` or `queue:ID`.
impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Extension(id) => write!(f, "extension:{id}"),
            Self::Queue(id) => write!(f, "queue:{id}"),
        }
    }
}

impl FromStr for Destination {
    type Err = Problem;
    fn from_str(text: &str) -> Result<Self, Problem> {
        match text.split_once(':') {
            Some(("extension", id)) => id.parse().map(Self::Extension).map_err(|_| Problem::Unknown),
            Some(("queue", id)) => id.parse().map(Self::Queue).map_err(|_| Problem::Unknown),
            _ => Err(Problem::Unknown),
        }
    }
}

/// A destination as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DestinationRef {
    pub destination: Destination,
    /// The queue's name, or the extension's number and name.
    pub label: String,
    pub disabled: bool,
    /// An extension that nobody can log in as, or a queue that has no other members.
    pub empty: bool,
    /// Of an extension, where sessions are given to it.
    #[serde(default)]
    pub presence: Option<Presence>,
}

impl DestinationRef {
    /// Whether somebody can take the new sessions that go there.
    pub fn takes(&self) -> bool {
        !self.disabled && !self.empty
    }
}

/// What the editor offers as destinations.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Destinations {
    pub extensions: Vec<DestinationRef>,
    pub queues: Vec<DestinationRef>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn destinations_read_back_as_written() {
        let queue = Destination::Queue(QueueId::new(uuid::Uuid::from_u128(7)));
        assert_eq!(queue.to_string().parse(), Ok(queue));
        assert_eq!("queue:7".parse::<Destination>(), Err(Problem::Unknown));
    }
}
