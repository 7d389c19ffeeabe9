//! What the audit log keeps of a channel.

use crate::{channel::BadgeChange, doctor::MetaAction};
use serde::{Deserialize, Serialize};

/// What was done to a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditAction {
    Added,
    SavedAuthentication,
    SavedMessaging,
    RotatedVerifyToken,
    DroppedOldAppSecret,
    Paused,
    Resumed,
    Deleted,
    /// The badge changed by itself; the detail says from what to what and why.
    BadgeChanged,
    /// Something was set up at Meta in the admin's name; the detail says what.
    AskedMeta,
    /// The *Test* button of Meta's dashboard reached the address.
    TestArrived,
}

/// What the audit log keeps of a deed beside who and when; as JSON, so that each language words it its own way. It
/// never holds a secret's value.
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

/// A field and what stands in it now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// By its name in the form.
    pub field: String,
    pub now: NewValue,
}

/// What a field was changed to, by the names of that time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum NewValue {
    Text(String),
    Queue(String),
    /// Its number and name.
    Extension(String),
    /// A new one; it is not told.
    Secret,
    Empty,
}

/// What Meta was asked to do in the admin's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    SubscribeWaba,
    SetCallback,
    Register,
    FetchNumbers,
}
