//! Extensions, queues, channels and contacts as other things show them.

use crate::{
    ids::{ChannelId, ContactId, ExtensionId, QueueId},
    pick_up_mode::PickUp,
};
use serde::{Deserialize, Serialize};

/// An extension as other things show it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ExtensionRef {
    pub id: ExtensionId,
    pub number: String,
    pub name: String,
}

/// A customer as lists show one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactRef {
    pub id: ContactId,
    /// The profile name, else the number, else the username or the id.
    pub label: String,
    /// `+` and digits, when WhatsApp tells it.
    pub number: Option<String>,
    pub username: Option<String>,
}

/// A channel as lists show one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelRef {
    pub id: ChannelId,
    pub name: String,
}

/// A queue as lists show one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueRef {
    pub id: QueueId,
    pub name: String,
    pub pick_up: PickUp,
}
