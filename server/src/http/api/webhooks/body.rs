//! A webhook as the API tells of it.

use crate::http::api::{problem::Problem, time, version};
use domain::{
    access::Actor,
    ids::{ChannelId, QueueId, WebhookId},
    webhook::{self, WhyOff},
};
use engine::{Engine, webhooks};
use serde::Serialize;
use utoipa::ToSchema;

/// An address of another program to which events are sent.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http::api) struct Webhook {
    id: WebhookId,
    name: String,
    address: String,
    /// The types of events that it gets; none: all.
    types: Vec<String>,
    /// It gets only what happens on these channels; none: whatever happens.
    channels: Vec<ChannelId>,
    /// It gets only what happens to sessions of these queues; none: whatever happens.
    queues: Vec<QueueId>,
    #[schema(format = DateTime)]
    created_at: String,
    /// Why it gets no events.
    #[schema(required)]
    off: Option<Off>,
    /// Since when nothing has got through, although it was tried.
    #[schema(required, format = DateTime)]
    failing_since: Option<String>,
    /// Until when it is left alone, because it has asked for that (`Retry-After`).
    #[schema(required, format = DateTime)]
    held_until: Option<String>,
    /// What is being sent to it again; `null`: nothing.
    #[schema(required)]
    replay: Option<Replay>,
    /// Until when a former secret signs, too.
    #[schema(required, format = DateTime)]
    former_secret_until: Option<String>,
    /// How many events wait for it.
    waiting: u64,
    /// How many events were given up, and can be replayed.
    dead: u64,
}

/// Since when, and why, a webhook gets no events.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookOff)]
struct Off {
    #[schema(format = DateTime)]
    since: String,
    why: WhyOff,
}

/// A replay that is under way.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookReplay)]
struct Replay {
    #[schema(format = DateTime)]
    asked_at: String,
    /// All that happened since then; `null`: all that was given up.
    #[schema(required, format = DateTime)]
    since: Option<String>,
    /// How many events by now.
    replayed: u64,
}

impl From<webhook::Replay> for Replay {
    fn from(replay: webhook::Replay) -> Self {
        Self {
            asked_at: time(replay.asked_at),
            since: replay.since.map(time),
            replayed: replay.events,
        }
    }
}

impl From<webhook::Webhook> for Webhook {
    fn from(webhook: webhook::Webhook) -> Self {
        Self {
            id: webhook.id,
            name: webhook.name,
            address: webhook.address,
            types: webhook.wanted.types,
            channels: webhook.wanted.channels,
            queues: webhook.wanted.queues,
            created_at: time(webhook.created_at),
            off: webhook.off.map(|(since, why)| Off {
                since: time(since),
                why,
            }),
            failing_since: webhook.failing_since.map(time),
            held_until: webhook.held_until.map(time),
            replay: webhook.replay.map(Replay::from),
            former_secret_until: webhook.former_secret_until.map(time),
            waiting: webhook.waiting,
            dead: webhook.dead,
        }
    }
}

/// A webhook with its version.
pub(super) type Shown = version::Tagged<Webhook>;

pub(super) async fn read(engine: &Engine, actor: &Actor, id: WebhookId) -> Result<Shown, Problem> {
    let webhook = webhooks::get(engine, actor, id).await?;
    Ok((version::tag(webhook.version), axum::Json(webhook.into())))
}
