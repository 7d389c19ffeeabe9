//! What a webhook has answered, what it has not got, and sending that again.

use crate::api::{error::ApiError, rpc::Rpc};
#[cfg(feature = "ssr")]
use crate::api::{
    flash,
    guard::{self, actor, engine},
    plain_form,
};
use domain::{
    dead_letter::Within,
    ids::{WebhookCallId, WebhookId},
    page::Page,
    webhook::{Attempt, Call, Replayed},
};
#[cfg(feature = "ssr")]
use domain::{page::PageRequest, time::Timestamp, webhook::CallState};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use super::places::{self, address_of_undelivered};

/// The events that a webhook has not got.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undelivered {
    pub calls: Page<Call>,
    /// How many others wait for it.
    pub waiting: u64,
    /// What the form post that led here sends again, if no script has said it.
    pub replayed: Option<Replayed>,
}

/// What a webhook has answered, the latest first.
#[server(prefix = "/rpc", endpoint = "webhooks/attempts", protocol = Rpc)]
pub async fn webhook_attempts(
    id: WebhookId,
    #[server(default)] cursor: Option<String>,
) -> Result<Page<Attempt>, ApiError> {
    let actor = actor().await?;
    let page = PageRequest { limit: None, cursor };
    Ok(engine::webhooks::attempts(&engine()?, &actor, id, None, &page).await?)
}

/// The events that were given up, the latest first.
#[server(prefix = "/rpc", endpoint = "webhooks/undelivered", protocol = Rpc)]
pub async fn undelivered_calls(
    id: WebhookId,
    #[server(default)] cursor: Option<String>,
) -> Result<Undelivered, ApiError> {
    let (engine, actor) = (engine()?, actor().await?);
    let page = PageRequest { limit: None, cursor };
    let dead = Some(CallState::Dead);
    Ok(Undelivered {
        calls: engine::webhooks::calls(&engine, &actor, id, dead, &page).await?,
        waiting: engine::webhooks::get(&engine, &actor, id).await?.waiting,
        replayed: flash::take(&places::of_replay(id)).await?,
    })
}

/// Sends an event again that was given up.
#[server(prefix = "/rpc", endpoint = "webhooks/replay", protocol = Rpc)]
pub async fn replay_call(id: WebhookId, call: WebhookCallId) -> Result<Replayed, ApiError> {
    let actor = actor().await?;
    engine::webhooks::replay_one(&engine()?, &actor, id, call).await?;
    let replayed = Replayed {
        events: 1,
        is_all: true,
    };
    said(id, replayed).await
}

/// Sends all events again that were given up, and at once what waits for a later attempt.
#[server(prefix = "/rpc", endpoint = "webhooks/replay-all", protocol = Rpc)]
pub async fn replay_all_calls(id: WebhookId) -> Result<Replayed, ApiError> {
    let actor = actor().await?;
    said(id, engine::webhooks::replay_all(&engine()?, &actor, id).await?).await
}

/// Sends all events again that have happened within this time, or all that are kept.
#[server(prefix = "/rpc", endpoint = "webhooks/replay-since", protocol = Rpc)]
pub async fn replay_calls_since(
    id: WebhookId,
    #[server(default)] within: Option<Within>,
) -> Result<Replayed, ApiError> {
    let actor = actor().await?;
    let since = within.map_or(Timestamp::from_millis(0), |within| {
        guard::now().minus(within.duration())
    });
    said(
        id,
        engine::webhooks::replay_since(&engine()?, &actor, id, since).await?,
    )
    .await
}

#[cfg(feature = "ssr")]
async fn said(id: WebhookId, replayed: Replayed) -> Result<Replayed, ApiError> {
    flash::leave(&places::of_replay(id), &replayed).await?;
    plain_form::redirect(&address_of_undelivered(id));
    Ok(replayed)
}
