//! The client of Meta's Graph API. The API has no idempotency key: a message that timed out may have been accepted, so
//! every failure says whether the message was certainly not accepted.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages>

mod answer;
mod block;
mod client;
mod error;
mod health;
mod media;
mod outbound;
mod templates;

pub use answer::{Accepted, MAX_ANSWER_BYTES, PhoneNumber, Webhooks};
pub use client::{CONNECT_TIMEOUT, Graph, TOTAL_TIMEOUT};
pub use error::{ApiError, GraphError, RetryAfter, SetupError, causes};
pub use health::{AppSubscription, Callback, SubscribedApp, TokenInfo, Told, app_token};
pub use media::{Download, FILE_TIMEOUT, MediaInfo, Upload, sha256};
pub use outbound::{Outbound, Recipient};
pub use templates::{Template, TemplatePage};
