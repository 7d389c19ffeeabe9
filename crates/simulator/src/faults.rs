//! Faults that can be scripted. Each target has a queue: a fault applies once, to the target's next action, so a test
//! controls exactly what goes wrong and when it ends.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

/// One scripted fault, for the Graph API's sends, for the webhook deliveries, or for one of the steps of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "target", rename_all = "snake_case")]
pub enum Fault {
    Send(SendFault),
    Webhook(WebhookFault),
    /// `POST …/media`
    MediaUpload(MediaFault),
    /// `GET /{media id}`
    MediaInfo(MediaFault),
    /// The download address.
    MediaDownload(MediaFault),
    /// WhatsApp's fetch of a link: the server behind it answers with this status.
    LinkFetch {
        http: u16,
    },
}

/// What can happen to a valid `POST …/messages`. Refused requests and read marks consume no fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SendFault {
    /// Answers correctly, but `ms` milliseconds late.
    Delay { ms: u64 },
    /// Answers with this status and an HTML page, as Meta's edge does; nothing is accepted.
    Status5xx { code: u16, body: String },
    /// 130429: the number's throughput is exhausted; nothing is accepted.
    RateCode,
    /// An error object with this code and this HTTP status; nothing is accepted.
    ErrorCode { code: i64, http: u16 },
    /// Accepts the message, then answers after this many seconds, or never.
    Hang { seconds: Option<u64> },
    /// Closes the connection without an answer; nothing is accepted.
    DropConnection,
    /// Accepts the message, then closes the connection without an answer.
    AcceptThenDrop,
    /// Accepts the message, then answers with this status and this page, like a gateway that did not wait for Graph, or
    /// as an unreadable success.
    AcceptThenPage { code: u16, body: String },
    /// Accepts the message and answers with another message's id.
    AcceptAs { wamid: String },
    /// Answers with this status, a page or Graph's error object, and `Retry-After`; nothing is accepted.
    Busy {
        http: u16,
        code: Option<i64>,
        retry_after: String,
    },
}

/// What can happen to a webhook delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum WebhookFault {
    /// The same body arrives twice.
    Duplicate,
    /// The next delivery of the same number overtakes this one.
    Reorder,
    /// The first attempt has a wrong signature; retries are signed correctly.
    BadSignature,
    /// The first attempt is made `ms` milliseconds late; later deliveries do not wait for it.
    Delay { ms: u64 },
    /// Every message and status arrives in its own POST, without `contacts`.
    SplitOff,
}

impl SendFault {
    /// Whether the message is accepted all the same.
    pub(crate) fn accepts(&self) -> bool {
        match self {
            Self::Delay { .. }
            | Self::Hang { .. }
            | Self::AcceptThenDrop
            | Self::AcceptThenPage { .. }
            | Self::AcceptAs { .. } => true,
            Self::Status5xx { .. }
            | Self::RateCode
            | Self::ErrorCode { .. }
            | Self::DropConnection
            | Self::Busy { .. } => false,
        }
    }
}

/// What can happen to a valid request for a file. Refused requests consume no fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum MediaFault {
    /// An error object with this code and this HTTP status; nothing is stored.
    ErrorCode { code: i64, http: u16 },
    /// An HTML page with this status; nothing is stored.
    Status { http: u16 },
    /// 302 to this address; nothing is stored.
    Redirect { to: Url },
    /// The first byte of a download is another one. An upload and its information get another SHA-256.
    WrongBytes,
    /// A download is complete after half of the file. An upload and its information get a size that is one byte larger.
    WrongSize,
    /// The connection ends in the middle of a download; the others are carried out and not answered.
    Cut,
    /// A download takes this long; the others are answered this much later.
    Slow { ms: u64 },
}

impl From<SendFault> for Fault {
    fn from(fault: SendFault) -> Self {
        Self::Send(fault)
    }
}

impl From<WebhookFault> for Fault {
    fn from(fault: WebhookFault) -> Self {
        Self::Webhook(fault)
    }
}

/// The delays between the attempts of one delivery; after the last one the delivery is given up.
///
/// Meta retries less and less often for at least 36 hours:
/// <https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/create-webhook-endpoint>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryPlan {
    pub waits: Vec<Duration>,
}

impl RetryPlan {
    /// Seven retries within a quarter of an hour: long enough to restart a server by hand.
    pub fn patient() -> Self {
        Self {
            waits: [1, 2, 5, 15, 60, 240, 600].map(Duration::from_secs).to_vec(),
        }
    }
}

impl Default for RetryPlan {
    /// Five retries within about four seconds, for tests.
    fn default() -> Self {
        Self {
            waits: [50, 150, 500, 1000, 2000].map(Duration::from_millis).to_vec(),
        }
    }
}
