//! Apps, numbers, and their callbacks.

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use url::Url;

/// A number's `platform_type` and `status` after its registration.
pub(crate) const REGISTERED: &str = "CLOUD_API";
pub(crate) const CONNECTED: &str = "CONNECTED";

/// A Meta app: it owns the webhook subscription and signs deliveries with its secret.
#[derive(Debug, Clone, Deserialize)]
pub struct AppSpec {
    pub id: String,
    pub secret: SecretString,
}

/// A business phone number, the WhatsApp Business Account it belongs to, and the app that serves it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NumberSpec {
    pub phone_number_id: String,
    pub waba_id: String,
    /// As Meta shows it, for example `+420 555 010 100`.
    pub display_phone_number: String,
    pub verified_name: String,
    pub app_id: String,
}

/// A callback address that has passed the handshake.
#[derive(Debug, Clone)]
pub(crate) struct Callback {
    pub url: Url,
}

#[derive(Debug, Clone)]
pub(crate) struct App {
    pub secret: SecretString,
    pub callback: Option<Callback>,
    pub fields: Vec<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct Number {
    pub spec: NumberSpec,
    pub callback: Option<Callback>,
    pub platform_type: String,
    pub status: String,
    pub quality_rating: String,
    pub throughput: String,
    /// Messages a second that replace those of the throughput.
    pub messages_per_second: Option<u32>,
    /// The number is also used in the WhatsApp Business app.
    pub coexistence: bool,
    /// The PIN of the two-step verification; empty: none yet.
    pub pin: String,
}

impl Number {
    /// A number that is registered, connected and healthy.
    pub(crate) fn new(spec: NumberSpec) -> Self {
        Self {
            spec,
            callback: None,
            platform_type: REGISTERED.into(),
            status: CONNECTED.into(),
            quality_rating: "GREEN".into(),
            throughput: "STANDARD".into(),
            messages_per_second: None,
            coexistence: false,
            pin: String::new(),
        }
    }

    /// Messages that Meta accepts in any second:
    /// <https://developers.facebook.com/documentation/business-messaging/whatsapp/throughput>
    pub(crate) fn per_second(&self) -> u32 {
        let usual = match self.throughput.as_str() {
            _ if self.coexistence => 20,
            "HIGH" => 1000,
            _ => 80,
        };
        self.messages_per_second.unwrap_or(usual)
    }
}

/// An app in a WABA's `subscribed_apps`, with the WABA's own callback if it has one.
#[derive(Debug, Clone, Default)]
pub(crate) struct WabaSubscription {
    pub callback: Option<Callback>,
}
