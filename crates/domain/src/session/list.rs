//! Which sessions a tab shows, and in which order: for the lists that the process reads, and for those that a browser
//! keeps up to date.

use crate::{
    ids::{ExtensionId, SessionId},
    page::cursor,
    session::{InboxPage, SessionRow, State, Tab},
    time::Timestamp,
};
use std::cmp::Ordering;

impl Tab {
    /// Whether a session that the user may see is on this tab of theirs.
    pub fn shows(self, row: &SessionRow, own: Option<ExtensionId>) -> bool {
        let owner = row.owner.as_ref().map(|owner| owner.id);
        match self {
            Self::Mine => owner.is_some() && owner == own && row.state != State::Closed,
            Self::Waiting => row.state == State::Waiting,
            Self::All => true,
        }
    }

    /// The order of two sessions on this tab: the latest message first; of the waiting ones, the longest wait.
    pub fn order(self, one: &SessionRow, other: &SessionRow) -> Ordering {
        match self {
            Self::Mine | Self::All => self.place(other).cmp(&self.place(one)),
            Self::Waiting => self.place(one).cmp(&self.place(other)),
        }
    }

    fn place(self, row: &SessionRow) -> (Timestamp, SessionId) {
        let at = match self {
            Self::Mine | Self::All => row.last_message_at,
            // Who has been answered does not wait, and comes last.
            Self::Waiting => row.waiting_since.unwrap_or(Timestamp::from_millis(i64::MAX)),
        };
        (at, row.id)
    }
}

impl InboxPage {
    /// Puts a session, as it is now, in its place among the first `most`, or takes it away if the tab does not show it
    /// any more.
    pub fn put(&mut self, tab: Tab, own: Option<ExtensionId>, row: SessionRow, most: usize) {
        self.remove(row.id);
        if !tab.shows(&row, own) {
            return;
        }
        let rows = &mut self.rows.items;
        let place = rows.partition_point(|other| tab.order(other, &row).is_lt());
        // Beyond the last one are sessions that were not read.
        if place < rows.len() || self.rows.next_cursor.is_none() {
            rows.insert(place, row);
        }
        if rows.len() > most {
            rows.truncate(most);
            let last = rows.last().map(|row| tab.place(row));
            self.rows.next_cursor = last.map(|(at, id)| cursor(at, id.uuid()));
        }
    }

    pub fn remove(&mut self, id: SessionId) {
        self.rows.items.retain(|row| row.id != id);
    }

    pub fn has(&self, id: SessionId) -> bool {
        self.rows.items.iter().any(|row| row.id == id)
    }
}
