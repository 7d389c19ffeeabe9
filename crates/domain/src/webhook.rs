//! Webhooks: addresses of other programs to which events are sent. What Meta sends to this process are deliveries.

mod event_types;

pub use self::event_types::{EVENT_TYPES, TEST_TYPE};

use crate::{
    form::{Invalid, MAX_NAME, Problem, Problems, line},
    ids::{ChannelId, QueueId, SessionId, WebhookCallId, WebhookId},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};

/// Maximum number of webhooks: each has calls of its own under way.
pub const MAX_WEBHOOKS: u64 = 50;
/// Bytes of an address.
pub const MAX_ADDRESS: usize = 2048;
/// Bytes of an answer that are kept.
pub const MAX_EXCERPT: usize = 1024;
/// It belongs to no channel any more, and whoever has a copy must hear of it.
const CONTACT_DELETED: &str = "contact.deleted";
/// Types, channels and queues that one webhook names.
const MAX_NAMED: usize = 100;

/// Which events a webhook gets. An empty list is no condition.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Wanted {
    /// Such as `message.received`.
    pub types: Vec<String>,
    /// An event of no channel is of none of these.
    pub channels: Vec<ChannelId>,
    /// An event of no queue is of none of these.
    pub queues: Vec<QueueId>,
}

impl Wanted {
    pub fn includes(&self, kind: &str, channel: Option<ChannelId>, queue: Option<QueueId>) -> bool {
        let is_of_these = is_among(&self.channels, channel) && is_among(&self.queues, queue);
        (self.types.is_empty() || self.types.iter().any(|wanted| wanted == kind))
            && (is_of_these || kind == CONTACT_DELETED)
    }
}

fn is_among<T: PartialEq>(wanted: &[T], of: Option<T>) -> bool {
    wanted.is_empty() || of.is_some_and(|of| wanted.contains(&of))
}

/// What is typed to create a webhook or to change it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WebhookForm {
    /// What it is for.
    pub name: String,
    pub address: String,
    pub wanted: Wanted,
}

impl WebhookForm {
    /// Checks what can be checked without the settings: which addresses are called is the process's matter.
    ///
    /// # Errors
    /// [`Invalid`] with every field that is wrong.
    pub fn check(&self) -> Result<Self, Invalid> {
        let mut problems = Problems::default();
        let name = problems.take("name", line(&self.name, MAX_NAME));
        let address = self.address.trim();
        if address.is_empty() {
            problems.add("address", Problem::Required);
        } else if address.len() > MAX_ADDRESS {
            problems.add_too_long("address", MAX_ADDRESS);
        }
        let Wanted {
            types,
            channels,
            queues,
        } = &self.wanted;
        if !types.iter().all(|kind| EVENT_TYPES.contains(&kind.as_str())) {
            problems.add("types", Problem::Unknown);
        }
        for (field, many) in [
            ("types", types.len()),
            ("channels", channels.len()),
            ("queues", queues.len()),
        ] {
            if many > MAX_NAMED {
                problems.add(field, Problem::Enough);
            }
        }
        problems.unless_any(Self {
            name: name.unwrap_or_default(),
            address: address.to_owned(),
            wanted: self.wanted.clone(),
        })
    }
}

/// Why a webhook gets no events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = WebhookOffReason))]
#[strum(serialize_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum WhyOff {
    /// An administrator has switched it off.
    Administrator,
    /// It answered 410: it is no more.
    Gone,
    /// Nothing has got through for five days.
    Failing,
}

impl WhyOff {
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Whether somebody should look after it.
    pub fn is_warning(self) -> bool {
        !matches!(self, Self::Administrator)
    }
}

/// A webhook as administrators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    pub id: WebhookId,
    pub name: String,
    pub address: String,
    pub wanted: Wanted,
    /// Rises whenever somebody changes name, address or what it wants.
    pub version: i64,
    pub created_at: Timestamp,
    /// Since when it gets no events, and why.
    pub off: Option<(Timestamp, WhyOff)>,
    /// Since when nothing has got through, although it was tried.
    pub failing_since: Option<Timestamp>,
    /// Until when it is left alone, because it has asked for that.
    pub held_until: Option<Timestamp>,
    /// What is being sent to it again.
    pub replay: Option<Replay>,
    /// Until when a former secret of it signs, too.
    pub former_secret_until: Option<Timestamp>,
    /// Events that wait for it.
    pub waiting: u64,
    /// Events that were given up.
    pub dead: u64,
}

/// A webhook that gets no events any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OffWebhook {
    pub id: WebhookId,
    pub name: String,
    pub why: WhyOff,
}

/// Whether an event is still on its way to a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = WebhookCallState))]
#[serde(rename_all = "snake_case")]
pub enum CallState {
    Waiting,
    /// It was given up.
    Dead,
}

/// An event that a webhook has not got.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    pub id: WebhookCallId,
    /// What its header `webhook-id` names it.
    pub event: String,
    pub kind: String,
    pub session: Option<SessionId>,
    pub at: Timestamp,
    pub state: CallState,
    /// How often it was tried.
    pub attempts: u32,
    /// `None`: it is under way, waits behind another event of its session, or was given up.
    pub next_attempt_at: Option<Timestamp>,
    pub given_up_at: Option<Timestamp>,
}

/// A replay that is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replay {
    pub asked_at: Timestamp,
    /// Everything since then; `None`: what was given up.
    pub since: Option<Timestamp>,
    /// Events by now.
    pub events: u64,
}

/// What is sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replayed {
    /// Events by now, without those that wait behind another event of their session.
    pub events: u64,
    /// Whether that is all; otherwise the rest follows.
    pub is_all: bool,
}

/// One request to a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// What its header `webhook-id` names the event.
    pub event: String,
    pub kind: String,
    pub at: Timestamp,
    /// How long the answer took.
    pub milliseconds: u64,
    /// `None`: there was no answer.
    pub status: Option<u16>,
    /// Why there was none.
    pub failure: Option<NoAnswer>,
    /// The beginning of the answer.
    pub excerpt: String,
}

impl Attempt {
    /// Whether the webhook has taken the event.
    pub fn is_success(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }
}

/// Why a webhook did not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = WebhookFailure))]
#[strum(serialize_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum NoAnswer {
    /// Its address leads to where this process does not call.
    AddressNotAllowed,
    /// Nobody could be reached there.
    Unreachable,
    /// The answer took too long.
    TimedOut,
    /// The connection broke off.
    BrokenOff,
    /// Nothing was sent: what is stored of its secret or its address cannot be read.
    Unreadable,
}

impl NoAnswer {
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn an_empty_list_is_no_condition() {
        let (sales, other) = (
            ChannelId::new(Uuid::from_u128(1)),
            ChannelId::new(Uuid::from_u128(2)),
        );
        assert!(Wanted::default().includes("message.received", None, None));
        let wanted = Wanted {
            types: vec!["message.received".to_owned()],
            channels: vec![sales],
            queues: Vec::new(),
        };
        assert!(wanted.includes("message.received", Some(sales), None));
        assert!(!wanted.includes("message.received", Some(other), None));
        assert!(!wanted.includes("message.received", None, None));
        assert!(!wanted.includes("session.closed", Some(sales), None));
        let wanted = Wanted {
            types: Vec::new(),
            ..wanted
        };
        assert!(wanted.includes("contact.deleted", None, None));
    }

    #[test]
    fn a_webhook_has_a_name_an_address_and_types_that_exist() {
        let form = |name: &str, address: &str, kind: &str| WebhookForm {
            name: name.to_owned(),
            address: address.to_owned(),
            wanted: Wanted {
                types: vec![kind.to_owned()],
                ..Wanted::default()
            },
        };
        let good = form(" CRM ", " https://crm.example/x ", "message.received")
            .check()
            .unwrap();
        assert_eq!(
            (good.name.as_str(), good.address.as_str()),
            ("CRM", "https://crm.example/x")
        );
        let wrong = form("", "", "message.lost").check().unwrap_err();
        let fields: Vec<_> = wrong.fields.iter().map(|field| field.field.as_str()).collect();
        assert_eq!(fields, ["name", "address", "types"]);
    }
}
