//! People with WhatsApp.

use serde::{Deserialize, Serialize};

/// A person with WhatsApp. A person without a number and without a BSUID is given a BSUID.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct CustomerSpec {
    pub name: String,
    /// International digits without `+`.
    #[serde(default)]
    pub wa_id: Option<String>,
    /// The business-scoped user id, such as `CZ.13491208655302741918`.
    #[serde(default)]
    pub bsuid: Option<String>,
    #[serde(default)]
    pub username: Option<String>,
}

/// A customer of this simulator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CustomerId(pub u64);
