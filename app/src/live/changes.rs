//! The latest changes of the inbox, in the order of their numbers: what was read before them follows them without being
//! read again.

use domain::{
    event::{self, InboxChange},
    ids::SessionId,
    position::Position,
    session::InboxCounts,
};
use std::collections::VecDeque;

/// Changes that are kept, for an answer that was on its way while they came.
const KEPT: usize = 256;

#[derive(Debug, Clone, Default)]
pub struct Changes {
    kept: VecDeque<Change>,
    /// Everything after this position is kept.
    since: Position,
}

#[derive(Debug, Clone)]
pub struct Change {
    pub at: Position,
    pub session: SessionId,
    pub what: event::Change,
    pub inbox: InboxChange,
}

impl Changes {
    /// A change that came twice, because two tabs listened for a moment, is kept once.
    pub(super) fn add(&mut self, change: Change) {
        if self.newest() >= change.at {
            return;
        }
        self.kept.push_back(change);
        if self.kept.len() > KEPT
            && let Some(oldest) = self.kept.pop_front()
        {
            self.since = oldest.at;
        }
    }

    /// Nothing up to this position is kept: everything is read again. Numbers go back if the database does.
    pub(super) fn begin(&mut self, since: Position) {
        *self = Self {
            kept: VecDeque::new(),
            since,
        };
    }

    pub fn newest(&self) -> Position {
        self.kept.back().map_or(self.since, |change| change.at)
    }

    /// The changes after this position; `None` if some of them are not kept any more.
    pub fn after(&self, position: Position) -> Option<impl Iterator<Item = &Change>> {
        let new = self.kept.iter().filter(move |change| change.at > position);
        (position >= self.since).then_some(new)
    }

    /// The counts after the newest change, if that came after this position.
    pub fn counts_after(&self, position: Position) -> Option<(Position, InboxCounts)> {
        let newest = self.kept.back().filter(|change| change.at > position)?;
        Some((newest.at, newest.inbox.counts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(number: u64) -> Change {
        let session = "00000000-0000-0000-0000-000000000001".parse().unwrap();
        Change {
            at: Position { number },
            session,
            what: event::Change::Session { session },
            inbox: InboxChange {
                row: None,
                message: None,
                counts: InboxCounts {
                    mine: u32::try_from(number).unwrap(),
                    ..InboxCounts::default()
                },
            },
        }
    }

    fn numbers(changes: &Changes, after: u64) -> Option<Vec<u64>> {
        let new = changes.after(Position { number: after })?;
        Some(new.map(|change| change.at.number).collect())
    }

    #[test]
    fn what_came_twice_is_kept_once() {
        let mut changes = Changes::default();
        [3, 5, 3, 5, 8]
            .into_iter()
            .for_each(|number| changes.add(change(number)));
        assert_eq!(numbers(&changes, 3), Some(vec![5, 8]));
        let counts = changes.counts_after(Position { number: 5 }).unwrap();
        assert_eq!((counts.0.number, counts.1.mine), (8, 8));
        assert_eq!(changes.counts_after(Position { number: 8 }), None);
    }

    #[test]
    fn after_a_gap_everything_is_read_again() {
        let mut changes = Changes::default();
        changes.add(change(7));
        changes.begin(Position { number: 3 });
        changes.add(change(4));
        assert_eq!(
            (numbers(&changes, 2), numbers(&changes, 3)),
            (None, Some(vec![4]))
        );
    }

    #[test]
    fn too_old_an_answer_has_to_be_read_again() {
        let mut changes = Changes::default();
        (1..=300).for_each(|number| changes.add(change(number)));
        assert_eq!(numbers(&changes, 43), None);
        assert_eq!(numbers(&changes, 44).unwrap().len(), KEPT);
    }
}
