//! The log of webhook deliveries.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use crate::faults::WebhookFault;

/// A delivery's index in the log, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DeliveryId(pub usize);

/// One webhook delivery and its attempts.
#[derive(Debug, Clone, Serialize)]
pub struct Delivery {
    pub id: DeliveryId,
    pub phone_number_id: String,
    pub body: Value,
    pub attempts: Vec<Attempt>,
    pub outcome: Outcome,
}

/// One POST to the callback.
#[derive(Debug, Clone, Serialize)]
pub struct Attempt {
    /// Unix milliseconds.
    pub at: i64,
    pub callback: Url,
    /// False if a fault spoiled the signature.
    pub properly_signed: bool,
    pub answer: Answer,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Answer {
    Http { status: u16, body: String },
    TimedOut,
    NoConnection { reason: String },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Outcome {
    /// Not attempted yet, or waiting for a retry.
    Pending,
    /// The callback answered 200.
    Arrived,
    /// The retry plan is exhausted.
    GivenUp,
    /// The delivery has no destination.
    NotSent { reason: String },
}

/// A delivery in its lane, with the fault for its first attempt.
#[derive(Debug)]
pub(crate) struct Queued {
    pub delivery: DeliveryId,
    pub fault: Option<WebhookFault>,
}
