//! The list as it was read, kept up to date by what the stream of events brings.

use super::query::Query;
use crate::live::Change;
use domain::{event::Position, ids::ExtensionId, page::PAGE_DEFAULT, session::InboxPage};
use serde::{Deserialize, Serialize};

/// The rows that were asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    pub query: Query,
    /// Every change up to here is in the page.
    pub position: Position,
    pub page: InboxPage,
}

impl Listed {
    /// Takes in the changes after its position. Returns whether it has to be read again: only the process searches and
    /// knows what comes after the last row.
    pub fn follow<'new>(
        &mut self,
        new: impl Iterator<Item = &'new Change>,
        own: Option<ExtensionId>,
    ) -> bool {
        let most = usize::from(self.query.pages) * PAGE_DEFAULT as usize;
        let mut again = false;
        for change in new {
            self.position = change.at;
            let found = self.query.search.is_empty() || self.page.has(change.session);
            match &change.inbox.row {
                Some(row) if found => self.page.put(self.query.tab, own, row.clone(), most),
                Some(_) => again = true,
                None => self.page.remove(change.session),
            }
        }
        let rows = &self.page.rows;
        again || rows.next_cursor.is_some() && rows.items.len() < most / 2
    }
}
