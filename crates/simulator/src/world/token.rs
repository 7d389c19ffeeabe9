//! Access tokens and their states.

use serde::{Deserialize, Serialize};

pub(crate) const MANAGEMENT: &str = "whatsapp_business_management";
pub(crate) const MESSAGING: &str = "whatsapp_business_messaging";

/// How Graph treats a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenState {
    Valid,
    /// 190 with subcode 463.
    Expired,
    /// 190 with subcode 467.
    Revoked,
    /// 190, as for a token that Graph has never issued.
    Malformed,
    /// Valid, but without the WhatsApp permissions: 10 under HTTP 403.
    Powerless,
}

#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub state: TokenState,
    pub app_id: Option<String>,
    pub kind: String,
    /// Unix seconds; 0 means never.
    pub expires_at: i64,
    pub scopes: Vec<String>,
    /// Empty: all.
    pub wabas: Vec<String>,
    pub tells_wabas: bool,
    pub inspects_itself: bool,
}

impl Token {
    pub(crate) fn has(&self, scope: &str) -> bool {
        self.state != TokenState::Powerless && self.scopes.iter().any(|own| own == scope)
    }

    pub(crate) fn sees(&self, waba_id: &str) -> bool {
        self.wabas.is_empty() || self.wabas.iter().any(|own| own == waba_id)
    }
}
