//! Message queues: who is in them, and how a session leaves the queue for one operator.

use crate::{
    access::{ExtensionRef, NAME_MOST},
    ids::{ExtensionId, QueueId},
    refusal::{Problem, Problems, Refusal, line, optional},
};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// How a waiting session becomes one operator's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PickUp {
    /// Somebody clicks *Pick up*; until then nobody answers.
    #[default]
    Manual,
    /// The first reply picks up.
    Auto,
    /// Nobody picks up: every member sees and answers for as long as the session is open.
    None,
}

impl PickUp {
    pub const ALL: [Self; 3] = [Self::Manual, Self::Auto, Self::None];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Auto => "auto",
            Self::None => "none",
        }
    }
}

impl FromStr for PickUp {
    type Err = Problem;
    fn from_str(text: &str) -> Result<Self, Problem> {
        Self::ALL
            .into_iter()
            .find(|mode| mode.as_str() == text)
            .ok_or(Problem::Unknown)
    }
}

/// A row of the queues page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueRow {
    pub id: QueueId,
    pub name: String,
    pub pick_up: PickUp,
    pub members: Vec<ExtensionRef>,
    /// Nobody is in it, or only extensions as which nobody can log in: only supervisors see what waits.
    pub empty: bool,
    pub disabled: bool,
    /// Sessions that nobody has picked up yet.
    pub waiting: u32,
}

/// What is typed to create or change a queue.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct QueueForm {
    pub name: String,
    pub members: Vec<String>,
    pub pick_up: String,
}

/// A checked [`QueueForm`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    pub name: String,
    pub members: Vec<ExtensionId>,
    pub pick_up: PickUp,
}

impl QueueForm {
    /// # Errors
    /// [`Refusal::Invalid`] with every field that is wrong.
    pub fn check(&self) -> Result<Queue, Refusal> {
        let mut problems = Problems::default();
        let name = problems.take("name", line(&self.name, NAME_MOST));
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
                })
            }
            _ => Err(problems.refuse()),
        }
    }
}
