//! Where webhooks are in the console, and where their forms and answers are kept.

use domain::ids::WebhookId;

/// Where the list is.
pub const PATH: &str = "/system/webhooks";

/// The page of a webhook.
pub fn address(id: WebhookId) -> String {
    format!("{PATH}/{id}")
}

/// The page of what a webhook has not got.
pub fn address_of_undelivered(id: WebhookId) -> String {
    format!("{PATH}/{id}/undelivered")
}

#[cfg(feature = "ssr")]
pub(super) fn of_form(id: Option<WebhookId>) -> String {
    id.map_or_else(|| "new webhook".to_owned(), |id| format!("webhook {id}"))
}

#[cfg(feature = "ssr")]
pub(super) fn of_secret(id: WebhookId) -> String {
    format!("secret of the webhook {id}")
}

#[cfg(feature = "ssr")]
pub(super) fn of_test(id: WebhookId) -> String {
    format!("test of the webhook {id}")
}

#[cfg(feature = "ssr")]
pub(super) fn of_replay(id: WebhookId) -> String {
    format!("events sent again to the webhook {id}")
}
