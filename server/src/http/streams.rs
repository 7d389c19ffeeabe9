//! Counts the open streams of live updates per user and per API token: each is a connection that lasts for hours.

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::ids::{TokenId, UserId};
use engine::seldom::{EVERY_SECOND, Seldom};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// Seconds after which a refused client may retry.
pub(super) const RETRY_AFTER: u32 = 30;

/// Whoever has a stream open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Listener {
    User(UserId),
    Token(TokenId),
}

/// How many streams each of them has open.
#[derive(Debug, Default)]
pub struct Streams(Mutex<HashMap<Listener, usize>>);

/// The place of one open stream; dropped together with it.
#[derive(Debug)]
pub(super) struct Place {
    streams: Arc<Streams>,
    listener: Listener,
}

/// Why there is no room for another stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Full {
    /// This one has reached `http.streams_per_user`.
    Listener,
    /// All together have reached `http.streams`.
    Process,
}

impl IntoResponse for Full {
    fn into_response(self) -> Response {
        let (status, text) = match self {
            Self::Listener => (
                StatusCode::TOO_MANY_REQUESTS,
                "You have this console open in too many browsers: close one (http.streams_per_user).\n",
            ),
            Self::Process => (
                StatusCode::SERVICE_UNAVAILABLE,
                "Too many users follow live updates at the moment (http.streams).\n",
            ),
        };
        (status, [(header::RETRY_AFTER, RETRY_AFTER.to_string())], text).into_response()
    }
}

impl Streams {
    pub(super) fn take(
        streams: &Arc<Self>,
        listener: Listener,
        most: usize,
        most_in_all: usize,
    ) -> Result<Place, Full> {
        let mut open = streams.0.lock().unwrap_or_else(PoisonError::into_inner);
        if open.values().sum::<usize>() >= most_in_all {
            static FULL: Seldom = Seldom::every(EVERY_SECOND);
            if let Some(left_out) = FULL.due() {
                tracing::warn!(
                    left_out,
                    "no room for another stream of live updates: http.streams"
                );
            }
            return Err(Full::Process);
        }
        let count = open.entry(listener).or_default();
        if *count >= most {
            return Err(Full::Listener);
        }
        *count += 1;
        Ok(Place {
            streams: Arc::clone(streams),
            listener,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.streams.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.listener) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.listener);
            }
        }
    }
}
