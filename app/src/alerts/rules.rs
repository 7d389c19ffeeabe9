//! Which changes are worth an alert.

use crate::live::Change;
use domain::{
    event,
    ids::{ExtensionId, SessionId},
    session::{SessionRow, State},
};

/// What calls for the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    pub session: SessionId,
    pub kind: Kind,
    /// Who writes.
    pub name: String,
    /// What they write, if it has words.
    pub words: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A message in a session of the user's own.
    Mine,
    /// A session that began to wait where the user may pick it up.
    Waiting,
}

/// What this change calls the user with this extension for.
pub fn alert(change: &Change, own: Option<ExtensionId>) -> Option<Alert> {
    let event::Change::Message { inbound: true, .. } = change.what else {
        return None;
    };
    let row = change.inbox.row.as_ref().filter(|row| row.unread > 0)?;
    let kind = match &row.owner {
        Some(owner) if Some(owner.id) == own => Kind::Mine,
        // A supervisor without an extension picks nothing up. Later messages of a session that waits change nothing.
        None if own.is_some() && row.state == State::Waiting && row.unread == 1 => Kind::Waiting,
        _ => return None,
    };
    Some(Alert {
        session: row.id,
        kind,
        name: row.contact.label.clone(),
        words: row.last_message.as_ref().and_then(|last| last.text.clone()),
    })
}

/// Whether an alert of this session is over: somebody has read it, or the user does not see it any more.
pub fn is_over(row: Option<&SessionRow>) -> bool {
    row.is_none_or(|row| row.unread == 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        event::InboxChange,
        ids::{ChannelId, ContactId, MessageId},
        message::Direction,
        position::Position,
        refs::{ChannelRef, ContactRef, ExtensionRef},
        session::{InboxCounts, Preview},
        time::Timestamp,
    };

    const ID: &str = "00000000-0000-0000-0000-000000000001";

    fn extension(id: &str) -> ExtensionRef {
        ExtensionRef {
            id: id.parse().unwrap(),
            number: "201".into(),
            name: "Jana".into(),
        }
    }

    fn row(state: State, owner: Option<&str>, unread: u32) -> SessionRow {
        SessionRow {
            id: ID.parse().unwrap(),
            state,
            contact: ContactRef {
                id: ID.parse::<ContactId>().unwrap(),
                label: "Karel".into(),
                number: None,
                username: None,
            },
            channel: ChannelRef {
                id: ID.parse::<ChannelId>().unwrap(),
                name: "Support".into(),
            },
            queue: None,
            owner: owner.map(extension),
            unread,
            last_message: Some(Preview {
                direction: Direction::Inbound,
                kind: "text".into(),
                text: Some("Hello".into()),
                status: None,
            }),
            last_message_at: Timestamp::from_millis(0),
            window_closes_at: None,
            opened_at: Timestamp::from_millis(0),
            closed_at: None,
            waiting_since: None,
            group: false,
            labels: Vec::new(),
        }
    }

    fn message(inbound: bool, row: Option<SessionRow>) -> Change {
        let session = ID.parse().unwrap();
        Change {
            at: Position { number: 1 },
            session,
            what: event::Change::Message {
                session,
                message: ID.parse::<MessageId>().unwrap(),
                inbound,
            },
            inbox: InboxChange {
                row,
                counts: InboxCounts::default(),
                message: None,
            },
        }
    }

    #[test]
    fn an_alert_is_for_whoever_has_to_do_something() {
        let other = "00000000-0000-0000-0000-000000000002";
        let own = Some(ID.parse().unwrap());
        let kind = |change, own| alert(&change, own).map(|alert: Alert| alert.kind);
        let mine = |unread| Some(row(State::Assigned, Some(ID), unread));
        assert_eq!(kind(message(true, mine(1)), own), Some(Kind::Mine));
        assert_eq!(kind(message(true, mine(5)), own), Some(Kind::Mine));
        assert_eq!(kind(message(true, mine(0)), own), None, "it was read meanwhile");
        assert_eq!(kind(message(false, mine(1)), own), None, "a tick");
        let waiting = |unread| Some(row(State::Waiting, None, unread));
        assert_eq!(kind(message(true, waiting(1)), own), Some(Kind::Waiting));
        assert_eq!(kind(message(true, waiting(2)), own), None);
        assert_eq!(kind(message(true, waiting(1)), None), None, "no extension");
        let theirs = Some(row(State::Assigned, Some(other), 1));
        assert_eq!(kind(message(true, theirs), own), None, "a supervisor sees it");
        assert_eq!(kind(message(true, None), own), None);
    }

    #[test]
    fn what_was_read_or_went_to_somebody_else_is_over() {
        assert!(is_over(None) && is_over(Some(&row(State::Assigned, Some(ID), 0))));
        assert!(!is_over(Some(&row(State::Assigned, Some(ID), 1))));
    }
}
