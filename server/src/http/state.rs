//! The state that all handlers share.

use super::{
    api::events::together::Reads, memory_budget::Room, rate_limit::RateLimits, site, streams::Streams,
};
use crate::{settings::Settings, shutdown::Stopping};
use axum::{body::Bytes, extract::FromRef};
use engine::{Engine, shared_reads::SharedReads};
use leptos::config::LeptosOptions;
use std::{ops::Deref, sync::Arc};
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;
use url::Url;

/// One pointer, because every layer of every request clones it.
#[derive(Debug, Clone)]
pub struct Http(Arc<Shared>);

/// See [`Http`].
#[derive(Debug)]
pub struct Shared {
    pub engine: Engine,
    pub settings: Arc<Settings>,
    pub public_url: Url,
    pub stopping: Stopping,
    pub leptos: LeptosOptions,
    /// Room for bodies of authenticated senders.
    pub bodies: Room,
    /// Room for bodies of webhook requests: only a whole one tells whether Meta signed it.
    pub webhook_bodies: Room,
    pub strangers_bodies: Room,
    /// Places for pages that are being drawn.
    pub(super) pages: Arc<Semaphore>,
    pub(super) streams: Arc<Streams>,
    /// What scripts' streams of events tell.
    pub(super) event_reads: Reads,
    pub(super) rate_limits: RateLimits,
    /// Requests with a key that are being answered, whether their clients are still there or not.
    pub keyed: TaskTracker,
    /// Lists of sessions, as JSON.
    pub(super) session_lists: SharedReads<Bytes>,
}

impl Deref for Http {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl Http {
    pub fn new(engine: Engine, settings: Settings, public_url: Url) -> Self {
        Self(Arc::new(Shared {
            public_url,
            stopping: Stopping::default(),
            leptos: site::leptos_options(settings.http.listen),
            bodies: Room::of(settings.http.bodies_bytes),
            webhook_bodies: Room::of(settings.http.webhook_bodies_bytes),
            strangers_bodies: Room::of(settings.http.strangers_bodies_bytes),
            pages: Arc::new(Semaphore::new(settings.http.pages.min(Semaphore::MAX_PERMITS))),
            streams: Arc::default(),
            event_reads: Reads::default(),
            session_lists: SharedReads::default(),
            rate_limits: RateLimits::new(settings.http.api_requests_per_minute, engine.clock()),
            keyed: TaskTracker::new(),
            settings: Arc::new(settings),
            engine,
        }))
    }
}

impl FromRef<Http> for LeptosOptions {
    fn from_ref(http: &Http) -> Self {
        http.leptos.clone()
    }
}
