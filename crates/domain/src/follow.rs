//! A thread that is kept up to date by what events bring, so that it need not be read again.

use crate::{
    event::{Change, InboxChange},
    message::{
        MessageView, Status,
        thread::{speaks, when},
    },
    refusal::Refusal,
    session::{SessionRow, Thread},
};

impl Thread {
    /// Takes in a change of its session. Returns whether the thread has to be read again, because the change does not
    /// bring everything that a thread shows of it.
    #[must_use]
    pub fn follow(&mut self, change: &Change, brought: &InboxChange) -> bool {
        let Some(row) = &brought.row else {
            return true;
        };
        let again = self.needs_more_than(row);
        let unread = std::mem::replace(&mut self.session, row.clone()).unread;
        let followed = match (change, &brought.message) {
            (Change::Read { .. }, _) => self.read_up_to_the_end(),
            // The note itself is a change of the session.
            (Change::Mention { .. } | Change::Reminder { .. }, _) => true,
            (Change::Message { .. }, Some(message)) => {
                self.counts(message, unread) && self.take(message.clone())
            }
            _ => false,
        };
        again || !followed
    }

    /// Whether more depends on the row's new values than what the row itself shows: what the actor may do, the timeline.
    fn needs_more_than(&self, row: &SessionRow) -> bool {
        let before = &self.session;
        let as_before = SessionRow {
            unread: before.unread,
            last_message: before.last_message.clone(),
            last_message_at: before.last_message_at,
            window_closes_at: before.window_closes_at,
            waiting_since: before.waiting_since,
            ..row.clone()
        };
        let (is, was) = (row.window_closes_at, before.window_closes_at);
        // Meta's refusal of a message may show that it has closed.
        let window = is < was || is > was && self.may.reply == Err(Refusal::WindowClosed);
        as_before != *before || window
    }

    /// Only a read of the whole session says where nothing is unread.
    fn read_up_to_the_end(&mut self) -> bool {
        if self.session.unread == 0 {
            self.first_unread = None;
        }
        self.session.unread == 0
    }

    /// Brings `first_unread` up to date, if it follows from the message. `before`: how many were unread.
    fn counts(&mut self, message: &MessageView, before: u32) -> bool {
        let now = self.session.unread;
        let is_known = || self.messages.iter().any(|known| known.id == message.id);
        if now == 0 {
            self.first_unread = None;
            return true;
        }
        if speaks(message) && !is_known() {
            if !self.is_new_end(message) {
                return false;
            }
            self.first_unread.get_or_insert(message.id);
        }
        // Fewer: up to where was it read? Without a first one: its message was read before its event came.
        now >= before && self.first_unread.is_some()
    }

    fn is_new_end(&self, message: &MessageView) -> bool {
        self.messages.last().is_none_or(|last| when(last) < when(message))
    }

    /// Puts the message in its place. False if others change with it.
    fn take(&mut self, message: MessageView) -> bool {
        let known = self.messages.iter().find(|known| known.id == message.id);
        let known_as = known.and_then(|known| known.wamid.as_ref());
        let named = message.wamid.clone().filter(|wamid| known_as != Some(wamid));
        let shows = match known {
            Some(known) => !is_older(&message, known),
            None => self.shows_place_of(&message),
        };
        if shows {
            self.messages.retain(|known| known.id != message.id);
            let place = self
                .messages
                .partition_point(|other| when(other) < when(&message));
            self.messages.insert(place, message);
        }
        !named.is_some_and(|wamid| self.names(&wamid))
    }

    /// Neither below older messages, which are shown without the newer ones, nor above those that have been loaded.
    fn shows_place_of(&self, message: &MessageView) -> bool {
        let first = self.messages.first().map(when);
        !self.cut && (self.whole || first.is_none_or(|first| first < when(message)))
    }

    /// Whether a message that is shown is about the message with this wamid, or answers it: it may have come first.
    fn names(&self, wamid: &str) -> bool {
        self.messages.iter().any(|message| {
            let answers = message
                .content
                .as_ref()
                .and_then(|content| content.answers.as_deref());
            message.about.as_deref() == Some(wamid) || answers == Some(wamid)
        })
    }
}

/// A tick does not go back: what was built before the thread was read may come after it.
fn is_older(message: &MessageView, shown: &MessageView) -> bool {
    shown.status >= Some(Status::Sent) && message.status < shown.status
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        message::{BubbleContent, Direction},
        session::{
            InboxCounts,
            threads::{messages, sketch, thread},
        },
        time::Timestamp,
    };

    fn message(number: u8) -> MessageView {
        messages(number..=number).remove(0)
    }

    fn sent(number: u8, status: Status) -> MessageView {
        MessageView {
            direction: Direction::Outbound,
            status: Some(status),
            ..message(number)
        }
    }

    fn answer(number: u8, to: u8) -> MessageView {
        let content = BubbleContent {
            answers: Some(to.to_string()),
            ..BubbleContent::default()
        };
        MessageView {
            content: Some(content),
            ..message(number)
        }
    }

    /// Whether the thread needs to be read again after this message, with so many unread ones.
    fn follows(thread: &mut Thread, message: MessageView, unread: u32) -> bool {
        let change = Change::Message {
            session: thread.session.id,
            message: message.id,
            inbound: message.direction == Direction::Inbound,
        };
        let row = SessionRow {
            unread,
            ..thread.session.clone()
        };
        !thread.follow(&change, &brought(Some(row), Some(message)))
    }

    fn brought(row: Option<SessionRow>, message: Option<MessageView>) -> InboxChange {
        InboxChange {
            row,
            counts: InboxCounts::default(),
            message,
        }
    }

    #[test]
    fn a_message_is_put_in_its_place() {
        let mut whole = thread(3..=4, None);
        for (number, after) in [(5, "3 4 5"), (2, "2 3 4 5"), (5, "2 3 4 5")] {
            assert!(follows(&mut whole, message(number), 0));
            assert_eq!(sketch(&whole), after);
        }
        let mut part = thread(3..=4, Some("a"));
        assert!(follows(&mut part, message(2), 0));
        assert_eq!(sketch(&part), "^ 3 4", "what stands above is read with it");
        let mut old = thread(3..=4, Some("a"));
        old.cut = true;
        assert!(follows(&mut old, message(5), 0));
        assert_eq!(sketch(&old), "^ 3 4", "newer messages exist between");
    }

    #[test]
    fn the_unread_begin_with_the_first_that_comes() {
        let mut read = thread(1..=2, None);
        assert!(follows(&mut read, message(3), 1) && follows(&mut read, message(4), 2));
        assert_eq!(read.first_unread, Some(message(3).id));
        let mut late = read.clone();
        late.messages.retain(|known| known.id != message(2).id);
        assert!(!follows(&mut late, message(2), 3), "it may have been read");
        let mut partly = read.clone();
        assert!(
            !follows(&mut partly, message(4), 1),
            "somebody has read meanwhile"
        );
        let change = Change::Read {
            session: read.session.id,
        };
        let row = |unread| SessionRow {
            unread,
            ..read.session.clone()
        };
        let (one, none) = (brought(Some(row(1)), None), brought(Some(row(0)), None));
        assert!(partly.follow(&change, &one));
        let mut all = read.clone();
        assert!(!all.follow(&change, &none));
        assert_eq!((all.first_unread, all.session.unread), (None, 0));
    }

    #[test]
    fn the_unread_begin_again_where_an_older_row_came_between() {
        let mut read = thread(1..=3, None);
        (read.session.unread, read.first_unread) = (1, Some(message(3).id));
        // Built before the thread was read, and before the customer wrote.
        assert!(follows(&mut read, sent(2, Status::Delivered), 0));
        assert!(!follows(&mut read, message(3), 1));
    }

    #[test]
    fn a_tick_does_not_go_back() {
        let mut read = thread(1..=1, None);
        for (told, shown) in [
            (Status::Sent, Status::Sent),
            (Status::Read, Status::Read),
            (Status::Delivered, Status::Read),
        ] {
            assert!(follows(&mut read, sent(2, told), 0));
            assert_eq!(read.messages[1].status, Some(shown));
        }
    }

    #[test]
    fn what_names_a_message_that_comes_later_is_read_again() {
        let mut answered = thread(2..=2, None);
        assert!(follows(&mut answered, answer(3, 1), 0));
        assert!(!follows(&mut answered, message(1), 0), "the quote");
        assert!(follows(&mut answered, message(1), 0), "it is known now");
        let mut reacted = thread(2..=2, None);
        reacted.messages[0].about = Some("1".into());
        assert!(!follows(&mut reacted, message(1), 0), "the reaction stands alone");
    }

    #[test]
    fn what_an_event_does_not_bring_is_read_again() {
        let thread = || thread(1..=1, None);
        let row = thread().session;
        let session = row.id;
        let message_of = |id| Change::Message {
            session,
            message: id,
            inbound: true,
        };
        let id = message(1).id;
        let closed = SessionRow {
            closed_at: Some(Timestamp::from_millis(1)),
            ..row.clone()
        };
        for (change, brought) in [
            (Change::Session { session }, brought(Some(row.clone()), None)),
            (message_of(id), brought(Some(row.clone()), None)),
            (message_of(id), brought(None, None)),
            (message_of(id), brought(Some(closed), Some(message(1)))),
        ] {
            assert!(thread().follow(&change, &brought), "{change:?}, {brought:?}");
        }
        let opened = SessionRow {
            window_closes_at: Some(Timestamp::from_millis(1)),
            ..row
        };
        let mut shut = thread();
        shut.may.reply = Err(Refusal::WindowClosed);
        let brought = brought(Some(opened), Some(message(1)));
        assert!(shut.follow(&message_of(id), &brought), "who may answer now?");
    }
}
