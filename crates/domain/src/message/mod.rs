//! Messages and the order of their delivery statuses.

pub mod content;
pub mod thread;

use crate::{ids::MessageId, message::content::Said, refusal::Problem, time::Timestamp};
use serde::{Deserialize, Serialize};

/// Characters in a text message at the most.
/// <https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/text-messages>
pub const TEXT_MOST: usize = 4096;

/// A text that can be sent: not blank, at most [`TEXT_MOST`] characters.
pub fn text(body: &str) -> Result<String, Problem> {
    if body.trim().is_empty() {
        Err(Problem::Required)
    } else if body.chars().count() > TEXT_MOST {
        Err(Problem::TooLong)
    } else {
        Ok(body.to_owned())
    }
}

/// Characters in an idempotency key at the most.
pub const KEY_MOST: usize = 255;

/// A key under which a message is stored once, however often it is sent: printable ASCII without spaces around it, as
/// an HTTP header carries it.
pub fn idempotency_key(text: &str) -> Result<String, Problem> {
    let key = text.trim();
    if key.is_empty() {
        Err(Problem::Required)
    } else if key.len() > KEY_MOST {
        Err(Problem::TooLong)
    } else if key.bytes().all(|b| b.is_ascii_graphic() || b == b' ') {
        Ok(key.to_owned())
    } else {
        Err(Problem::NotAToken)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    Inbound,
    Outbound,
}

impl Direction {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::Outbound => "outbound",
        }
    }

    pub fn from_stored(text: &str) -> Self {
        if text == "outbound" {
            Self::Outbound
        } else {
            Self::Inbound
        }
    }
}

/// Whether a message of this kind is WhatsApp's own, such as that a customer's number has changed: nobody has to answer
/// it, and it opens no service window.
pub fn is_by_whatsapp(kind: &str) -> bool {
    kind == SYSTEM
}

/// The kind of WhatsApp's own messages.
pub const SYSTEM: &str = "system";

/// How far an outbound message has come.
///
/// The order is the rank: a status only ever rises, so any order of arrival gives the same end. A late `sent` does
/// not clear a failure; `delivered` and what follows it do, because they can only be true.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// In the outbox.
    Queued,
    /// Meta may have it: its answer was lost, and no status has told. Somebody decides whether to send it again.
    Unconfirmed,
    /// Accepted by Meta.
    Sent,
    Failed,
    Delivered,
    Read,
    /// A voice message was listened to.
    Played,
}

impl Status {
    pub const ALL: [Self; 7] = [
        Self::Queued,
        Self::Unconfirmed,
        Self::Sent,
        Self::Failed,
        Self::Delivered,
        Self::Read,
        Self::Played,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Unconfirmed => "unconfirmed",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Played => "played",
        }
    }

    pub fn from_stored(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// Whether somebody may send the same text again.
    pub fn may_be_retried(self) -> bool {
        matches!(self, Self::Failed | Self::Unconfirmed)
    }

    /// The status after hearing of `news`, in whatever order news come.
    pub fn advance(self, news: Self) -> Self {
        self.max(news)
    }
}

/// What a queued message waits for, if it is not simply its turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Waits {
    /// Somebody paused the channel.
    Paused,
    /// Meta could not be reached, or asked to wait.
    Meta,
    /// Meta may have it: a status will tell.
    Confirmation,
}

/// Why a message was not delivered, or why the last attempt to send an unconfirmed one failed; or, of one that was
/// accepted, why its ticks cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Meta's error code, when Meta gave one.
    pub code: Option<i64>,
    /// Meta's words, or ours when Meta could not be reached.
    pub title: String,
    pub details: Option<String>,
}

/// What a failure means for the one who reads it. The console has the words for each.
/// <https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Meaning {
    /// More than 24 hours since the customer last wrote.
    WindowClosed,
    /// Not on WhatsApp, an old app, or has not accepted the terms.
    Unreachable,
    /// A test number sends only to numbers on its list.
    NotOnTestList,
    /// The channel's access token or its permissions.
    TokenRefused,
    /// Meta has locked or limited the account or the number.
    AccountLimited,
    /// Too many messages, in all or to this customer.
    TooFast,
    /// Meta chose not to deliver.
    Withheld,
    /// Meta was out of order or could not be reached, for too long.
    MetaUnavailable,
    Other,
}

impl Failure {
    pub fn meaning(&self) -> Meaning {
        match self.code {
            None => Meaning::MetaUnavailable,
            Some(131_047) => Meaning::WindowClosed,
            Some(131_026) => Meaning::Unreachable,
            Some(131_030) => Meaning::NotOnTestList,
            Some(0 | 3 | 10 | 190 | 200..=299 | 131_005) => Meaning::TokenRefused,
            Some(33 | 368 | 131_031 | 131_037 | 131_042 | 131_045 | 133_000 | 133_006 | 133_010) => {
                Meaning::AccountLimited
            }
            Some(4 | 80_007 | 130_429 | 131_048 | 131_056) => Meaning::TooFast,
            Some(130_472 | 131_049 | 131_050) => Meaning::Withheld,
            Some(1 | 2 | 131_000 | 131_016 | 131_057 | 133_004) => Meaning::MetaUnavailable,
            Some(_) => Meaning::Other,
        }
    }
}

/// A message as people and scripts see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageView {
    pub id: MessageId,
    pub direction: Direction,
    /// Meta's word for the type: `text`, `image`, `reaction`, …
    pub kind: String,
    /// The text, or whatever in it can be read: a caption, a file's name, a button's title.
    pub text: Option<String>,
    /// Meta's time for inbound, ours for outbound.
    pub at: Timestamp,
    /// Outbound only.
    pub status: Option<Status>,
    pub failure: Option<Failure>,
    /// Of a queued one; only in a thread.
    #[serde(default)]
    pub waits: Option<Waits>,
    /// Who of ours wrote it.
    pub author: Option<String>,
    pub wamid: Option<String>,
    /// The failed message that this one tries again.
    pub retry_of: Option<MessageId>,
    /// The wamid of the message that this one reacts to, edits or deletes.
    pub about: Option<String>,
    /// What such messages made of it. Only a thread shows it so; a list has every message as it came.
    #[serde(default)]
    pub marks: Marks,
    /// What a customer's message says beside its text, where there is such; only in a thread.
    #[serde(default)]
    pub said: Option<Said>,
    /// One of ours wrote it in the WhatsApp Business app on a phone.
    #[serde(default)]
    pub phone: bool,
}

impl MessageView {
    /// Meta's word for what is shown: of one that was taken back nothing is left but that.
    pub fn shown_kind(&self) -> &str {
        if self.marks.deleted { "revoke" } else { &self.kind }
    }
}

/// What became of a message through later ones.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Marks {
    /// The last one of each side.
    pub reactions: Vec<(Direction, String)>,
    pub edited: Option<Edited>,
    /// By whoever wrote it.
    pub deleted: bool,
}

/// The text is another than it was.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Edited {
    /// The message that says so.
    pub by: MessageId,
    /// The text at first.
    pub before: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What a message of the first status has become once Meta tells the second.
    /// <https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/status>
    #[test]
    fn each_tick_after_each_news() {
        use Status::{Delivered, Failed, Played, Queued, Read, Sent, Unconfirmed};
        let told = [Queued, Unconfirmed, Sent, Failed, Delivered, Read, Played];
        let after = [
            // Whatever Meta tells proves that it has the message.
            (
                Queued,
                [Queued, Unconfirmed, Sent, Failed, Delivered, Read, Played],
            ),
            (
                Unconfirmed,
                [Unconfirmed, Unconfirmed, Sent, Failed, Delivered, Read, Played],
            ),
            // A message is accepted first, and fails afterwards.
            (Sent, [Sent, Sent, Sent, Failed, Delivered, Read, Played]),
            // A late `sent` does not clear the failure. What a customer's phone reports is true in spite of it.
            (Failed, [Failed, Failed, Failed, Failed, Delivered, Read, Played]),
            // One phone of several may fail after another has the message.
            (
                Delivered,
                [
                    Delivered, Delivered, Delivered, Delivered, Delivered, Read, Played,
                ],
            ),
            (Read, [Read, Read, Read, Read, Read, Read, Played]),
            (Played, [Played, Played, Played, Played, Played, Played, Played]),
        ];
        for (status, ticks) in after {
            for (news, tick) in told.into_iter().zip(ticks) {
                assert_eq!(status.advance(news), tick, "{status:?}, then {news:?}");
            }
        }
    }

    #[test]
    fn a_key_is_a_header() {
        assert_eq!(idempotency_key(" obj-7 "), Ok("obj-7".to_owned()));
        assert_eq!(idempotency_key("  "), Err(Problem::Required));
        assert_eq!(idempotency_key("klíč"), Err(Problem::NotAToken));
        assert_eq!(idempotency_key("a\0b"), Err(Problem::NotAToken));
        assert!(idempotency_key(&"k".repeat(KEY_MOST)).is_ok());
        assert_eq!(idempotency_key(&"k".repeat(KEY_MOST + 1)), Err(Problem::TooLong));
    }

    #[test]
    fn blank_and_long_texts_are_refused() {
        assert_eq!(text(" \n"), Err(Problem::Required));
        assert_eq!(
            text(&"ž".repeat(TEXT_MOST)).map(|t| t.chars().count()),
            Ok(TEXT_MOST)
        );
        assert_eq!(text(&"ž".repeat(TEXT_MOST + 1)), Err(Problem::TooLong));
    }

    proptest! {
        /// The strongest news decides, whenever it comes.
        #[test]
        fn any_order_of_statuses_ends_with_the_strongest(
            news in proptest::collection::vec(proptest::sample::select(Status::ALL.to_vec()), 1..12),
        ) {
            let words = ["played", "read", "delivered", "failed", "sent", "unconfirmed", "queued"];
            let strongest = words.into_iter().find(|word| news.iter().any(|status| status.as_str() == *word));
            let tick = news.iter().fold(Status::Queued, |status, news| status.advance(*news));
            prop_assert_eq!(Some(tick.as_str()), strongest);
        }
    }
}
