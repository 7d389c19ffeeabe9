//! Another secret for a webhook, a test, on and off; and those that failures have switched off.

use crate::api::{error::ApiError, rpc::Rpc};
#[cfg(feature = "ssr")]
use crate::api::{
    flash,
    guard::{self, actor, engine, entitled},
    plain_form,
};
#[cfg(feature = "ssr")]
use bytes::Bytes;
#[cfg(feature = "ssr")]
use domain::{access::Permission, time::Timestamp, webhook::Webhook};
use domain::{
    ids::WebhookId,
    webhook::{Attempt, OffWebhook},
};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use super::places::{self, PATH, address};

/// Words a test of a webhook. The process provides it: it words what programs are told.
#[cfg(feature = "ssr")]
#[derive(Debug, Clone, Copy)]
pub struct WordsTest(pub fn(Webhook, Timestamp) -> Bytes);

/// What became of a test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tested {
    /// `None`: it is still on its way.
    pub answer: Option<Attempt>,
}

/// Makes another secret, which is not shown again.
#[server(prefix = "/rpc", endpoint = "webhooks/rotate-secret", protocol = Rpc)]
pub async fn rotate_webhook_secret(id: WebhookId) -> Result<String, ApiError> {
    let (engine, actor) = (engine()?, actor().await?);
    entitled(&actor, Permission::WebhookChange).await?;
    let secret = engine::webhooks::rotate_secret(&engine, &actor, id).await?;
    let secret = secret.expose_secret().to_owned();
    flash::leave(&places::of_secret(id), &secret).await?;
    plain_form::redirect(&address(id));
    Ok(secret)
}

/// Switches a webhook off, or on again.
#[server(prefix = "/rpc", endpoint = "webhooks/set-disabled", protocol = Rpc)]
pub async fn set_webhook_disabled(id: WebhookId, disabled: bool) -> Result<(), ApiError> {
    let actor = actor().await?;
    engine::webhooks::turn(&engine()?, &actor, id, !disabled).await?;
    plain_form::redirect(&address(id));
    Ok(())
}

/// Sends a test, and waits for its answer.
#[server(prefix = "/rpc", endpoint = "webhooks/test", protocol = Rpc)]
pub async fn test_webhook(id: WebhookId) -> Result<Tested, ApiError> {
    let (engine, actor) = (engine()?, actor().await?);
    let Some(WordsTest(words)) = use_context() else {
        return Err(ApiError::internal(&"nobody words tests"));
    };
    let webhook = engine::webhooks::get(&engine, &actor, id).await?;
    let body = words(webhook, guard::now());
    let test = engine::webhooks::send_test(&engine, &actor, id, body).await?;
    let tested = Tested {
        answer: engine::webhooks::answer_to_test(&engine, &actor, id, &test).await?,
    };
    flash::leave(&places::of_test(id), &tested).await?;
    plain_form::redirect(&address(id));
    Ok(tested)
}

/// Deletes a webhook.
#[server(prefix = "/rpc", endpoint = "webhooks/delete", protocol = Rpc)]
pub async fn delete_webhook(id: WebhookId) -> Result<(), ApiError> {
    let actor = actor().await?;
    engine::webhooks::delete(&engine()?, &actor, id, None).await?;
    plain_form::redirect(PATH);
    Ok(())
}

/// Those that failures have switched off; none for whoever may not see them.
#[server(prefix = "/rpc", endpoint = "webhooks/off", protocol = Rpc)]
pub async fn webhooks_off() -> Result<Vec<OffWebhook>, ApiError> {
    let actor = actor().await?;
    Ok(engine::webhooks::warnings(&engine()?, &actor).await?)
}
