//! The checks, their states, and what was seen.

use super::evidence::Place;
use crate::{
    file::FileWay,
    form::{Problem, unknown},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

/// One line of the Health tab, in the order in which it is shown.
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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = DoctorCheck))]
#[strum(serialize_all = "snake_case", parse_err_ty = Problem, parse_err_fn = unknown)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// `https`, a certificate that Meta accepts, no underscore in the host, and this server answers there.
    PublicUrl,
    /// Meta can be reached and accepts the access token.
    Token,
    TokenLifetime,
    Permissions,
    AppSecret,
    /// The token sees the phone-number id, and the id belongs to the number.
    Number,
    Registration,
    Connection,
    Quality,
    Throughput,
    /// Meta delivers what has to be paid for.
    Payment,
    /// The app is subscribed to the WhatsApp Business Account: the step that is forgotten most often.
    WabaSubscription,
    /// The app's subscription has the field `messages`.
    MessagesField,
    /// Meta calls this channel's address and no other.
    Callback,
    /// Meta's handshake was answered.
    Webhook,
    /// The signature of the last delivery.
    Signature,
    LastInbound,
    LastStatus,
    ClockSkew,
    /// New sessions go to somebody.
    Destination,
    /// The allowed countries admit Meta's servers.
    Countries,
    /// WhatsApp can fetch files from their links, and takes what is sent.
    Files,
}

impl Check {
    pub const ALL: &'static [Self] = Self::VARIANTS;

    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// The state of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, EnumString, IntoStaticStr)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = CheckState))]
#[strum(serialize_all = "snake_case", parse_err_ty = Problem, parse_err_fn = unknown)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// ✓
    Good,
    /// It works, but an administrator should know.
    Notice,
    /// ✗
    Bad,
    /// –: it could not be checked, or there is nothing to check yet.
    Unknown,
}

/// A check's result, with what was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub check: Check,
    pub state: State,
    pub seen: Seen,
    pub at: Timestamp,
}

/// What was seen. The console has one sentence and one remedy for each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
// The API tells the times `at` and `last` in RFC 3339.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = CheckSeen))]
#[serde(tag = "seen", rename_all = "snake_case")]
pub enum Seen {
    /// Nothing is wrong; `what` is a value to show.
    Fine {
        #[cfg_attr(feature = "openapi", schema(required))]
        what: Option<String>,
    },
    /// Another check has to succeed first.
    After {
        check: Check,
    },
    /// The field is still empty.
    Missing,
    /// Nothing has happened yet.
    Never,
    /// The time when it last happened.
    Last {
        #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
        at: Timestamp,
    },
    /// Meta answered with an error that no other variant explains.
    MetaSays {
        code: i64,
        message: String,
    },

    // The public address
    NotHttps {
        url: String,
    },
    /// Sufficient for a trial; Meta cannot call it.
    OnlyLocal {
        url: String,
    },
    Underscore {
        host: String,
    },
    Unreachable {
        why: String,
    },
    BadCertificate {
        why: String,
    },
    /// Another server answers there.
    NotUs {
        status: u16,
    },

    // Meta and the token
    MetaUnreachable {
        why: String,
    },
    TokenMalformed,
    TokenExpired,
    TokenRevoked,
    TokenExpires {
        #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
        at: Timestamp,
    },
    PermissionsMissing {
        names: Vec<String>,
    },
    AppSecretWrong,
    /// Meta accepts the token, but it belongs to a business that does not own this number.
    AnotherBusiness,

    // The number
    NumberUnknown,
    /// The id belongs to another number.
    AnotherNumber {
        number: String,
    },
    NotRegistered,
    NotConnected {
        status: String,
    },
    QualityLow {
        rating: String,
    },
    PaymentRefused {
        #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
        at: Timestamp,
    },
    /// Of the files that went one way since yesterday, as many failed.
    FilesFailed {
        way: FileWay,
        failed: u32,
        of: u32,
    },

    // The subscriptions
    /// The token sees the number, but no account with this id.
    WabaUnknown,
    /// The account exists, but the number belongs to another account.
    NumberNotInWaba,
    WabaNotSubscribed,
    AppNotSubscribed,
    MessagesNotSubscribed {
        fields: Vec<String>,
    },
    CallbackElsewhere {
        place: Place,
        url: String,
    },
    /// Meta calls the address of another channel of the same app; this number's deliveries are accepted there.
    CallbackOfKin {
        channel: String,
        url: String,
    },
    /// This channel's own address was never called. Deliveries for its number came by the other channel's address, or
    /// not at all.
    KinCalled {
        channel: String,
        #[cfg_attr(feature = "openapi", schema(required))]
        delivered_at: Option<Timestamp>,
    },
    /// Meta has just verified the address and may not have stored it yet; the doctor asks again soon.
    Settling,

    // Meta's calls
    SignaturesWrong {
        count: u32,
        #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
        last: Timestamp,
    },
    ClockWrong {
        seconds: i64,
    },

    // The server's own settings
    DestinationDisabled {
        fallback: bool,
    },
    /// Nobody can log in at the destination of new sessions, a queue or an extension. `fallback`: it is the fallback.
    DestinationEmpty {
        fallback: bool,
    },
    /// Meta's servers could not call the webhook, or could not fetch a file, from their countries.
    CountriesBlocked {
        webhooks: bool,
        files: bool,
    },
}

impl State {
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}
