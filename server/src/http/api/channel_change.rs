//! Changing, pausing and deleting a channel.

use super::{
    Administrator, Id,
    channels::{Channel, NewDestination, read, saved, shown},
    json::{Json, given},
    list::Asked,
    problem::Problem,
    version::IfMatch,
};
use crate::http::state::Http;
use axum::{extract::State, http::StatusCode, response::IntoResponse};
use domain::{
    channel::{
        AuthenticationForm, ChannelView, DestinationRef, MessagingForm, ReadReceipts, SendingForm,
        Unconfirmed,
    },
    file::FileWay,
    ids::ChannelId,
};
use engine::channels::{self, Tabs};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is missing stays as it is: nobody can send back a secret that never comes out. `null` is taken only where it says
/// what it does.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ChannelChange {
    #[serde(deserialize_with = "given")]
    #[schema(nullable = false)]
    name: Option<String>,
    #[serde(deserialize_with = "given")]
    #[schema(nullable = false)]
    access_token: Option<String>,
    #[serde(deserialize_with = "given")]
    #[schema(nullable = false)]
    app_secret: Option<String>,
    /// A second app secret, valid beside the first while the secret is being reset at Meta. `null`: the reset is over, and the
    /// second becomes the only one.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    next_app_secret: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    #[schema(nullable = false)]
    phone_number: Option<String>,
    #[serde(deserialize_with = "given")]
    #[schema(nullable = false)]
    phone_number_id: Option<String>,
    /// `null`: none.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    waba_id: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    #[schema(nullable = false)]
    destination: Option<NewDestination>,
    /// Where new sessions go while the destination is disabled; `null`: nowhere.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<NewDestination>)]
    fallback: Option<Option<NewDestination>>,
    #[serde(deserialize_with = "given")]
    #[schema(nullable = false)]
    sending: Option<SendingChange>,
}

/// How a channel sends; what is missing stays as it is.
#[derive(Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct SendingChange {
    #[serde(deserialize_with = "given")]
    #[schema(minimum = 1, maximum = 1000, nullable = false)]
    messages_per_second: Option<u32>,
    #[serde(deserialize_with = "given")]
    #[schema(nullable = false)]
    file_way: Option<FileWay>,
    #[serde(deserialize_with = "given")]
    #[schema(nullable = false)]
    unconfirmed: Option<Unconfirmed>,
    #[serde(deserialize_with = "given")]
    #[schema(nullable = false)]
    read_receipts: Option<ReadReceipts>,
    #[serde(deserialize_with = "given")]
    #[schema(nullable = false)]
    templates_allowed: Option<bool>,
}

impl std::fmt::Debug for ChannelChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ChannelChange")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl ChannelChange {
    /// The tabs in which something changes, filled in with what the channel has.
    fn tabs(mut self, now: &ChannelView) -> Tabs {
        let messaging = self.messaging(now);
        let has_messaging = messaging != Self::default().messaging(now);
        let sending = self.sending.map(|new| new.form(now));
        let ends_secret_reset =
            matches!(self.next_app_secret, Some(None)) && now.next_app_secret_end.is_some();
        let authentication = AuthenticationForm {
            name: self.name.unwrap_or_else(|| now.name.clone()),
            access_token: self.access_token.unwrap_or_default(),
            app_secret: self.app_secret.unwrap_or_default(),
            next_app_secret: self.next_app_secret.flatten().unwrap_or_default(),
        };
        let same = AuthenticationForm {
            name: now.name.clone(),
            ..AuthenticationForm::default()
        };
        Tabs {
            authentication: (authentication != same).then_some(authentication),
            ends_secret_reset,
            messaging: has_messaging.then_some(messaging),
            sending: sending.filter(|form| *form != SendingChange::default().form(now)),
        }
    }

    fn messaging(&mut self, now: &ChannelView) -> MessagingForm {
        let or = |new: Option<String>, now: Option<&String>| new.or(now.cloned()).unwrap_or_default();
        let place = |new: Option<Option<NewDestination>>, now: Option<&DestinationRef>| match new {
            Some(new) => new.map(NewDestination::spelled).unwrap_or_default(),
            None => now.map(|to| to.destination.to_string()).unwrap_or_default(),
        };
        let waba_id = self.waba_id.take().unwrap_or_else(|| now.waba_id.clone());
        MessagingForm {
            phone_number: or(self.phone_number.take(), now.phone_number.as_ref()),
            phone_number_id: or(self.phone_number_id.take(), now.phone_number_id.as_ref()),
            waba_id: waba_id.unwrap_or_default(),
            destination: place(self.destination.take().map(Some), now.destination.as_ref()),
            fallback: place(self.fallback.take(), now.fallback.as_ref()),
            ..MessagingForm::default()
        }
    }
}

impl SendingChange {
    fn form(self, now: &ChannelView) -> SendingForm {
        let now = now.sending;
        SendingForm {
            messages_per_second: self
                .messages_per_second
                .unwrap_or(now.messages_per_second)
                .to_string(),
            file_way: self.file_way.unwrap_or(now.file_way).as_str().to_owned(),
            unconfirmed: self.unconfirmed.unwrap_or(now.unconfirmed).as_str().to_owned(),
            read_receipts: self
                .read_receipts
                .unwrap_or(now.read_receipts)
                .as_str()
                .to_owned(),
            templates_allowed: self.templates_allowed.unwrap_or(now.templates_allowed),
        }
    }
}

/// Changes what is given of a channel. Secrets go in and never come out.
#[utoipa::path(
    patch,
    path = "/api/v1/channels/{id}",
    tag = "Channels",
    params(("id" = ChannelId, Path), IfMatch),
    request_body = ChannelChange,
    responses(
        (status = 200, description = "Done; `ETag` is its version.", body = Channel),
        (status = 412, description = "`If-Match` names another version.", content_type = "application/problem+json", body = Problem)
    ),
    security(("token" = ["administer"]))
)]
pub async fn change(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Id(id): Id<ChannelId>,
    wanted: IfMatch,
    Json(change): Json<ChannelChange>,
) -> Result<impl IntoResponse, Problem> {
    let now = saved(&http.engine, &actor, id).await?;
    wanted.allow(now.version)?;
    let tabs = change.tabs(&now);
    // The tabs are filled in from this version, so the save compares it in its transaction, asked for or not.
    let saved = channels::save_tabs(&http.engine, &actor, id, now.version, &tabs).await;
    Ok(shown(saved.map_err(|error| wanted.failed(error))?, &actor))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Sure {
    /// The channel's name, as the console asks for it: an id is easily another one's.
    #[serde(default)]
    #[param(required = true)]
    name: String,
}

/// Deletes a channel. Its secrets and its webhook address are gone at once; its sessions are closed and stay readable.
#[utoipa::path(
    delete,
    path = "/api/v1/channels/{id}",
    tag = "Channels",
    params(("id" = ChannelId, Path), IfMatch, Sure),
    responses(
        (status = 204, description = "Deleted."),
        (status = 412, description = "`If-Match` names another version.", content_type = "application/problem+json", body = Problem)
    ),
    security(("token" = ["administer"]))
)]
pub async fn delete(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Id(id): Id<ChannelId>,
    wanted: IfMatch,
    Asked(Sure { name }): Asked<Sure>,
) -> Result<StatusCode, Problem> {
    let now = saved(&http.engine, &actor, id).await?;
    wanted.allow(now.version)?;
    let deleted = channels::delete(&http.engine, &actor, id, wanted.version(now.version), &name).await;
    deleted.map_err(|error| wanted.failed(error))?;
    Ok(StatusCode::NO_CONTENT)
}

/// Stops sending on a channel. What comes in is still kept and shown.
#[utoipa::path(
    post,
    path = "/api/v1/channels/{id}/pause",
    tag = "Channels",
    params(("id" = ChannelId, Path)),
    responses((status = 200, description = "Done; `ETag` is its version.", body = Channel)),
    security(("token" = ["administer"]))
)]
pub async fn pause(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Id(id): Id<ChannelId>,
) -> Result<impl IntoResponse, Problem> {
    channels::pause(&http.engine, &actor, id).await?;
    read(&http.engine, &actor, id).await
}

/// Ends a pause.
#[utoipa::path(
    post,
    path = "/api/v1/channels/{id}/resume",
    tag = "Channels",
    params(("id" = ChannelId, Path)),
    responses((status = 200, description = "Done; `ETag` is its version.", body = Channel)),
    security(("token" = ["administer"]))
)]
pub async fn resume(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Id(id): Id<ChannelId>,
) -> Result<impl IntoResponse, Problem> {
    channels::resume(&http.engine, &actor, id).await?;
    read(&http.engine, &actor, id).await
}
