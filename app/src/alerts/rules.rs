//! Which changes are worth an alert.

use crate::live::Change;
use domain::{alert::Alert, event, ids::ExtensionId, session::SessionRow};

/// What this change calls the user with this extension for.
pub fn alert(change: &Change, own: Option<ExtensionId>) -> Option<Alert> {
    let row = change.inbox.row.as_ref()?;
    match change.what {
        event::Change::Message { inbound: true, .. } => domain::alert::alert(row, 1, own),
        event::Change::Reminder { why, .. } => domain::alert::of_reminder(row, why, own),
        _ => None,
    }
}

/// Whether an alert of this session is over: somebody has read it, or the user does not see it any more.
pub fn is_over(row: Option<&SessionRow>) -> bool {
    row.is_none_or(|row| row.unread == 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        alert::Kind,
        event::InboxChange,
        ids::{ChannelId, ContactId, MessageId},
        message::Direction,
        position::Position,
        refs::{ChannelRef, ContactRef, ExtensionRef},
        session::{InboxCounts, Preview, State},
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
                alias: None,
                profile_name: None,
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
            snoozed_until: None,
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
    fn only_a_message_that_comes_in_is_worth_an_alert() {
        let own = Some(ID.parse().unwrap());
        let kind = |change, own| alert(&change, own).map(|alert: Alert| alert.kind);
        let mine = || Some(row(State::Assigned, Some(ID), 1));
        assert_eq!(kind(message(true, mine()), own), Some(Kind::Mine));
        assert_eq!(kind(message(false, mine()), own), None, "a tick");
        let waiting = Some(row(State::Waiting, None, 1));
        assert_eq!(kind(message(true, waiting), own), Some(Kind::Waiting));
        assert_eq!(kind(message(true, None), own), None);
    }

    #[test]
    fn what_was_read_or_went_to_somebody_else_is_over() {
        assert!(is_over(None) && is_over(Some(&row(State::Assigned, Some(ID), 0))));
        assert!(!is_over(Some(&row(State::Assigned, Some(ID), 1))));
    }
}
