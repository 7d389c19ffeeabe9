//! Communication channels.

#[cfg(feature = "ssr")]
use super::guard::{self, actor, engine};
use super::{ApiError, Checked};
use domain::{
    channel::{AuthenticationForm, ChannelRow, ChannelView, Destinations, MessagingForm},
    ids::ChannelId,
    refusal::Refusal,
};
use leptos::prelude::*;

/// Every channel.
#[server(prefix = "/rpc", endpoint = "channels/list")]
pub async fn channels() -> Result<Vec<ChannelRow>, ApiError> {
    let actor = actor().await?;
    Ok(engine::channels::list(&engine()?, &actor).await?)
}

/// One channel, for its editor.
#[server(prefix = "/rpc", endpoint = "channels/get")]
pub async fn channel(id: ChannelId) -> Result<ChannelView, ApiError> {
    let actor = actor().await?;
    Ok(engine::channels::get(&engine()?, &actor, id).await?)
}

/// Where inbound messages may be sent.
#[server(name = ReadDestinations, prefix = "/rpc", endpoint = "channels/destinations")]
pub async fn destinations() -> Result<Destinations, ApiError> {
    let actor = actor().await?;
    Ok(engine::channels::destinations(&engine()?, &actor).await?)
}

/// Makes a draft, whose webhook URL and verify token exist from then on, and leads to its editor.
#[server(prefix = "/rpc", endpoint = "channels/add")]
pub async fn add_channel() -> Result<(), ApiError> {
    let actor = actor().await?;
    let id = engine::channels::add_draft(&engine()?, &actor).await?;
    leptos_axum::redirect(&format!("/channels/{id}"));
    Ok(())
}

/// Saves the Authentication tab.
#[server(prefix = "/rpc", endpoint = "channels/save-authentication")]
pub async fn save_authentication(
    id: ChannelId,
    version: i64,
    #[server(default)] form: AuthenticationForm,
) -> Result<(), ApiError> {
    let actor = actor().await?;
    engine::channels::save_authentication(&engine()?, &actor, id, version, &form).await?;
    guard::lead(&format!("/channels/{id}"));
    Ok(())
}

impl Checked for SaveAuthentication {
    fn check(&self) -> Result<(), Refusal> {
        self.form.check().map(drop)
    }
}

/// Saves the Messaging Settings tab.
#[server(prefix = "/rpc", endpoint = "channels/save-messaging")]
pub async fn save_messaging(
    id: ChannelId,
    version: i64,
    #[server(default)] form: MessagingForm,
) -> Result<(), ApiError> {
    let actor = actor().await?;
    engine::channels::save_messaging(&engine()?, &actor, id, version, &form).await?;
    guard::lead(&format!("/channels/{id}/messaging"));
    Ok(())
}

impl Checked for SaveMessaging {
    fn check(&self) -> Result<(), Refusal> {
        self.form.check().map(drop)
    }
}

/// Asks Meta about the token now.
#[server(prefix = "/rpc", endpoint = "channels/check")]
pub async fn check_channel(id: ChannelId) -> Result<(), ApiError> {
    let actor = actor().await?;
    engine::channels::check(&engine()?, &actor, id).await?;
    guard::lead(&format!("/channels/{id}/health"));
    Ok(())
}
