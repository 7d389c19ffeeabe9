//! Communication channels: the list, and the tabs of the editor. The actions at Meta are in [`super::meta_actions`].

use super::{checked::Checked, error::ApiError, flash::Unsaved, rpc::Rpc};
#[cfg(feature = "ssr")]
use super::{
    flash,
    guard::{actor, engine, entitled},
    plain_form,
};
#[cfg(feature = "ssr")]
use domain::access::Permission;
use domain::{
    channel::{
        ActivityView, AuthenticationForm, ChannelRow, ChannelView, Destinations, MessagingForm, Presence,
        SendingForm,
    },
    doctor::{Finding, MetaAction, NumberChoice},
    form::{Invalid, MAX_NAME, Problems, line},
    ids::ChannelId,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Every channel.
#[server(prefix = "/rpc", endpoint = "channels/list", protocol = Rpc)]
pub async fn channels() -> Result<Vec<ChannelRow>, ApiError> {
    let actor = actor().await?;
    Ok(engine::channels::list(&engine()?, &actor).await?)
}

/// One channel, for its editor, or who deleted it.
#[server(prefix = "/rpc", endpoint = "channels/get", protocol = Rpc)]
pub async fn channel(id: ChannelId) -> Result<Presence, ApiError> {
    let actor = actor().await?;
    Ok(engine::channels::presence(&engine()?, &actor, id).await?)
}

/// Reserves a webhook URL and a verify token, and redirects to the editor; the channel begins with its first save.
#[server(prefix = "/rpc", endpoint = "channels/add", protocol = Rpc)]
pub async fn add_channel() -> Result<(), ApiError> {
    let actor = actor().await?;
    let id = engine::channels::reserve(&engine()?, &actor).await?;
    leptos_axum::redirect(&format!("/channels/{id}"));
    Ok(())
}

/// What the Authentication tab shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthenticationPage {
    pub channel: ChannelView,
    pub unsaved: Option<Unsaved<AuthenticationForm>>,
}

/// The Authentication tab.
#[server(prefix = "/rpc", endpoint = "channels/authentication", protocol = Rpc)]
pub async fn authentication(id: ChannelId) -> Result<AuthenticationPage, ApiError> {
    let actor = actor().await?;
    Ok(AuthenticationPage {
        channel: engine::channels::get(&engine()?, &actor, id).await?,
        unsaved: flash::kept(&authentication_of(id)).await?,
    })
}

/// Saves the Authentication tab.
#[server(prefix = "/rpc", endpoint = "channels/save-authentication", protocol = Rpc)]
pub async fn save_authentication(
    id: ChannelId,
    version: i64,
    #[server(default)] form: AuthenticationForm,
) -> Result<(), ApiError> {
    let actor = actor().await?;
    let typed = flash::recall(&authentication_of(id), version, form).await?;
    typed.or_keep(entitled(&actor, Permission::ChannelChange).await)?;
    let saved = engine::channels::save_authentication(&engine()?, &actor, id, version, &typed.form).await;
    typed.settle(saved)?;
    plain_form::redirect(&format!("/channels/{id}"));
    Ok(())
}

impl Checked for SaveAuthentication {
    fn check(&self) -> Result<(), Invalid> {
        self.form.check().map(drop)
    }
}

/// Generates a new verify token and returns it. The form's unsaved input is sent along and kept.
#[server(prefix = "/rpc", endpoint = "channels/rotate-verify-token", protocol = Rpc)]
pub async fn rotate_verify_token(
    id: ChannelId,
    #[server(default)] version: i64,
    #[server(default)] form: AuthenticationForm,
) -> Result<String, ApiError> {
    let (engine, actor) = (engine()?, actor().await?);
    flash::hold(&authentication_of(id), version, form).await?;
    entitled(&actor, Permission::ChannelChange).await?;
    engine::channels::rotate_verify_token(&engine, &actor, id).await?;
    plain_form::redirect(&format!("/channels/{id}?typed"));
    Ok(engine::channels::get(&engine, &actor, id).await?.verify_token)
}

/// Makes the second app secret the only one. The form's unsaved input is sent along and kept.
#[server(prefix = "/rpc", endpoint = "channels/drop-old-app-secret", protocol = Rpc)]
pub async fn drop_old_app_secret(
    id: ChannelId,
    #[server(default)] version: i64,
    #[server(default)] form: AuthenticationForm,
) -> Result<(), ApiError> {
    let actor = actor().await?;
    flash::hold(&authentication_of(id), version, form).await?;
    entitled(&actor, Permission::ChannelChange).await?;
    engine::channels::drop_old_app_secret(&engine()?, &actor, id).await?;
    plain_form::redirect(&format!("/channels/{id}?typed"));
    Ok(())
}

/// What the Messaging Settings tab shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessagingPage {
    pub channel: ChannelView,
    pub destinations: Destinations,
    /// The calling code for a number that is typed without one.
    pub country: Option<String>,
    pub unsaved: Option<Unsaved<MessagingForm>>,
    /// Meta's answer to the request for numbers made just now.
    pub numbers: Option<MetaAction<Vec<NumberChoice>>>,
}

/// The Messaging Settings tab.
#[server(prefix = "/rpc", endpoint = "channels/messaging", protocol = Rpc)]
pub async fn messaging(id: ChannelId) -> Result<MessagingPage, ApiError> {
    let (engine, actor) = (engine()?, actor().await?);
    Ok(MessagingPage {
        channel: engine::channels::get(&engine, &actor, id).await?,
        destinations: engine::channels::destinations(&engine, &actor).await?,
        country: engine::channels::calling_code(&engine, &actor, id).await?,
        unsaved: flash::kept(&messaging_of(id)).await?,
        numbers: flash::take(&numbers_of(id)).await?,
    })
}

/// Saves the Messaging Settings tab.
#[server(prefix = "/rpc", endpoint = "channels/save-messaging", protocol = Rpc)]
pub async fn save_messaging(
    id: ChannelId,
    version: i64,
    #[server(default)] form: MessagingForm,
) -> Result<(), ApiError> {
    let actor = actor().await?;
    let typed = flash::recall(&messaging_of(id), version, form).await?;
    let saved = engine::channels::save_messaging(&engine()?, &actor, id, version, &typed.form).await;
    typed.settle(saved)?;
    plain_form::redirect(&format!("/channels/{id}/messaging"));
    Ok(())
}

impl Checked for SaveMessaging {
    fn check(&self) -> Result<(), Invalid> {
        self.form.check().map(drop)
    }
}

/// What the Sending tab shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendingPage {
    pub channel: ChannelView,
    pub unsaved: Option<Unsaved<SendingForm>>,
}

/// The Sending tab.
#[server(prefix = "/rpc", endpoint = "channels/sending", protocol = Rpc)]
pub async fn sending(id: ChannelId) -> Result<SendingPage, ApiError> {
    let actor = actor().await?;
    Ok(SendingPage {
        channel: engine::channels::get(&engine()?, &actor, id).await?,
        unsaved: flash::kept(&sending_of(id)).await?,
    })
}

/// Saves the Sending tab.
#[server(prefix = "/rpc", endpoint = "channels/save-sending", protocol = Rpc)]
pub async fn save_sending(
    id: ChannelId,
    version: i64,
    #[server(default)] form: SendingForm,
) -> Result<(), ApiError> {
    let actor = actor().await?;
    let typed = flash::recall(&sending_of(id), version, form).await?;
    let saved = engine::channels::save_sending(&engine()?, &actor, id, version, &typed.form).await;
    typed.settle(saved)?;
    plain_form::redirect(&format!("/channels/{id}/sending"));
    Ok(())
}

impl Checked for SaveSending {
    fn check(&self) -> Result<(), Invalid> {
        self.form.check().map(drop)
    }
}

/// Asks Meta for the numbers of the account in the form, saved or not.
#[server(prefix = "/rpc", endpoint = "channels/fetch-numbers", protocol = Rpc)]
pub async fn fetch_numbers(
    id: ChannelId,
    version: i64,
    #[server(default)] form: MessagingForm,
) -> Result<MetaAction<Vec<NumberChoice>>, ApiError> {
    let actor = actor().await?;
    let typed = flash::recall(&messaging_of(id), version, form).await?;
    typed.keep();
    let numbers = engine::doctor::fetch_numbers(&engine()?, &actor, id, &typed.form.waba_id, None).await?;
    flash::leave(&numbers_of(id), &numbers).await?;
    plain_form::redirect(&format!("/channels/{id}/messaging?typed"));
    Ok(numbers)
}

/// Puts a number from the list into the form; the live page does this itself. `number` is a [`NumberChoice`] as JSON.
#[server(prefix = "/rpc", endpoint = "channels/pick-number", protocol = Rpc)]
pub async fn pick_number(
    id: ChannelId,
    version: i64,
    #[server(default)] form: MessagingForm,
    number: String,
) -> Result<(), ApiError> {
    let allowed = actor().await?.require(Permission::ChannelChange);
    allowed.map_err(engine::Error::from)?;
    let picked: NumberChoice = serde_json::from_str(&number).map_err(|_| ApiError::Malformed.sent())?;
    let form = MessagingForm {
        phone_number: picked.display.unwrap_or(form.phone_number),
        phone_number_id: picked.phone_number_id,
        waba_id: picked.waba_id,
        ..form
    };
    flash::recall(&messaging_of(id), version, form).await?.keep();
    plain_form::redirect(&format!("/channels/{id}/messaging?typed"));
    Ok(())
}

/// Stops sending; incoming messages are still kept and shown.
#[server(prefix = "/rpc", endpoint = "channels/pause", protocol = Rpc)]
pub async fn pause_channel(id: ChannelId) -> Result<(), ApiError> {
    let actor = actor().await?;
    engine::channels::pause(&engine()?, &actor, id).await?;
    plain_form::redirect(&format!("/channels/{id}"));
    Ok(())
}

/// Ends a pause.
#[server(prefix = "/rpc", endpoint = "channels/resume", protocol = Rpc)]
pub async fn resume_channel(id: ChannelId) -> Result<(), ApiError> {
    let actor = actor().await?;
    engine::channels::resume(&engine()?, &actor, id).await?;
    plain_form::redirect(&format!("/channels/{id}"));
    Ok(())
}

/// Deletes a channel after its name has been typed.
#[server(prefix = "/rpc", endpoint = "channels/delete", protocol = Rpc)]
pub async fn delete_channel(id: ChannelId, #[server(default)] name: String) -> Result<(), ApiError> {
    let actor = actor().await?;
    engine::channels::delete(&engine()?, &actor, id, None, &name).await?;
    plain_form::redirect("/channels");
    Ok(())
}

impl Checked for DeleteChannel {
    fn check(&self) -> Result<(), Invalid> {
        let mut problems = Problems::default();
        match problems.take("name", line(&self.name, MAX_NAME)) {
            Some(_) => Ok(()),
            None => Err(problems.refuse()),
        }
    }
}

/// The doctor's latest findings.
#[server(prefix = "/rpc", endpoint = "channels/findings", protocol = Rpc)]
pub async fn findings(id: ChannelId) -> Result<Vec<Finding>, ApiError> {
    let actor = actor().await?;
    Ok(engine::doctor::latest(&engine()?, &actor, id).await?)
}

/// Examines a channel now.
#[server(prefix = "/rpc", endpoint = "channels/examine", protocol = Rpc)]
pub async fn examine_channel(id: ChannelId) -> Result<(), ApiError> {
    let actor = actor().await?;
    engine::doctor::examine(&engine()?, &actor, id).await?;
    plain_form::redirect(&format!("/channels/{id}/health"));
    Ok(())
}

/// The Activity tab.
#[server(name = ReadActivity, prefix = "/rpc", endpoint = "channels/activity", protocol = Rpc)]
pub async fn activity(id: ChannelId) -> Result<ActivityView, ApiError> {
    let actor = actor().await?;
    Ok(engine::channels::activity(&engine()?, &actor, id).await?)
}

#[cfg(feature = "ssr")]
fn authentication_of(id: ChannelId) -> String {
    format!("channel {id} authentication")
}

#[cfg(feature = "ssr")]
fn messaging_of(id: ChannelId) -> String {
    format!("channel {id} messaging")
}

#[cfg(feature = "ssr")]
fn sending_of(id: ChannelId) -> String {
    format!("channel {id} sending")
}

#[cfg(feature = "ssr")]
fn numbers_of(id: ChannelId) -> String {
    format!("channel {id} numbers")
}
