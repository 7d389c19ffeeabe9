//! Extensions, queues, channels and contacts as references in other views.

use crate::{
    ids::{ChannelId, ContactId, ExtensionId, LabelId, QueueId},
    pick_up_mode::PickUp,
};
use serde::{Deserialize, Serialize};

/// An extension as a reference in other views.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExtensionRef {
    pub id: ExtensionId,
    pub number: String,
    pub name: String,
}

/// A customer as a reference in lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ContactRef {
    pub id: ContactId,
    /// The company's own name, or else the profile name, the number, the username or the id.
    pub label: String,
    /// The company's own name.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required))]
    pub alias: Option<String>,
    /// The name that the customer chose in WhatsApp.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required))]
    pub profile_name: Option<String>,
    /// `+` and digits, if WhatsApp gives the number.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub number: Option<String>,
    /// As WhatsApp gives it, if the customer has one.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub username: Option<String>,
}

/// A channel as a reference in lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChannelRef {
    pub id: ChannelId,
    pub name: String,
}

/// A label as a reference in lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LabelRef {
    pub id: LabelId,
    pub name: String,
}

/// A queue as a reference in lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QueueRef {
    pub id: QueueId,
    pub name: String,
    pub pick_up: PickUp,
}
