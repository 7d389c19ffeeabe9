//! The one channel or the one queue to which an API token may be bound.

use super::{permission::Permission, role::Scope};
use crate::{
    form::Problem,
    ids::{ChannelId, QueueId},
};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A token that is bound reaches only the sessions of this channel or of this queue. Everything else does not exist for
/// it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "type", content = "id", rename_all = "snake_case")]
pub enum Bound {
    Channel(ChannelId),
    Queue(QueueId),
}

impl Bound {
    /// Whether a token that is bound so may have the permission at all. What is not named here is refused: it is about the
    /// whole company, or reaches beyond the sessions.
    pub fn allows(self, permission: Permission) -> bool {
        use Permission::{
            ChannelRead, ContactBlock, CostRead, LabelRead, NumberRead, SessionAnswer, SessionClose,
            SessionCloseAny, SessionPickUp, SessionPickUpAny, SessionTransfer,
        };
        match permission {
            NumberRead | SessionAnswer | SessionPickUp | SessionPickUpAny | SessionClose
            | SessionCloseAny | SessionTransfer | LabelRead => true,
            // A customer is blocked on the whole channel, in whichever queue.
            ContactBlock | ChannelRead | CostRead => matches!(self, Self::Channel(_)),
            _ => false,
        }
    }

    /// Whether a token that is bound may have this scope: what administrators do is about the whole company.
    pub fn fits(scope: Scope) -> bool {
        scope != Scope::Administer
    }
}

/// In the format of a `<select>`: `channel:ID` or `queue:ID`.
impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Channel(id) => write!(f, "channel:{id}"),
            Self::Queue(id) => write!(f, "queue:{id}"),
        }
    }
}

impl FromStr for Bound {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        match text.split_once(':') {
            Some(("channel", id)) => id.parse().map(Self::Channel).map_err(|_| Problem::Unknown),
            Some(("queue", id)) => id.parse().map(Self::Queue).map_err(|_| Problem::Unknown),
            _ => Err(Problem::Unknown),
        }
    }
}

/// What a token is bound to, as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoundRef {
    pub bound: Bound,
    /// The channel's or the queue's name; of channels that have the same one, with their numbers.
    pub name: String,
    /// There is no such channel any more; its sessions are kept.
    #[serde(default)]
    pub deleted: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn both() -> [Bound; 2] {
        let id = Uuid::from_u128(7);
        [Bound::Channel(ChannelId::new(id)), Bound::Queue(QueueId::new(id))]
    }

    #[test]
    fn what_a_token_is_bound_to_reads_back_as_written() {
        for bound in both() {
            assert_eq!(bound.to_string().parse(), Ok(bound));
        }
        for text in ["", "channel:7", "extension:00000000-0000-0000-0000-000000000007"] {
            assert_eq!(text.parse::<Bound>(), Err(Problem::Unknown), "{text}");
        }
    }

    #[test]
    fn a_bound_token_may_nothing_that_is_about_the_whole_company() {
        for bound in both() {
            let allowed = Permission::ALL.iter().filter(|of| bound.allows(**of));
            let allowed: Vec<_> = allowed.map(|of| of.as_str()).collect();
            let in_sessions = [
                "number.read",
                "session.answer",
                "session.pick_up",
                "session.pick_up_any",
                "session.close",
                "session.close_any",
                "session.transfer",
                "label.read",
            ];
            let of_channel = ["contact.block", "channel.read", "cost.read"];
            for name in &allowed {
                let of_channel = of_channel.contains(name) && matches!(bound, Bound::Channel(_));
                assert!(in_sessions.contains(name) || of_channel, "{bound}: {name}");
            }
            let more = match bound {
                Bound::Channel(_) => of_channel.len(),
                Bound::Queue(_) => 0,
            };
            assert_eq!(allowed.len(), in_sessions.len() + more, "{bound}");
        }
    }
}
