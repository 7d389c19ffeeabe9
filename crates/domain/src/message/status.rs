//! Delivery statuses and their order.

use crate::form::{Problem, unknown};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

/// How far the delivery of an outbound message has come.
///
/// The order is the rank: a status only ever rises, so any order of arrival gives the same result. A late `sent` does
/// not clear a failure; `delivered` and the statuses above it do, because they prove the delivery.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = MessageStatus))]
#[strum(serialize_all = "snake_case", parse_err_ty = Problem, parse_err_fn = unknown)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// In the outbox.
    Queued,
    /// Meta may have the message: its answer was lost, and no status has arrived. Somebody decides whether to send it
    /// again.
    Unconfirmed,
    /// Accepted by Meta.
    Sent,
    Failed,
    Delivered,
    Read,
    /// The customer listened to a voice message.
    Played,
}

impl Status {
    pub const ALL: &'static [Self] = Self::VARIANTS;

    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Whether an operator may send the same text again.
    pub fn may_be_retried(self) -> bool {
        matches!(self, Self::Failed | Self::Unconfirmed)
    }

    /// The status after `news`, in whatever order statuses arrive.
    pub fn advance(self, news: Self) -> Self {
        self.max(news)
    }
}

/// What a queued message waits for, if it does not go at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = MessageWaits))]
#[serde(rename_all = "snake_case")]
pub enum Waits {
    /// Somebody paused the channel.
    Paused,
    /// Meta refuses the channel's access token.
    Token,
    /// Its file is on its way to Meta.
    File,
    /// Meta could not be reached, or asked for a delay.
    Meta,
    /// Meta may have the message: a status will confirm it.
    Confirmation,
    /// WhatsApp limits how fast messages may be sent; this one may go in about so many seconds.
    Turn { seconds: u32 },
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The result of each status followed by each status from Meta.
    /// <https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/status>
    #[test]
    fn each_tick_after_each_news() {
        use Status::{Delivered, Failed, Played, Queued, Read, Sent, Unconfirmed};
        let told = [Queued, Unconfirmed, Sent, Failed, Delivered, Read, Played];
        let after = [
            // Any status from Meta proves that Meta has the message.
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
            // A late `sent` does not clear the failure. A status from a customer's phone does.
            (Failed, [Failed, Failed, Failed, Failed, Delivered, Read, Played]),
            // One of several phones may fail after another has received the message.
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

    proptest! {
        /// The highest status wins, whenever it arrives.
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
