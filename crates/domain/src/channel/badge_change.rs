//! What is recorded when the badge changes.

use crate::{
    channel::{Badge, ChannelView, TokenState},
    doctor::Check,
};
use serde::{Deserialize, Serialize};

/// One reason for the new badge, or for the end of the old one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Reason {
    /// A field is empty.
    Missing {
        field: String,
    },
    /// The last empty field was filled in.
    Complete,
    /// Nobody has called the webhook for this number yet.
    NotCalled,
    /// Meta has called the webhook to verify it.
    Handshake,
    /// A delivery for this number came with a good signature.
    Delivery,
    /// A check fails.
    Check {
        check: Check,
    },
    /// A check failed before and no longer does.
    Mended {
        check: Check,
    },
    /// Meta refuses the access token, with this message.
    TokenRefused {
        answer: Option<String>,
    },
    TokenAccepted,
    /// The refused token was replaced, and nothing is known of the new one.
    TokenReplaced,
    Paused,
    Resumed,
}

/// A change of the badge, or of the checks that degrade the channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BadgeChange {
    pub from: Badge,
    pub to: Badge,
    pub why: Vec<Reason>,
}

impl BadgeChange {
    /// The change since `last` was recorded; a channel begins as a draft.
    pub fn since(last: Option<&Self>, channel: &ChannelView) -> Option<Self> {
        let from = last.map_or(Badge::Draft, |last| last.to);
        let to = channel.badge;
        let known = last.map(Self::checks).unwrap_or_default();
        if from == to && known == channel.degraded_by {
            return None;
        }
        Some(Self {
            from,
            to,
            why: why(from, &known, channel),
        })
    }

    /// The checks that fail since this change.
    fn checks(&self) -> Vec<Check> {
        let checks = self.why.iter().filter_map(|reason| match reason {
            Reason::Check { check } => Some(*check),
            _ => None,
        });
        checks.collect()
    }
}

fn why(from: Badge, known: &[Check], channel: &ChannelView) -> Vec<Reason> {
    let wrong = || {
        channel
            .degraded_by
            .iter()
            .map(|check| Reason::Check { check: *check })
    };
    match (from, channel.badge) {
        (_, Badge::Draft) => {
            let missing = channel.missing().into_iter();
            let missing = missing.map(|field| Reason::Missing {
                field: field.to_owned(),
            });
            missing.collect()
        }
        (_, Badge::Paused) => vec![Reason::Paused],
        (_, Badge::TokenRefused) => vec![Reason::TokenRefused {
            answer: channel.token_answer.clone(),
        }],
        (_, Badge::NotReceiving | Badge::Degraded) => wrong().collect(),
        (Badge::Paused, _) => vec![Reason::Resumed],
        (Badge::Draft, _) => vec![Reason::Complete],
        (_, Badge::WaitingForMeta) => vec![Reason::NotCalled],
        (Badge::TokenRefused, Badge::Active) => match channel.token {
            TokenState::Accepted => vec![Reason::TokenAccepted],
            _ => vec![Reason::TokenReplaced],
        },
        (Badge::WaitingForMeta, Badge::Active) => {
            match channel.last_inbound_at.is_some() && channel.last_inbound_at == channel.webhook_seen_at {
                true => vec![Reason::Delivery],
                false => vec![Reason::Handshake],
            }
        }
        (Badge::NotReceiving | Badge::Degraded | Badge::Active, Badge::Active) => known
            .iter()
            .map(|check| Reason::Mended { check: *check })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{channel::DestinationRef, ids::ChannelId, time::Timestamp};

    fn channel(badge: Badge) -> ChannelView {
        ChannelView {
            id: ChannelId::new(uuid::Uuid::nil()),
            version: 1,
            name: "Support".into(),
            webhook_url: String::new(),
            verify_token: String::new(),
            access_token_end: Some("abcd".into()),
            app_secret_end: Some("abcd".into()),
            next_app_secret_end: None,
            phone_number: Some("+420800555011".into()),
            phone_number_id: Some("300".into()),
            waba_id: None,
            destination: Some(DestinationRef {
                destination: crate::channel::Destination::Queue(crate::ids::QueueId::new(uuid::Uuid::nil())),
                label: "Support".into(),
                disabled: false,
                empty: false,
                presence: None,
            }),
            fallback: None,
            sending: Default::default(),
            paused: false,
            badge,
            degraded_by: Vec::new(),
            webhook_seen_at: Some(Timestamp::from_millis(1)),
            last_inbound_at: None,
            token: TokenState::Accepted,
            token_checked_at: None,
            token_answer: None,
        }
    }

    fn degraded(checks: &[Check]) -> ChannelView {
        ChannelView {
            degraded_by: checks.to_vec(),
            ..channel(Badge::Degraded)
        }
    }

    #[test]
    fn each_change_has_its_reason_and_what_is_no_change_has_none() {
        let mut last: Option<BadgeChange> = None;
        let mut sees = |channel: ChannelView, why: &[Reason]| {
            let to = channel.badge;
            let change = BadgeChange::since(last.as_ref(), &channel).expect("a change");
            assert_eq!((change.to, change.why.as_slice()), (to, why));
            assert_eq!(change.from, last.as_ref().map_or(Badge::Draft, |last| last.to));
            assert_eq!(BadgeChange::since(Some(&change), &channel), None, "only once");
            last = Some(change);
        };
        sees(channel(Badge::WaitingForMeta), &[Reason::Complete]);
        sees(channel(Badge::Active), &[Reason::Handshake]);
        let callback = Reason::Check {
            check: Check::Callback,
        };
        let signature = Reason::Check {
            check: Check::Signature,
        };
        sees(degraded(&[Check::Callback]), std::slice::from_ref(&callback));
        sees(
            degraded(&[Check::Callback, Check::Signature]),
            &[callback, signature],
        );
        let mended = [Check::Callback, Check::Signature].map(|check| Reason::Mended { check });
        sees(channel(Badge::Active), &mended);
        sees(channel(Badge::Paused), &[Reason::Paused]);
        sees(channel(Badge::Active), &[Reason::Resumed]);
        let answer = Some("(190) Session has expired".to_owned());
        let refused = ChannelView {
            token_answer: answer.clone(),
            ..channel(Badge::TokenRefused)
        };
        sees(refused, &[Reason::TokenRefused { answer }]);
        sees(channel(Badge::Active), &[Reason::TokenAccepted]);
        sees(channel(Badge::WaitingForMeta), &[Reason::NotCalled]);
        let delivered = ChannelView {
            last_inbound_at: Some(Timestamp::from_millis(1)),
            ..channel(Badge::Active)
        };
        sees(delivered, &[Reason::Delivery]);
        let draft = ChannelView {
            destination: None,
            ..channel(Badge::Draft)
        };
        let field = "destination".to_owned();
        sees(draft, &[Reason::Missing { field }]);
    }
}
