//! Actions that an administrator would otherwise click at Meta. A refusal by Meta is an answer here, not an error, and
//! is shown in Meta's own words.

use super::{checked::Checked, error::ApiError, rpc::Rpc};
#[cfg(feature = "ssr")]
use super::{
    flash,
    guard::{actor, engine},
    plain_form,
};
use domain::{
    channel::Presence,
    doctor::{Finding, MetaAction, Place},
    form::{Invalid, Problem},
    ids::ChannelId,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What the Health tab shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthPage {
    pub channel: Presence,
    pub findings: Vec<Finding>,
    /// Meta's answer to the form post that led here, if no script has shown it.
    pub answered: Option<MetaAction>,
}

/// The Health tab.
#[server(prefix = "/rpc", endpoint = "channels/health", protocol = Rpc)]
pub async fn health(id: ChannelId) -> Result<HealthPage, ApiError> {
    let (engine, actor) = (engine()?, actor().await?);
    Ok(HealthPage {
        channel: engine::channels::presence(&engine, &actor, id).await?,
        findings: engine::doctor::latest(&engine, &actor, id).await?,
        answered: flash::take(&place_of(id)).await?,
    })
}

/// Subscribes the app to the WhatsApp Business Account.
#[server(prefix = "/rpc", endpoint = "channels/subscribe-waba", protocol = Rpc)]
pub async fn subscribe_waba(id: ChannelId) -> Result<MetaAction, ApiError> {
    let actor = actor().await?;
    let meta_action = engine::doctor::subscribe_waba(&engine()?, &actor, id).await?;
    answer(id, meta_action).await
}

/// Sets this channel's webhook at Meta: for the whole app, or for this number only.
#[server(prefix = "/rpc", endpoint = "channels/set-callback", protocol = Rpc)]
pub async fn set_callback(id: ChannelId, place: Place) -> Result<MetaAction, ApiError> {
    let actor = actor().await?;
    let meta_action = engine::doctor::set_callback(&engine()?, &actor, id, place).await?;
    answer(id, meta_action).await
}

/// Registers the number with its PIN.
#[server(prefix = "/rpc", endpoint = "channels/register-number", protocol = Rpc)]
pub async fn register_number(id: ChannelId, #[server(default)] pin: String) -> Result<MetaAction, ApiError> {
    let actor = actor().await?;
    let meta_action = engine::doctor::register(&engine()?, &actor, id, &pin).await?;
    answer(id, meta_action).await
}

impl Checked for RegisterNumber {
    fn check(&self) -> Result<(), Invalid> {
        match self.pin.trim() {
            "" => Err(Invalid::field("pin", Problem::Required)),
            pin if !pin.bytes().all(|byte| byte.is_ascii_digit()) => {
                Err(Invalid::field("pin", Problem::NotNumeric))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(feature = "ssr")]
async fn answer(id: ChannelId, meta_action: MetaAction) -> Result<MetaAction, ApiError> {
    flash::leave(&place_of(id), &meta_action).await?;
    plain_form::redirect(&format!("/channels/{id}/health"));
    Ok(meta_action)
}

#[cfg(feature = "ssr")]
fn place_of(id: ChannelId) -> String {
    format!("channel {id} errand")
}
