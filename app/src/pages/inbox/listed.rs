//! The list as it was read, kept up to date by what the stream of events brings.

use super::query::Query;
use crate::live::Change;
use domain::{
    ids::{ExtensionId, SessionId},
    page::Page,
    position::{AsOf, Position},
    session::{Filter, InboxPage, Part, SessionRow},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// The rows that were asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    pub query: Query,
    /// Every change up to here is in the page.
    pub position: Position,
    /// The rows that there were when it was read: a page of a narrowed list may have few, and others follow.
    pub filled: usize,
    pub page: InboxPage,
}

impl Listed {
    /// Takes in the changes after its position. The session that is open stays in a list of the unread while it is read.
    /// Returns whether the list has to be read again: only the process searches and knows what comes after the last row.
    pub fn follow<'new>(
        &mut self,
        new: impl Iterator<Item = &'new Change>,
        own: Option<ExtensionId>,
        open: Option<SessionId>,
        now: Timestamp,
    ) -> bool {
        let mut again = false;
        for change in new {
            self.position = change.at;
            let found = self.query.search.is_empty() || self.page.has(change.session);
            match &change.inbox.row {
                Some(row) if found => {
                    let stays = open == Some(row.id) && self.page.has(row.id);
                    let part = Part {
                        tab: self.query.tab,
                        filter: if stays {
                            Filter::default()
                        } else {
                            self.query.filter
                        },
                        own,
                        now,
                    };
                    self.page.put(part, row.clone());
                }
                Some(_) => again = true,
                None => self.page.remove(change.session),
            }
        }
        let rows = &self.page.rows;
        again || rows.next_cursor.is_some() && rows.items.len() < self.filled / 2
    }

    /// Adds the page after the last row.
    pub fn append(&mut self, next: AsOf<Page<SessionRow>>) {
        // What this list has heard since that page was read is heard once more, for the new rows.
        self.position = self.position.min(next.position);
        self.page.append(next.value);
        self.filled = self.page.rows.items.len();
    }

    /// The session that is open stays where it was in the list before, although it has been read.
    pub fn keep(&mut self, before: &Self, open: Option<SessionId>, now: Timestamp) {
        let row = before.page.rows.items.iter().find(|row| open == Some(row.id));
        let filtered = |row: &&SessionRow| !self.query.filter.takes(row, now) && !self.page.has(row.id);
        if let Some(row) = row.filter(filtered).filter(|_| before.query == self.query) {
            let part = Part {
                tab: self.query.tab,
                filter: self.query.filter,
                own: None,
                now,
            };
            let rows = &mut self.page.rows.items;
            let place = rows.partition_point(|other| part.order(other, row).is_lt());
            rows.insert(place, row.clone());
        }
    }

    /// Takes away what was read and is not open any more; returns whether there was any.
    pub fn leave(&mut self, open: Option<SessionId>, now: Timestamp) -> bool {
        let rows = &mut self.page.rows.items;
        let before = rows.len();
        rows.retain(|row| self.query.filter.takes(row, now) || open == Some(row.id));
        rows.len() < before
    }
}
