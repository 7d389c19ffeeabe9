//! The webhook address of a channel.

use crate::Engine;

/// The address that Meta is told to call.
pub(crate) fn webhook_url(engine: &Engine, webhook_id: &str) -> String {
    format!(
        "{}/webhooks/whatsapp/{webhook_id}",
        engine.public_url.as_str().trim_end_matches('/')
    )
}
