//! The badge, and the facts that it is derived from.

use crate::channel::TokenState;
use serde::{Deserialize, Serialize};

/// Everything that the badge is derived from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ChannelFacts {
    pub has_access_token: bool,
    pub has_app_secret: bool,
    pub has_number: bool,
    pub has_destination: bool,
    /// Meta's handshake was answered, or a delivery for this number came with a good signature.
    pub webhook_seen: bool,
    pub token: TokenState,
    pub paused: bool,
    /// The doctor found something that stops every inbound message.
    pub cut_off: bool,
    /// The doctor found a problem that does not stop the channel altogether.
    pub degraded: bool,
}

/// The state of a channel in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ChannelBadge))]
#[serde(rename_all = "snake_case")]
pub enum Badge {
    /// A field that Meta or the routing needs is still empty.
    Draft,
    /// Everything is filled in, but Meta has not called the webhook yet.
    WaitingForMeta,
    Active,
    /// No messages come in; the reasons are shown beside the badge.
    NotReceiving,
    /// The channel works, but something is wrong; the reasons are shown beside the badge.
    Degraded,
    /// Meta refuses the access token: nothing can be sent.
    TokenRefused,
    /// Somebody paused the channel: inbound messages are stored, nothing is sent.
    Paused,
}

impl ChannelFacts {
    pub fn badge(&self) -> Badge {
        if !(self.has_access_token && self.has_app_secret && self.has_number && self.has_destination) {
            Badge::Draft
        } else if self.paused {
            Badge::Paused
        } else if self.token == TokenState::Refused {
            Badge::TokenRefused
        } else if !self.webhook_seen {
            Badge::WaitingForMeta
        } else if self.cut_off {
            Badge::NotReceiving
        } else if self.degraded {
            Badge::Degraded
        } else {
            Badge::Active
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complete() -> ChannelFacts {
        ChannelFacts {
            has_access_token: true,
            has_app_secret: true,
            has_number: true,
            has_destination: true,
            webhook_seen: true,
            token: TokenState::Accepted,
            paused: false,
            cut_off: false,
            degraded: false,
        }
    }

    #[test]
    fn the_badge_follows_the_facts() {
        assert_eq!(complete().badge(), Badge::Active);
        assert_eq!(
            ChannelFacts {
                token: TokenState::Unknown,
                ..complete()
            }
            .badge(),
            Badge::Active
        );
        assert_eq!(
            ChannelFacts {
                has_app_secret: false,
                ..complete()
            }
            .badge(),
            Badge::Draft
        );
        assert_eq!(
            ChannelFacts {
                webhook_seen: false,
                ..complete()
            }
            .badge(),
            Badge::WaitingForMeta
        );
        assert_eq!(
            ChannelFacts {
                token: TokenState::Refused,
                ..complete()
            }
            .badge(),
            Badge::TokenRefused
        );
        assert_eq!(
            ChannelFacts {
                degraded: true,
                ..complete()
            }
            .badge(),
            Badge::Degraded
        );
        assert_eq!(
            ChannelFacts {
                cut_off: true,
                degraded: true,
                ..complete()
            }
            .badge(),
            Badge::NotReceiving
        );
    }
}
