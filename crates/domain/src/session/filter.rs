//! What a tab of the inbox is narrowed to.

use crate::{
    session::{SessionRow, State},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};
use uuid::Uuid;

/// By what a list is narrowed to one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum By {
    Label,
    Channel,
    /// Where the session waits, or waited before somebody picked it up.
    Queue,
    Owner,
}

impl By {
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// As addresses spell it.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// What a tab is narrowed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(default)]
pub struct Filter {
    /// Only sessions in which something is unread.
    pub unread: bool,
    /// Only open sessions whose service window is open; the one that closes first comes first.
    pub closing: bool,
    /// Only sessions that are put off.
    pub snoozed: bool,
    /// Only sessions with the label of this id.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, format = "uuid"))]
    pub label: Option<Uuid>,
    /// Only sessions on the channel of this id.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, format = "uuid"))]
    pub channel: Option<Uuid>,
    /// Only sessions that wait in the queue of this id, or waited there before somebody picked them up.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, format = "uuid"))]
    pub queue: Option<Uuid>,
    /// Only sessions that the extension of this id has picked up.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, format = "uuid"))]
    pub owner: Option<Uuid>,
}

impl Filter {
    pub fn get(&self, by: By) -> Option<Uuid> {
        match by {
            By::Label => self.label,
            By::Channel => self.channel,
            By::Queue => self.queue,
            By::Owner => self.owner,
        }
    }

    #[must_use]
    pub fn with(mut self, by: By, one: Option<Uuid>) -> Self {
        *match by {
            By::Label => &mut self.label,
            By::Channel => &mut self.channel,
            By::Queue => &mut self.queue,
            By::Owner => &mut self.owner,
        } = one;
        self
    }

    pub fn takes(&self, row: &SessionRow, now: Timestamp) -> bool {
        let has = |by, one| match by {
            By::Label => row.labels.iter().any(|label| label.id.uuid() == one),
            By::Channel => row.channel.id.uuid() == one,
            By::Queue => row.queue.as_ref().is_some_and(|queue| queue.id.uuid() == one),
            By::Owner => row.owner.as_ref().is_some_and(|owner| owner.id.uuid() == one),
        };
        let closing = row.state != State::Closed && row.window_closes_at.is_some_and(|closes| now < closes);
        (row.unread > 0 || !self.unread)
            && (closing || !self.closing)
            && (row.snoozed_until.is_some() || !self.snoozed)
            && By::ALL
                .iter()
                .all(|by| self.get(*by).is_none_or(|one| has(*by, one)))
    }
}

/// What a list can be narrowed to, each with its name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Choices {
    pub labels: Vec<(Uuid, String)>,
    pub channels: Vec<(Uuid, String)>,
    pub queues: Vec<(Uuid, String)>,
    pub owners: Vec<(Uuid, String)>,
}

impl Choices {
    pub fn of(&self, by: By) -> &[(Uuid, String)] {
        match by {
            By::Label => &self.labels,
            By::Channel => &self.channels,
            By::Queue => &self.queues,
            By::Owner => &self.owners,
        }
    }
}
