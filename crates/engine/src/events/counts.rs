//! The numbers on everybody's tabs, kept by owner and by queue.

use domain::{
    access::{Actor, Permission},
    session::InboxCounts,
};
use std::collections::HashMap;
use uuid::Uuid;

/// Open sessions.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counts {
    /// By the extension that owns them.
    pub(crate) owned: HashMap<Uuid, Count>,
    /// Those that wait, by queue.
    pub(crate) waiting: HashMap<Option<Uuid>, Count>,
    /// The queues of each extension.
    pub(crate) queues: HashMap<Uuid, Vec<Uuid>>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) sessions: u32,
    /// Those of them in which something is unread.
    pub(crate) unread: u32,
}

impl Counts {
    pub(crate) fn of(&self, actor: &Actor) -> InboxCounts {
        let own = actor.extension().map(|own| own.id.uuid());
        let mine = own
            .and_then(|own| self.owned.get(&own))
            .copied()
            .unwrap_or_default();
        let mut waiting = Count::default();
        let mut add = |more: &Count| {
            waiting.sessions += more.sessions;
            waiting.unread += more.unread;
        };
        if actor.may(Permission::SessionReadAll) {
            self.waiting.values().for_each(add);
        } else {
            let queues = own.and_then(|own| self.queues.get(&own));
            let found = queues
                .into_iter()
                .flatten()
                .filter_map(|queue| self.waiting.get(&Some(*queue)));
            found.for_each(&mut add);
        }
        InboxCounts {
            mine: mine.sessions,
            waiting: waiting.sessions,
            unread: mine.unread + waiting.unread,
        }
    }
}
