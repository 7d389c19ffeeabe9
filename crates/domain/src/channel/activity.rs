//! The Activity tab: who did what to a channel, and what became of what Meta delivered.

use super::BadgeChange;
use crate::{doctor::Errand, time::Timestamp};
use serde::{Deserialize, Serialize};

/// Something that an admin, a script or the process did to a channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    pub at: Timestamp,
    /// A person's log-in or a token's name; `None`: the process itself.
    pub who: Option<String>,
    pub what: Deed,
    pub detail: Option<Detail>,
}

/// What was done to a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
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

/// A delivery in the Activity tab.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryRow {
    pub at: Timestamp,
    pub processed_at: Option<Timestamp>,
    /// Items of it that could not be applied.
    pub dead_letters: u32,
}

/// The Activity tab, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityView {
    pub activity: Vec<Activity>,
    pub deliveries: Vec<DeliveryRow>,
}

/// What the audit log keeps of a deed beside who and when; as JSON, so that each language words it its own way. It
/// never holds a secret's value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "detail", rename_all = "snake_case")]
pub enum Detail {
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
        errand: Errand,
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
