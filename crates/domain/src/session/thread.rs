//! A thread is read from its end upwards, page by page. It follows the events, and where they do not bring everything,
//! its end is read again.

use crate::{
    contact_block::ContactBlock,
    contact_merge::Merged,
    contact_note::ContactNote,
    ids::{MessageId, SessionId},
    message::{MessageView, thread::when},
    position::Position,
    session::{May, SessionEvent, SessionRow},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

impl Thread {
    /// Puts an earlier page on top.
    pub fn put_above(&mut self, read: Above) {
        for stretch in read.stretches.into_iter().rev() {
            if stretch.session.id == self.session.id {
                prepend(&mut self.messages, stretch.messages);
                self.whole = stretch.whole;
                continue;
            }
            match self.earlier.first_mut() {
                Some(first) if first.session.id == stretch.session.id => {
                    prepend(&mut first.messages, stretch.messages);
                    first.whole = stretch.whole;
                }
                _ => self.earlier.insert(0, stretch),
            }
        }
        self.above = read.above;
    }

    /// Replaces the end of the thread by a fresh read and keeps the earlier pages above it. If so many messages have
    /// arrived that the two do not overlap, the earlier pages are dropped and read again.
    pub fn renew(&mut self, fresh: Self) {
        let known: HashSet<_> = self.messages.iter().map(|message| message.id).collect();
        let meets = fresh.whole
            || self.messages.is_empty()
            || fresh.messages.iter().any(|message| known.contains(&message.id));
        // Merged with others, the contact has another history.
        let with = |thread: &Self| -> Vec<_> {
            let contacts = thread.merged.contacts.iter();
            contacts.map(|merged| merged.contact.id).collect()
        };
        let same = with(self) == with(&fresh);
        if self.session.id != fresh.session.id || self.cut != fresh.cut || !meets || !same {
            *self = fresh;
            return;
        }
        let old = std::mem::replace(self, fresh);
        let first = self.messages.first().map(when);
        let mut kept = old.messages;
        kept.retain(|message| !self.whole && first.is_some_and(|first| when(message) < first));
        if !kept.is_empty() {
            self.whole = old.whole;
        }
        if !kept.is_empty() || !old.earlier.is_empty() {
            self.above = old.above;
        }
        self.earlier = old.earlier;
        prepend(&mut self.messages, kept);
        for changed in std::mem::take(&mut self.changed_above) {
            self.replace(changed);
        }
    }

    /// The answered message may be on another page: keeps the existing quote.
    fn replace(&mut self, mut changed: MessageView) {
        let earlier = self
            .earlier
            .iter_mut()
            .flat_map(|stretch| stretch.messages.iter_mut());
        let mut all = earlier.chain(self.messages.iter_mut());
        if let Some(message) = all.find(|message| message.id == changed.id) {
            if let (Some(content), Some(before)) = (&mut changed.content, &mut message.content) {
                content.quote = content.quote.take().or_else(|| before.quote.take());
            }
            *message = changed;
        }
    }
}

/// Skips messages that are already there.
fn prepend(messages: &mut Vec<MessageView>, mut above: Vec<MessageView>) {
    let known: HashSet<_> = messages.iter().map(|message| message.id).collect();
    above.retain(|message| !known.contains(&message.id));
    above.append(messages);
    *messages = above;
}

/// Why messages that are written now are not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Blocked {
    /// Somebody paused the channel: messages wait.
    Paused,
    /// Meta refuses the channel's access token: messages fail.
    TokenRefused,
    /// The channel has no access token or no number, or is deleted: nothing can be sent.
    Incomplete,
}

/// An open session: its end, and the earlier pages that have been loaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thread {
    /// Every change up to here is in it.
    pub position: Position,
    pub session: SessionRow,
    /// Oldest first.
    pub messages: Vec<MessageView>,
    /// `messages` begins with the session's first message.
    pub whole: bool,
    /// The loaded part of the contact's earlier sessions, oldest first.
    pub earlier: Vec<Stretch>,
    /// The cursor for reading upwards; `None` at the very beginning.
    pub above: Option<String>,
    /// Newer messages exist that are not in `messages`.
    pub cut: bool,
    /// The first unread message, which may be above `messages`.
    pub first_unread: Option<MessageId>,
    /// Messages above `messages` that a message in it has changed: reacted to, edited, deleted.
    pub changed_above: Vec<MessageView>,
    /// Oldest first.
    pub timeline: Vec<SessionEvent>,
    /// The contact's earlier sessions that the actor may see, the latest first; at most as many as the details list.
    pub past: Vec<EarlierSession>,
    pub may: May,
    pub blocked: Option<Blocked>,
    /// The actor may send a template, even while the service window is closed.
    #[serde(default)]
    pub templates: bool,
    /// The contact is blocked on the session's channel.
    #[serde(default)]
    pub contact_block: Option<ContactBlock>,
    /// About the contact.
    #[serde(default)]
    pub contact_note: ContactNote,
    /// What the reader typed as this note in a form that was refused, where no script has kept it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsaved_note: Option<String>,
    #[serde(default)]
    pub merged: Merged,
}

/// An earlier session of a contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlierSession {
    pub id: SessionId,
    pub channel: String,
    /// The session's owner.
    pub owner: Option<String>,
    pub opened_at: Timestamp,
    pub closed_at: Option<Timestamp>,
    /// The session was in a WhatsApp group, where others read along.
    #[serde(default)]
    pub group: bool,
}

/// Consecutive messages of one session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stretch {
    pub session: EarlierSession,
    /// Oldest first.
    pub messages: Vec<MessageView>,
    /// `messages` begins with the session's first message.
    pub whole: bool,
    /// Oldest first.
    pub timeline: Vec<SessionEvent>,
}

/// The page above the part of a thread that is already loaded, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Above {
    pub stretches: Vec<Stretch>,
    pub above: Option<String>,
}

#[cfg(test)]
pub(crate) mod tests {
    use crate::{
        ids::{ChannelId, ContactId, MessageId, SessionId},
        message::{Direction, Marks, MessageView},
        position::Position,
        refs::{ChannelRef, ContactRef},
        session::{Above, EarlierSession, May, SessionRow, State, Stretch, Thread},
        time::Timestamp,
    };
    use uuid::Uuid;

    pub(crate) fn messages(numbers: std::ops::RangeInclusive<u8>) -> Vec<MessageView> {
        let one = |n: u8| MessageView {
            id: MessageId::new(Uuid::from_u128(n.into())),
            direction: Direction::Inbound,
            kind: "text".into(),
            text: Some(n.to_string()),
            at: Timestamp::from_seconds(n.into()),
            status: None,
            failure: None,
            waits: None,
            author: None,
            by_token: false,
            wamid: Some(n.to_string()),
            retry_of: None,
            about: None,
            marks: Marks::default(),
            content: None,
            phone: false,
        };
        numbers.map(one).collect()
    }

    fn session(n: u128) -> SessionId {
        SessionId::new(Uuid::from_u128(n))
    }

    pub(crate) fn thread(numbers: std::ops::RangeInclusive<u8>, above: Option<&str>) -> Thread {
        Thread {
            position: Position::default(),
            session: SessionRow {
                id: session(1),
                state: State::Waiting,
                contact: ContactRef {
                    id: ContactId::new(Uuid::nil()),
                    label: "K".into(),
                    alias: None,
                    profile_name: None,
                    number: None,
                    username: None,
                },
                channel: ChannelRef {
                    id: ChannelId::new(Uuid::nil()),
                    name: "C".into(),
                },
                queue: None,
                owner: None,
                unread: 0,
                last_message: None,
                last_message_at: Timestamp::from_millis(0),
                window_closes_at: None,
                opened_at: Timestamp::from_millis(0),
                closed_at: None,
                waiting_since: None,
                snoozed_until: None,
                group: false,
                labels: Vec::new(),
            },
            messages: messages(numbers),
            whole: above.is_none(),
            earlier: vec![],
            above: above.map(str::to_owned),
            cut: false,
            first_unread: None,
            changed_above: vec![],
            timeline: vec![],
            past: vec![],
            may: May {
                shows_typing: false,
                pick_up: false,
                reply: Ok(()),
                reads: true,
                close: false,
                take_over: false,
                transfer: false,
                reopen: false,
                saves: false,
                snooze: false,
                block: false,
                erase: false,
            },
            blocked: None,
            templates: false,
            contact_block: None,
            contact_note: Default::default(),
            unsaved_note: None,
            merged: Default::default(),
        }
    }

    fn stretch(of: u128, numbers: std::ops::RangeInclusive<u8>, whole: bool) -> Stretch {
        Stretch {
            session: EarlierSession {
                id: session(of),
                channel: "C".into(),
                owner: None,
                opened_at: Timestamp::from_millis(0),
                closed_at: None,
                group: false,
            },
            messages: messages(numbers),
            whole,
            timeline: vec![],
        }
    }

    fn above(stretches: Vec<Stretch>, above: Option<&str>) -> Above {
        Above {
            stretches,
            above: above.map(str::to_owned),
        }
    }

    /// The numbers of the messages, earlier sessions first, and the cursor for reading upwards.
    pub(crate) fn sketch(thread: &Thread) -> String {
        let numbers = |messages: &[MessageView]| {
            let texts = messages.iter().filter_map(|message| message.text.clone());
            texts.collect::<Vec<_>>().join(" ")
        };
        let mut text = String::new();
        for stretch in &thread.earlier {
            text.push_str(&numbers(&stretch.messages));
            text.push_str(if stretch.whole { " | " } else { " … | " });
        }
        text.push_str(&numbers(&thread.messages));
        format!("{}{text}", if thread.above.is_some() { "^ " } else { "" })
    }

    #[test]
    fn pages_come_on_top_over_the_borders_of_sessions() {
        let mut read = thread(7..=9, Some("a"));
        read.put_above(above(
            vec![stretch(3, 4..=4, false), stretch(1, 5..=6, true)],
            Some("b"),
        ));
        assert_eq!(sketch(&read), "^ 4 … | 5 6 7 8 9");
        assert!(read.whole);
        read.put_above(above(
            vec![stretch(2, 1..=2, true), stretch(3, 3..=3, true)],
            None,
        ));
        assert_eq!(sketch(&read), "1 2 | 3 4 | 5 6 7 8 9");
    }

    #[test]
    fn a_new_end_keeps_what_was_read_above() {
        let mut read = thread(5..=6, Some("a"));
        read.put_above(above(vec![stretch(1, 3..=4, false)], Some("b")));
        read.renew(thread(6..=7, Some("c")));
        assert_eq!(sketch(&read), "^ 3 4 5 6 7");
        assert_eq!(read.above.as_deref(), Some("b"));
        read.put_above(above(
            vec![stretch(2, 1..=1, true), stretch(1, 2..=2, true)],
            None,
        ));
        read.renew(thread(7..=8, Some("d")));
        assert_eq!(sketch(&read), "1 | 2 3 4 5 6 7 8");
        assert!(read.whole);
    }

    #[test]
    fn an_end_that_does_not_meet_what_was_read_leaves_no_gap() {
        let mut read = thread(1..=3, None);
        read.renew(thread(5..=6, Some("a")));
        assert_eq!(sketch(&read), "^ 5 6");
    }

    #[test]
    fn a_short_session_that_is_read_again_is_whole() {
        let mut read = thread(1..=2, None);
        read.renew(thread(1..=3, None));
        assert_eq!(sketch(&read), "1 2 3");
        // A message that arrived late is placed by its time.
        let mut late = thread(1..=3, None);
        late.messages.remove(1);
        late.renew(thread(1..=3, None));
        assert_eq!(sketch(&late), "1 2 3");
    }

    #[test]
    fn what_the_end_changed_above_it_is_changed_there() {
        let mut read = thread(2..=3, Some("a"));
        read.put_above(above(vec![stretch(1, 1..=1, true)], None));
        let mut fresh = thread(2..=4, Some("a"));
        fresh.changed_above = messages(1..=1);
        fresh.changed_above[0].marks.deleted = true;
        read.renew(fresh);
        assert_eq!(sketch(&read), "1 2 3 4");
        assert!(read.messages[0].marks.deleted);
    }
}
