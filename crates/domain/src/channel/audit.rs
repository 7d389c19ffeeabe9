//! What the audit log records about a channel.

use crate::{channel::BadgeChange, doctor::MetaAction};
use serde::{Deserialize, Serialize};

/// What was done to a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditAction {
    Added,
    SavedAuthentication,
    SavedMessaging,
    SavedSending,
    RotatedVerifyToken,
    DroppedOldAppSecret,
    Paused,
    Resumed,
    Deleted,
    /// The badge changed by itself; the detail holds the old badge, the new badge and the reason.
    BadgeChanged,
    /// Something was set up at Meta on the administrator's behalf; the detail says what.
    AskedMeta,
    /// The *Test* button of Meta's dashboard reached the address.
    TestArrived,
}

/// What the audit log records about an action besides who and when. It is stored as JSON, so that each language words
/// it in its own way. It never holds a secret's value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "detail", rename_all = "snake_case")]
pub enum AuditDetail {
    /// The channel's name at that time.
    Name {
        name: String,
    },
    /// What a save changed, in the order of the form.
    Fields {
        changed: Vec<Changed>,
    },
    Badge(BadgeChange),
    Meta {
        step: Step,
        #[serde(rename = "errand")]
        meta_action: MetaAction,
    },
    /// Written before details were structured.
    Text {
        text: String,
    },
}

/// A field and its new value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// The field's name in the form.
    pub field: String,
    pub now: NewValue,
}

/// A field's new value, with the names of that time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum NewValue {
    Text(String),
    Queue(String),
    /// Its number and name.
    Extension(String),
    /// A new secret; its value is not recorded.
    Secret,
    Empty,
}

/// What Meta was asked to do on the administrator's behalf.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    SubscribeWaba,
    SetCallback,
    Register,
    FetchNumbers,
}
