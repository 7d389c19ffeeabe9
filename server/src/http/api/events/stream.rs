//! Events as they come. A stream reads the same pages as a script that asks for them, so a slow reader misses nothing.

use super::{fill, types::Event};
use crate::http::{
    api::{Caller, problem::Problem},
    events::PASS_ON_AT_ONCE,
    state::Http,
    streams::{self, Listener, Streams},
};
use axum::response::{
    IntoResponse as _, Response,
    sse::{self, Sse},
};
use domain::{
    access::Actor,
    event::{HELLO, PING, PING_EVERY},
    refusal::Refusal,
};
use engine::{
    Engine,
    events::feed::{self, Feed, Place},
};
use futures::{StreamExt as _, future, stream};
use std::{collections::VecDeque, convert::Infallible, time::Duration};
use tokio::time::{Instant, sleep, timeout_at};

/// Events that are read at once.
const AT_ONCE: usize = 100;
/// How long a stream waits for more after an event: a burst is read at once.
const GATHER: Duration = Duration::from_millis(250);

/// Streams what the token may see, until it is revoked or expires.
///
/// # Errors
/// Events after this place are deleted, or too many streams are open.
pub async fn open(http: &Http, actor: Actor, token: String, after: Place) -> Result<Response, Problem> {
    let Actor::Token { id, .. } = actor else {
        return Err(Refusal::Forbidden.into());
    };
    let limits = &http.settings.http;
    let listener = Listener::Token(id);
    let seat = Streams::take(&http.streams, listener, limits.streams_per_user, limits.streams)?;
    let mut follower = Follower {
        engine: http.engine.clone(),
        actor,
        place: after,
        told: VecDeque::new(),
        more: false,
        ping_at: Instant::now() + PING_EVERY,
        _seat: seat,
    };
    if let Some(newest) = follower.read().await? {
        return Err(Problem::events_gone(newest));
    }
    let revoked = Box::pin(revoked(http.engine.clone(), token, limits.stream_check_seconds));
    let over = future::select(revoked, Box::pin(http.stopping.clone().begun()));
    let told = stream::unfold(follower, |mut follower| async move {
        let event = follower.next().await?;
        Some((event, follower))
    });
    let events = stream::iter([named(HELLO, after)])
        .chain(told)
        .map(Ok::<_, Infallible>)
        .take_until(over);
    Ok((PASS_ON_AT_ONCE, Sse::new(events)).into_response())
}

/// One that proves that the stream is alive, and says how far it is.
fn named(name: &str, place: Place) -> sse::Event {
    let event = sse::Event::default().event(name).id(place.to_string());
    // Browsers do not dispatch an event without data.
    event.data("{}")
}

/// Whoever reads the stream.
#[derive(Debug)]
struct Follower {
    engine: Engine,
    actor: Actor,
    /// Up to here everything is told, or is in `told`.
    place: Place,
    told: VecDeque<Event>,
    /// Whether there may be more without anything new.
    more: bool,
    ping_at: Instant,
    _seat: streams::Place,
}

impl Follower {
    /// `None`: the client has to come back.
    async fn next(&mut self) -> Option<sse::Event> {
        loop {
            if let Some(event) = self.told.pop_front() {
                let data = serde_json::to_string(&event).unwrap_or_default();
                return Some(sse::Event::default().id(event.id).data(data));
            }
            if Instant::now() >= self.ping_at {
                self.ping_at = Instant::now() + PING_EVERY;
                return Some(named(PING, self.place));
            }
            if !self.more {
                let newer = self.engine.events().newer_than(self.place.number);
                if timeout_at(self.ping_at, newer).await.is_err() {
                    continue;
                }
                sleep(GATHER).await;
            }
            match self.read().await {
                Ok(None) => {}
                Ok(Some(_)) => return None,
                Err(error) => {
                    tracing::warn!(%error, "a stream of events cannot go on now");
                    return None;
                }
            }
        }
    }

    /// Reads on; returns the place of the newest event when some are deleted that are not told yet.
    async fn read(&mut self) -> engine::Result<Option<Place>> {
        match feed::read(&self.engine, &self.actor, self.place, AT_ONCE).await? {
            Feed::Gone { newest } => Ok(Some(newest)),
            Feed::Kept { happenings, upto } => {
                self.more = happenings.len() == AT_ONCE;
                self.place = upto;
                self.told = fill::events(&self.engine, &self.actor, happenings).await?.into();
                Ok(None)
            }
        }
    }
}

/// Returns when the token does not work any more.
async fn revoked(engine: Engine, token: String, check: Duration) {
    loop {
        sleep(check).await;
        if !Caller::still_works(&engine, &token).await {
            return;
        }
    }
}
