//! Message queues: their members, and how a session leaves the queue for one operator.

use crate::{
    form::{Invalid, MAX_NAME, Problem, Problems, line, optional},
    ids::{ExtensionId, QueueId},
    pick_up_mode::PickUp,
    refs::ExtensionRef,
};
use serde::{Deserialize, Serialize};

/// A queue as the queues page and the API list it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Queue))]
pub struct QueueRow {
    pub id: QueueId,
    pub name: String,
    pub pick_up: PickUp,
    pub members: Vec<ExtensionRef>,
    /// The queue has no members, or only extensions that nobody can log in as: only supervisors see its sessions.
    pub empty: bool,
    pub disabled: bool,
    /// Sessions that nobody has picked up yet.
    pub waiting: u32,
    /// Its sessions are given to members who are online.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required))]
    pub distributes: bool,
}

/// What is typed to create or change a queue.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct QueueForm {
    #[cfg_attr(feature = "openapi", schema(required, min_length = 1, max_length = 127))]
    pub name: String,
    /// The ids of its extensions.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<ExtensionId>))]
    pub members: Vec<String>,
    /// `manual`, `auto` or `none`; empty: `manual`.
    #[cfg_attr(feature = "openapi", schema(pattern = "^(manual|auto|none)?$"))]
    pub pick_up: String,
    /// Its sessions are given to members who are online; never where the pick-up is `none`.
    pub distributes: bool,
}

/// A checked [`QueueForm`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    pub name: String,
    pub members: Vec<ExtensionId>,
    pub pick_up: PickUp,
    pub distributes: bool,
}

impl QueueForm {
    /// # Errors
    /// [`Invalid`] with every field that is wrong.
    pub fn check(&self) -> Result<Queue, Invalid> {
        let mut problems = Problems::default();
        let name = problems.take("name", line(&self.name, MAX_NAME));
        let members: Result<Vec<ExtensionId>, _> = self.members.iter().map(|id| id.parse()).collect();
        let members = problems.take("members", members.map_err(|_| Problem::Unknown));
        let pick_up = match optional(&self.pick_up) {
            None => Some(PickUp::default()),
            Some(mode) => problems.take("pick_up", mode.parse()),
        };
        match (name, members, pick_up) {
            (Some(name), Some(mut members), Some(pick_up)) => {
                members.sort_unstable();
                members.dedup();
                Ok(Queue {
                    name,
                    members,
                    pick_up,
                    // Where nobody picks up, there is nothing to give out.
                    distributes: self.distributes && pick_up != PickUp::None,
                })
            }
            _ => Err(problems.refuse()),
        }
    }
}
