//! Who may hear of a change.

use crate::entity::session;
use domain::access::{Actor, Permission};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Audience {
    Everybody,
    /// These, and all who see every session.
    Some(Hearers),
}

/// Extensions, and queues instead of their members: the members of a queue are looked up when the event is told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Hearers {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) extensions: Vec<Uuid>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) queues: Vec<Uuid>,
}

impl Audience {
    /// Those who see the session: its owner, or its queue while nobody owns it.
    pub(crate) fn of_session(of: &session::Model) -> Self {
        match of.extension_id {
            Some(owner) => Self::of([owner], None),
            None => Self::of(None, of.queue_id),
        }
    }

    /// Those whose lists the session enters or leaves: its owner and its whole queue.
    pub(crate) fn around_session(of: &session::Model) -> Self {
        Self::of(of.extension_id, of.queue_id)
    }

    pub(crate) fn of(
        extensions: impl IntoIterator<Item = Uuid>,
        queues: impl IntoIterator<Item = Uuid>,
    ) -> Self {
        Self::Some(Hearers {
            extensions: extensions.into_iter().collect(),
            queues: queues.into_iter().collect(),
        })
    }

    /// The extensions in its queues.
    pub(crate) fn members(&self, of: &HashMap<Uuid, Vec<Uuid>>) -> Vec<Uuid> {
        match self {
            Self::Everybody => Vec::new(),
            Self::Some(hearers) => {
                let queues = hearers.queues.iter().filter_map(|queue| of.get(queue));
                queues.flatten().copied().collect()
            }
        }
    }

    /// Whether this actor, who is in these queues, may hear of it.
    pub(crate) fn includes(&self, actor: &Actor, queues: &[Uuid]) -> bool {
        match self {
            Self::Everybody => true,
            Self::Some(hearers) => {
                actor.may(Permission::SessionReadAll)
                    || actor.extension().is_some_and(|own| {
                        hearers.extensions.contains(&own.id.uuid())
                            || hearers.queues.iter().any(|queue| queues.contains(queue))
                    })
            }
        }
    }
}
