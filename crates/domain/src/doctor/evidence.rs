//! What the doctor goes by: our own records, and Meta's answers put into our words.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A question to Meta and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Probe<T> {
    Seen(T),
    /// Meta answered with an error.
    Refused {
        code: i64,
        subcode: Option<i64>,
        message: String,
    },
    /// No answer, or one that is not Meta's.
    Down {
        why: String,
    },
    /// Something that the question needs is missing.
    NotAsked,
}

impl<T> Probe<T> {
    pub fn seen(&self) -> Option<&T> {
        match self {
            Self::Seen(seen) => Some(seen),
            _ => None,
        }
    }
}

/// What an attempt to call our own public address showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// The address is this machine's own: there was nothing to try.
    NotTried,
    Ours,
    NotUs {
        status: u16,
    },
    BadCertificate {
        why: String,
    },
    Unreachable {
        why: String,
    },
}

/// What Meta says of the access token.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TokenSeen {
    pub app_id: Option<String>,
    /// `SYSTEM_USER`, `USER`, …
    pub kind: Option<String>,
    pub valid: bool,
    /// `None`: never.
    pub expires_at: Option<Timestamp>,
    pub scopes: Vec<String>,
    /// WhatsApp Business Accounts that the token is limited to; empty: all of its business.
    pub wabas: Vec<String>,
    /// Why it is not valid, in Meta's code, subcode and words.
    pub error: Option<(i64, Option<i64>, String)>,
}

/// Whether the app secret is that of the token's app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AppSecret {
    Right,
    Wrong,
}

/// What Meta says of the phone-number id.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NumberSeen {
    /// As Meta writes it: `+420 777 123 456`.
    pub display: Option<String>,
    pub verified_name: Option<String>,
    /// `CLOUD_API` once the number is registered.
    pub platform: Option<String>,
    /// `CONNECTED`, `PENDING`, …
    pub status: Option<String>,
    /// `GREEN`, `YELLOW`, `RED`, `UNKNOWN`.
    pub quality: Option<String>,
    pub throughput: Option<String>,
    /// Addresses that Meta calls: the number's own, its account's, its app's.
    pub callback_of_number: Option<String>,
    pub callback_of_waba: Option<String>,
    pub callback_of_app: Option<String>,
}

/// Which apps the WhatsApp Business Account sends to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WabaSubscription {
    pub app_ids: Vec<String>,
}

/// Where and what the app is subscribed to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AppSubscription {
    pub callback_url: String,
    pub fields: Vec<String>,
    pub active: bool,
}

/// On which level Meta is told an address; the more special one wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    Number,
    Waba,
    App,
}

/// Another channel of the same Meta app. What Meta delivers to its address for this channel's number comes here, too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kin {
    pub name: String,
    pub webhook_url: String,
}

/// Whether somebody takes the new sessions of a destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taker {
    NotChosen,
    Disabled,
    /// An extension as which nobody can log in, or a queue in which there are only such.
    Empty,
    Ready,
}

/// Everything that a diagnosis needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    pub now: Timestamp,
    pub public_url: String,
    pub reach: Reach,
    /// This channel's own webhook address.
    pub webhook_url: String,
    /// Channels with the same app secret: Meta has one address for the whole app.
    pub kin: Vec<Kin>,
    pub has_access_token: bool,
    pub has_app_secret: bool,
    pub phone_number: Option<String>,
    pub phone_number_id: Option<String>,
    pub waba_id: Option<String>,
    /// Meta verified this channel's address.
    pub handshake_at: Option<Timestamp>,
    /// Meta last verified the address of this channel or of one of its kin.
    pub app_verified_at: Option<Timestamp>,
    pub last_inbound_at: Option<Timestamp>,
    pub last_status_at: Option<Timestamp>,
    /// In a row, since the last good one.
    pub signature_failures: u32,
    pub signature_failed_at: Option<Timestamp>,
    pub token: Probe<TokenSeen>,
    /// The token's app, by its own word or as it was known before.
    pub app_id: Option<String>,
    pub app_secret: Probe<AppSecret>,
    pub number: Probe<NumberSeen>,
    pub waba: Probe<WabaSubscription>,
    /// The phone-number ids that the account lists.
    pub waba_numbers: Probe<Vec<String>>,
    /// `None`: the app has no subscription for WhatsApp.
    pub app: Probe<Option<AppSubscription>>,
    /// Seconds by which our clock is ahead of Meta's.
    pub clock_ahead: Option<i64>,
    pub destination: Taker,
    pub fallback: Taker,
    /// Meta's servers are shut out by the allowed countries.
    pub webhooks_blocked: bool,
    pub files_blocked: bool,
}
