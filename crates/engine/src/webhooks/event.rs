//! How what happened is worded for programs. The types of events and their JSON are the API's: this room carries what it is
//! given.

use crate::{
    Engine, Result,
    events::feed::{Happening, Place},
};
use async_trait::async_trait;
use bytes::Bytes;
use domain::{
    ids::{ChannelId, QueueId, SessionId},
    time::Timestamp,
};
use std::fmt;

/// An event as programs are told of it.
#[derive(Debug, Clone)]
pub struct Wording {
    pub place: Place,
    pub at: Timestamp,
    /// Such as `message.received`.
    pub kind: String,
    pub session: Option<SessionId>,
    pub channel: Option<ChannelId>,
    /// That of the session when it is worded.
    pub queue: Option<QueueId>,
    /// JSON, sent as it is.
    pub body: Bytes,
}

/// Words events for programs.
#[async_trait]
pub trait Tells: fmt::Debug + Send + Sync {
    /// In the order in which it happened; that of which programs are told nothing is left out.
    async fn tell(&self, engine: &Engine, happenings: &[Happening]) -> Result<Vec<Wording>>;
}
