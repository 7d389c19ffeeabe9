//! The doctor's input: the server's own records, and Meta's answers in Switchboard's terms.

use crate::{file::FileWay, time::Timestamp};
use serde::{Deserialize, Serialize};

/// A question to Meta and its result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Probe<T> {
    Seen(T),
    /// Meta answered with an error.
    Refused {
        code: i64,
        subcode: Option<i64>,
        message: String,
    },
    /// No answer, or an answer that did not come from Meta.
    Down {
        why: String,
    },
    /// A prerequisite of the question is missing.
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

/// The result of calling the server's own public address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// The address is local to this machine: there was nothing to try.
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

/// What Meta says about the access token.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TokenSeen {
    pub app_id: Option<String>,
    /// `SYSTEM_USER`, `USER`, …
    pub kind: Option<String>,
    pub valid: bool,
    /// `None`: never.
    pub expires_at: Option<Timestamp>,
    pub scopes: Vec<String>,
    /// The WhatsApp Business Accounts that the token is limited to. Empty: all of its business.
    pub wabas: Vec<String>,
    /// Why the token is not valid: Meta's code, subcode and message.
    pub error: Option<(i64, Option<i64>, String)>,
}

/// Whether the app secret belongs to the token's app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AppSecret {
    Right,
    Wrong,
}

/// What Meta says about the phone-number id.
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
    /// The addresses that Meta calls: the number's own, its account's, its app's.
    pub callback_of_number: Option<String>,
    pub callback_of_waba: Option<String>,
    pub callback_of_app: Option<String>,
}

/// The apps that the WhatsApp Business Account delivers to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WabaSubscription {
    pub app_ids: Vec<String>,
}

/// The app's subscription: its address and its fields.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AppSubscription {
    pub callback_url: String,
    pub fields: Vec<String>,
    pub active: bool,
}

/// The level at which an address is set at Meta; the most specific level wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = CallbackPlace))]
#[serde(rename_all = "snake_case")]
pub enum Place {
    Number,
    Waba,
    App,
}

/// Another channel of the same Meta app. Deliveries for this channel's number that arrive at its address are accepted.
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
    /// An extension that nobody can log in as, or a queue that has no other members.
    Empty,
    Ready,
}

/// Files that went one way, and how many of them WhatsApp could not use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FilesSent {
    pub way: FileWay,
    pub failed: u32,
    pub of: u32,
}

/// Everything that a diagnosis needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    pub now: Timestamp,
    pub public_url: String,
    pub reach: Reach,
    /// This channel's own webhook address.
    pub webhook_url: String,
    /// Other channels with the same app secret: Meta calls one address for the whole app.
    pub kin: Vec<Kin>,
    pub has_access_token: bool,
    pub has_app_secret: bool,
    pub phone_number: Option<String>,
    pub phone_number_id: Option<String>,
    pub waba_id: Option<String>,
    /// Meta verified this channel's address.
    pub handshake_at: Option<Timestamp>,
    /// When Meta last verified the address of this channel or of one of its kin.
    pub app_verified_at: Option<Timestamp>,
    pub last_inbound_at: Option<Timestamp>,
    pub last_status_at: Option<Timestamp>,
    /// Consecutive wrong signatures since the last good one.
    pub signature_failures: u32,
    pub signature_failed_at: Option<Timestamp>,
    pub token: Probe<TokenSeen>,
    /// The token's app, as the token tells it or as it was stored before.
    pub app_id: Option<String>,
    pub app_secret: Probe<AppSecret>,
    pub number: Probe<NumberSeen>,
    pub waba: Probe<WabaSubscription>,
    /// The phone-number ids that the account lists.
    pub waba_numbers: Probe<Vec<String>>,
    /// `None`: the app has no subscription for WhatsApp.
    pub app: Probe<Option<AppSubscription>>,
    /// Seconds by which the server's clock is ahead of Meta's.
    pub clock_ahead: Option<i64>,
    pub destination: Taker,
    pub fallback: Taker,
    /// The allowed countries shut out Meta's servers.
    pub webhooks_blocked: bool,
    pub files_blocked: bool,
    /// The result of fetching a file from its link; `None`: the channel uploads its files.
    pub file_link: Option<Reach>,
    /// Files since yesterday.
    pub files: Vec<FilesSent>,
    /// When Meta last refused a message for lack of payment, if nothing paid was delivered since.
    pub payment_refused_at: Option<Timestamp>,
}
