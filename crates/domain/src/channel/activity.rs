//! The Activity tab: who did what to a channel, and what became of the deliveries from Meta.

use crate::{
    channel::{AuditAction, AuditDetail},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// Something that an administrator, a script or the process did to a channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    pub at: Timestamp,
    /// A user's log-in or a token's name; `None`: the process itself.
    pub who: Option<String>,
    pub what: AuditAction,
    pub detail: Option<AuditDetail>,
}

/// A delivery in the Activity tab.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryRow {
    pub at: Timestamp,
    pub processed_at: Option<Timestamp>,
    /// Items of the delivery that could not be applied.
    pub dead_letters: u32,
}

/// The Activity tab, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityView {
    pub activity: Vec<Activity>,
    pub deliveries: Vec<DeliveryRow>,
}
