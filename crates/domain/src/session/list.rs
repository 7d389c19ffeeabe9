//! Which sessions a tab shows, and in which order, for the lists that a browser keeps up to date. The database has the
//! same rules as conditions and indexes, in the engine's `sessions/access.rs` and `sessions/order.rs`.

use crate::{
    ids::{ExtensionId, SessionId},
    page::{Page, place},
    session::{Filter, InboxPage, SessionRow, State, Tab},
    time::{SERVICE_WINDOW, Timestamp},
};
use std::{cmp::Ordering, collections::HashSet};

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
}

/// Which sessions a list shows.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    pub tab: Tab,
    pub filter: Filter,
    /// The reader's extension.
    pub own: Option<ExtensionId>,
    pub now: Timestamp,
}

impl Part {
    pub fn shows(self, row: &SessionRow) -> bool {
        let put_off = self.tab == Tab::Mine && !self.filter.snoozed && row.snoozed_until.is_some();
        !put_off && self.tab.shows(row, self.own) && self.filter.takes(row, self.now)
    }

    /// The order of two sessions in this list: the latest message first; of the waiting ones, the longest wait; or the
    /// service window that closes first.
    pub fn order(self, one: &SessionRow, other: &SessionRow) -> Ordering {
        self.in_order(self.place(one), self.place(other))
    }

    fn in_order(self, one: (Timestamp, SessionId), other: (Timestamp, SessionId)) -> Ordering {
        match self.latest_first() {
            true => other.cmp(&one),
            false => one.cmp(&other),
        }
    }

    fn latest_first(self) -> bool {
        !self.filter.closing && self.tab != Tab::Waiting
    }

    fn place(self, row: &SessionRow) -> (Timestamp, SessionId) {
        let last = Timestamp::from_millis(i64::MAX);
        let at = match self.tab {
            // Of open windows, the one after the oldest message closes first. The process sorts by the messages.
            _ if self.filter.closing => row
                .window_closes_at
                .map_or(last, |closes| closes.minus(SERVICE_WINDOW)),
            Tab::Mine | Tab::All => row.last_message_at,
            // Who has been answered does not wait, and comes last.
            Tab::Waiting => row.waiting_since.unwrap_or(last),
        };
        (at, row.id)
    }
}

impl InboxPage {
    /// Puts a session, as it is now, in its place, or takes it away if the list does not show it any more.
    pub fn put(&mut self, part: Part, row: SessionRow) {
        self.remove(row.id);
        // What comes after the cursor was not read.
        let read_to = self.rows.next_cursor.as_deref().and_then(place);
        let is_read = |(at, id)| part.in_order(part.place(&row), (at, SessionId::new(id))).is_le();
        if part.shows(&row) && read_to.is_none_or(is_read) {
            let rows = &mut self.rows.items;
            let place = rows.partition_point(|other| part.order(other, &row).is_lt());
            rows.insert(place, row);
        }
    }

    /// Adds the page that was read from the cursor on. A session that has moved meanwhile stays where it is now.
    pub fn append(&mut self, next: Page<SessionRow>) {
        let known: HashSet<SessionId> = self.rows.items.iter().map(|row| row.id).collect();
        let fresh = next.items.into_iter().filter(|row| !known.contains(&row.id));
        self.rows.items.extend(fresh);
        self.rows.next_cursor = next.next_cursor;
    }

    pub fn remove(&mut self, id: SessionId) {
        self.rows.items.retain(|row| row.id != id);
    }

    pub fn has(&self, id: SessionId) -> bool {
        self.rows.items.iter().any(|row| row.id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ids::{ChannelId, ContactId},
        page::cursor,
        refs::{ChannelRef, ContactRef, ExtensionRef},
        session::{By, Several},
    };
    use uuid::Uuid;

    fn row(n: u128, at: i64) -> SessionRow {
        SessionRow {
            id: SessionId::new(Uuid::from_u128(n)),
            state: State::Waiting,
            contact: ContactRef {
                id: ContactId::new(Uuid::nil()),
                label: n.to_string(),
                alias: None,
                profile_name: None,
                number: None,
                username: None,
            },
            channel: ChannelRef {
                id: ChannelId::new(Uuid::nil()),
                name: String::new(),
            },
            queue: None,
            owner: None,
            unread: 1,
            last_message: None,
            last_message_at: Timestamp::from_millis(at),
            window_closes_at: None,
            opened_at: Timestamp::from_millis(0),
            closed_at: None,
            waiting_since: Some(Timestamp::from_millis(at)),
            snoozed_until: None,
            group: false,
            labels: Vec::new(),
        }
    }

    fn page(rows: Vec<SessionRow>, more: bool) -> InboxPage {
        let last = rows.last().filter(|_| more);
        let next_cursor = last.map(|row| cursor(row.last_message_at, row.id.uuid()));
        InboxPage {
            rows: Page {
                items: rows,
                next_cursor,
            },
            several: Several::default(),
        }
    }

    fn on(tab: Tab, own: Option<ExtensionId>) -> Part {
        Part {
            tab,
            filter: Filter::default(),
            own,
            now: Timestamp::from_millis(0),
        }
    }

    fn names(page: &InboxPage) -> String {
        page.rows
            .items
            .iter()
            .map(|row| row.contact.label.as_str())
            .collect()
    }

    #[test]
    fn a_row_moves_to_its_place() {
        let mut all = page(vec![row(1, 30), row(2, 20), row(3, 10)], false);
        all.put(on(Tab::All, None), row(3, 25));
        assert_eq!(names(&all), "132");
        all.put(on(Tab::All, None), row(4, 20));
        assert_eq!(names(&all), "1342", "of one time, the later id comes first");
        let mut waiting = page(vec![row(1, 10), row(2, 20)], false);
        let answered = SessionRow {
            waiting_since: None,
            ..row(1, 40)
        };
        waiting.put(on(Tab::Waiting, None), answered);
        waiting.put(on(Tab::Waiting, None), row(3, 30));
        assert_eq!(names(&waiting), "231", "whoever was answered comes last");
    }

    #[test]
    fn what_comes_after_the_last_row_was_not_read() {
        let mut cut = page(vec![row(1, 30), row(2, 20)], true);
        cut.put(on(Tab::All, None), row(3, 10));
        assert_eq!(names(&cut), "12");
        cut.put(on(Tab::All, None), row(2, 5));
        assert_eq!(names(&cut), "1", "and what has moved there is gone");
        cut.put(on(Tab::All, None), row(4, 25));
        assert_eq!(names(&cut), "14", "but the row that was the last one was read");
        cut.append(Page {
            items: vec![row(1, 15), row(5, 10)],
            next_cursor: None,
        });
        assert_eq!(names(&cut), "145", "a row that has moved is shown once");
    }

    #[test]
    fn a_session_leaves_the_tabs_that_do_not_show_it() {
        let me = ExtensionRef {
            id: ExtensionId::new(Uuid::from_u128(201)),
            number: "201".into(),
            name: "Jana".into(),
        };
        let own = Some(me.id);
        let taken = SessionRow {
            state: State::Assigned,
            owner: Some(me),
            ..row(1, 10)
        };
        let mut waiting = page(vec![row(1, 10)], false);
        waiting.put(on(Tab::Waiting, own), taken.clone());
        let mut mine = page(Vec::new(), false);
        mine.put(on(Tab::Mine, own), taken.clone());
        assert_eq!((names(&waiting), names(&mine)), (String::new(), "1".to_owned()));
        let closed = SessionRow {
            state: State::Closed,
            ..taken
        };
        mine.put(on(Tab::Mine, own), closed);
        assert_eq!(names(&mine), "");
        mine.put(on(Tab::Mine, None), row(2, 10));
        assert_eq!(names(&mine), "", "somebody without an extension owns none");
    }

    #[test]
    fn what_was_read_leaves_a_list_of_the_unread() {
        let unread = Part {
            filter: Filter {
                unread: true,
                ..Filter::default()
            },
            ..on(Tab::All, None)
        };
        let mut all = page(vec![row(1, 30), row(2, 20)], false);
        let read = SessionRow {
            unread: 0,
            ..row(1, 30)
        };
        all.put(unread, read.clone());
        assert_eq!(names(&all), "2");
        all.put(on(Tab::All, None), read);
        assert_eq!(names(&all), "12");
    }

    #[test]
    fn what_is_put_off_leaves_its_owners_list() {
        let me = ExtensionRef {
            id: ExtensionId::new(Uuid::from_u128(201)),
            number: "201".into(),
            name: "Jana".into(),
        };
        let own = Some(me.id);
        let here = SessionRow {
            state: State::Assigned,
            owner: Some(me),
            ..row(1, 10)
        };
        let put_off = SessionRow {
            snoozed_until: Some(Timestamp::from_millis(500)),
            ..here.clone()
        };
        let snoozed = |tab| Part {
            filter: Filter {
                snoozed: true,
                ..Filter::default()
            },
            ..on(tab, own)
        };
        assert!(on(Tab::Mine, own).shows(&here) && !on(Tab::Mine, own).shows(&put_off));
        assert!(!snoozed(Tab::Mine).shows(&here) && snoozed(Tab::Mine).shows(&put_off));
        assert!(on(Tab::All, own).shows(&put_off) && snoozed(Tab::All).shows(&put_off));
    }

    #[test]
    fn a_list_is_narrowed_to_one_owner_and_one_queue() {
        let (me, support) = (Uuid::from_u128(201), Uuid::from_u128(7));
        let taken = SessionRow {
            owner: Some(ExtensionRef {
                id: ExtensionId::new(me),
                number: "201".into(),
                name: "Jana".into(),
            }),
            ..row(1, 10)
        };
        let of = |by, one| Part {
            filter: Filter::default().with(by, Some(one)),
            ..on(Tab::All, None)
        };
        assert!(of(By::Owner, me).shows(&taken) && !of(By::Owner, me).shows(&row(1, 10)));
        assert!(!of(By::Owner, support).shows(&taken) && !of(By::Queue, support).shows(&taken));
        assert!(of(By::Channel, Uuid::nil()).shows(&taken) && !of(By::Channel, me).shows(&taken));
    }

    #[test]
    fn the_window_that_closes_first_comes_first() {
        let closing = Part {
            filter: Filter {
                closing: true,
                ..Filter::default()
            },
            now: Timestamp::from_millis(100),
            ..on(Tab::All, None)
        };
        let closes = |n, at| SessionRow {
            window_closes_at: Some(Timestamp::from_millis(at)),
            ..row(n, 10)
        };
        let mut all = page(Vec::new(), false);
        for row in [closes(1, 300), closes(2, 200), closes(3, 100), row(4, 10)] {
            all.put(closing, row);
        }
        let closed = SessionRow {
            state: State::Closed,
            ..closes(5, 400)
        };
        all.put(closing, closed);
        assert_eq!(names(&all), "21", "a window that is over is not listed");
    }
}
