//! `/api/v1/channels`. Secrets go in and never come out.

use super::{Administrator, Id, Reader, json::Json, list, list::Wanted, problem::Problem, time, version};
use crate::http::state::Http;
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use domain::page::Page;
use domain::{
    access::{Actor, Permission},
    channel::{AuthenticationForm, Badge, ChannelRow, ChannelView, DestinationRef, MessagingForm, Sending},
    doctor::Check,
    ids::ChannelId,
    refusal::Refusal,
};
use engine::{Engine, channels};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[derive(Default)]
pub struct NewChannel {
    name: String,
    phone_number: String,
    phone_number_id: String,
    waba_id: Option<String>,
    access_token: String,
    app_secret: String,
    destination: Option<NewDestination>,
}

impl std::fmt::Debug for NewChannel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewChannel")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewDestination {
    #[serde(rename = "type")]
    kind: String,
    id: String,
}

impl NewDestination {
    /// As the form spells it.
    pub(super) fn spelled(self) -> String {
        format!("{}:{}", self.kind, self.id)
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChannelDestination)]
struct Destination {
    #[serde(flatten)]
    destination: domain::channel::Destination,
    label: String,
    disabled: bool,
}

impl From<DestinationRef> for Destination {
    fn from(row: DestinationRef) -> Self {
        Self {
            destination: row.destination,
            label: row.label,
            disabled: row.disabled,
        }
    }
}

/// One channel with every field that may be shown.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Channel {
    id: ChannelId,
    name: String,
    status: Badge,
    #[schema(required)]
    phone_number: Option<String>,
    #[schema(required)]
    phone_number_id: Option<String>,
    #[schema(required)]
    waba_id: Option<String>,
    #[schema(required)]
    destination: Option<Destination>,
    /// Where new sessions go while the destination is disabled.
    #[schema(required)]
    fallback: Option<Destination>,
    sending: Sending,
    /// What is set at Meta; only for callers who may change the channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verify_token: Option<String>,
    #[schema(required, format = DateTime)]
    last_inbound_at: Option<String>,
}

impl Channel {
    pub(super) fn of(channel: ChannelView, actor: &Actor) -> Self {
        let may_change = actor.may(Permission::ChannelChange);
        Self {
            id: channel.id,
            name: channel.name,
            status: channel.badge,
            phone_number: channel.phone_number,
            phone_number_id: channel.phone_number_id,
            waba_id: channel.waba_id,
            destination: channel.destination.map(Into::into),
            fallback: channel.fallback.map(Into::into),
            sending: channel.sending,
            webhook_url: may_change.then_some(channel.webhook_url),
            verify_token: may_change.then_some(channel.verify_token),
            last_inbound_at: channel.last_inbound_at.map(time),
        }
    }
}

/// A channel in the list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ListedChannel)]
pub(super) struct Row {
    id: ChannelId,
    name: String,
    status: Badge,
    degraded_by: Vec<Check>,
    #[schema(required)]
    phone_number: Option<String>,
    #[schema(required)]
    phone_number_id: Option<String>,
    #[schema(required)]
    destination: Option<Destination>,
    #[schema(required, format = DateTime)]
    last_inbound_at: Option<String>,
    inbound_day: u32,
    outbound_day: u32,
}

impl From<ChannelRow> for Row {
    fn from(row: ChannelRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            status: row.badge,
            degraded_by: row.degraded_by,
            phone_number: row.phone_number,
            phone_number_id: row.phone_number_id,
            destination: row.destination.map(Into::into),
            last_inbound_at: row.last_inbound_at.map(time),
            inbound_day: row.inbound_day,
            outbound_day: row.outbound_day,
        }
    }
}

/// Lists the channels, by name.
#[utoipa::path(
    get,
    path = "/api/v1/channels",
    tag = "Channels",
    params(Wanted),
    responses((status = 200, description = "Done.", body = Page<Row>)),
    security(("token" = ["read"]))
)]
pub async fn list(
    Reader(actor): Reader,
    State(http): State<Http>,
    Wanted(wanted): Wanted,
) -> Result<impl IntoResponse, Problem> {
    Ok(list::page(
        channels::page(&http.engine, &actor, &wanted).await?,
        Row::from,
    ))
}

/// Reads a channel.
#[utoipa::path(
    get,
    path = "/api/v1/channels/{id}",
    tag = "Channels",
    params(("id" = ChannelId, Path)),
    responses((status = 200, description = "Done; `ETag` is its version.", body = Channel)),
    security(("token" = ["read"]))
)]
pub async fn get(
    Reader(actor): Reader,
    State(http): State<Http>,
    Id(channel): Id<ChannelId>,
) -> Result<impl IntoResponse, Problem> {
    read(&http.engine, &actor, channel).await
}

/// The channel as it is saved. An id that a user's editor has reserved is none yet.
pub(super) async fn saved(engine: &Engine, actor: &Actor, id: ChannelId) -> Result<ChannelView, Problem> {
    let channel = channels::get(engine, actor, id).await?;
    match channel.version {
        0 => Err(Refusal::NotFound.into()),
        _ => Ok(channel),
    }
}

/// A channel with its version.
pub(super) type Shown = version::Tagged<Channel>;

pub(super) async fn read(engine: &Engine, actor: &Actor, id: ChannelId) -> Result<Shown, Problem> {
    Ok(shown(saved(engine, actor, id).await?, actor))
}

pub(super) fn shown(channel: ChannelView, actor: &Actor) -> Shown {
    (
        version::tag(channel.version),
        axum::Json(Channel::of(channel, actor)),
    )
}

/// Creates a channel. Secrets go in and never come out.
#[utoipa::path(
    post,
    path = "/api/v1/channels",
    tag = "Channels",
    request_body = NewChannel,
    responses((status = 201, description = "Created; `Location` is its address, `ETag` its version.", body = Channel)),
    security(("token" = ["administer"]))
)]
pub async fn create(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Json(new): Json<NewChannel>,
) -> Result<impl IntoResponse, Problem> {
    let authentication = AuthenticationForm {
        name: new.name,
        access_token: new.access_token,
        app_secret: new.app_secret,
        ..AuthenticationForm::default()
    };
    let destination = new.destination.map(NewDestination::spelled);
    let messaging = MessagingForm {
        phone_number: new.phone_number,
        phone_number_id: new.phone_number_id,
        waba_id: new.waba_id.unwrap_or_default(),
        destination: destination.unwrap_or_default(),
        ..MessagingForm::default()
    };
    let channel = channels::create(&http.engine, &actor, &authentication, &messaging).await?;
    let location = [(header::LOCATION, format!("/api/v1/channels/{}", channel.id))];
    Ok((StatusCode::CREATED, location, shown(channel, &actor)))
}
