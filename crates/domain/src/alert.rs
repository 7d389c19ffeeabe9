//! What calls for a user who looks elsewhere. An open page tells them itself; the process pushes to their browsers when
//! none is open.

use crate::{
    event::Reminder,
    ids::{ExtensionId, SessionId},
    session::{Mention, SessionRow, State},
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
    /// A note that calls for the user.
    Mention,
    /// A session of the user's own that was put off is back.
    Due,
    /// A customer waits whose service window closes soon.
    Closing,
}

impl Alert {
    /// The console's page that shows it.
    pub fn path(&self) -> String {
        let tab = match self.kind {
            Kind::Mine | Kind::Due => "mine",
            Kind::Waiting => "waiting",
            Kind::Mention | Kind::Closing => "all",
        };
        format!("/inbox/{}?tab={tab}", self.session)
    }
}

/// What a session of which `new` messages have just come calls the user with this extension for. The user sees the session.
pub fn alert(row: &SessionRow, new: u32, own: Option<ExtensionId>) -> Option<Alert> {
    if row.unread == 0 || new == 0 {
        return None;
    }
    let kind = match &row.owner {
        Some(owner) if Some(owner.id) == own => Kind::Mine,
        // A supervisor without an extension picks nothing up. Later messages of a session that waits change nothing.
        None if own.is_some() && row.state == State::Waiting && row.unread <= new => Kind::Waiting,
        _ => return None,
    };
    Some(of_row(row, kind))
}

/// What the time calls the user with this extension for. The user sees the session.
pub fn of_reminder(row: &SessionRow, why: Reminder, own: Option<ExtensionId>) -> Option<Alert> {
    let owner = row.owner.as_ref().map(|owner| owner.id);
    let mine = owner.is_some() && owner == own && row.state == State::Assigned;
    let kind = match why {
        Reminder::SnoozeOver if mine && row.snoozed_until.is_none() => Kind::Due,
        Reminder::WindowCloses if row.waiting_since.is_none() => return None,
        Reminder::WindowCloses if mine => Kind::Closing,
        Reminder::WindowCloses if own.is_some() && row.state == State::Waiting => Kind::Closing,
        Reminder::SnoozeOver | Reminder::WindowCloses => return None,
    };
    Some(of_row(row, kind))
}

fn of_row(row: &SessionRow, kind: Kind) -> Alert {
    Alert {
        session: row.id,
        kind,
        name: row.contact.label.clone(),
        words: row.last_message.as_ref().and_then(|last| last.text.clone()),
    }
}

/// What a note calls its reader for.
pub fn of_mention(mention: &Mention) -> Alert {
    let who = mention.who.as_ref().map(|who| format!("{who}: "));
    Alert {
        session: mention.session,
        kind: Kind::Mention,
        name: mention.contact.label.clone(),
        words: Some(who.unwrap_or_default() + &mention.text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ids::{ChannelId, ContactId},
        message::Direction,
        refs::{ChannelRef, ContactRef, ExtensionRef},
        session::Preview,
        time::Timestamp,
    };

    const ID: &str = "00000000-0000-0000-0000-000000000001";

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
            owner: owner.map(|id| ExtensionRef {
                id: id.parse().unwrap(),
                number: "201".into(),
                name: "Jana".into(),
            }),
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

    #[test]
    fn an_alert_is_for_whoever_has_to_do_something() {
        let other = "00000000-0000-0000-0000-000000000002";
        let own = Some(ID.parse().unwrap());
        let kind = |row, new, own| alert(&row, new, own).map(|alert| alert.kind);
        let mine = |unread| row(State::Assigned, Some(ID), unread);
        assert_eq!(kind(mine(1), 1, own), Some(Kind::Mine));
        assert_eq!(kind(mine(5), 1, own), Some(Kind::Mine));
        assert_eq!(kind(mine(0), 1, own), None, "it was read meanwhile");
        assert_eq!(kind(mine(1), 0, own), None, "a tick");
        let waiting = |unread| row(State::Waiting, None, unread);
        assert_eq!(kind(waiting(1), 1, own), Some(Kind::Waiting));
        assert_eq!(kind(waiting(2), 1, own), None, "it waited before");
        assert_eq!(kind(waiting(2), 2, own), Some(Kind::Waiting), "both came at once");
        assert_eq!(kind(waiting(1), 1, None), None, "no extension");
        let theirs = row(State::Assigned, Some(other), 1);
        assert_eq!(kind(theirs, 1, own), None, "a supervisor sees it");
    }

    #[test]
    fn the_time_calls_whoever_can_still_do_something() {
        let own = Some(ID.parse().unwrap());
        let kind = |row: &SessionRow, why| of_reminder(row, why, own).map(|alert| alert.kind);
        let waits = |row: SessionRow| SessionRow {
            waiting_since: Some(Timestamp::from_millis(0)),
            ..row
        };
        let mine = row(State::Assigned, Some(ID), 0);
        assert_eq!(kind(&mine, Reminder::SnoozeOver), Some(Kind::Due));
        assert_eq!(kind(&mine, Reminder::WindowCloses), None, "it is answered");
        let mine = waits(mine);
        assert_eq!(kind(&mine, Reminder::WindowCloses), Some(Kind::Closing));
        let free = waits(row(State::Waiting, None, 1));
        assert_eq!(kind(&free, Reminder::WindowCloses), Some(Kind::Closing));
        assert_eq!(kind(&free, Reminder::SnoozeOver), None, "nobody put it off");
        let other = "00000000-0000-0000-0000-000000000002";
        let theirs = waits(row(State::Assigned, Some(other), 1));
        for why in [Reminder::SnoozeOver, Reminder::WindowCloses] {
            assert_eq!(kind(&theirs, why), None, "a supervisor sees it");
        }
        let again = SessionRow {
            snoozed_until: Some(Timestamp::from_millis(1)),
            ..row(State::Assigned, Some(ID), 0)
        };
        assert_eq!(kind(&again, Reminder::SnoozeOver), None, "it was put off again");
    }
}
