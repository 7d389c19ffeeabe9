//! Events as they come. A stream goes from place to place as a script that asks for pages, so a slow reader misses nothing.

use super::{
    fill::said,
    together::{Next, Said},
};
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
use engine::{Engine, Error, events::feed::Place};
use futures::{StreamExt as _, future, stream};
use std::{collections::VecDeque, convert::Infallible, sync::Arc, time::Duration};
use tokio::time::{Instant, sleep, timeout, timeout_at};

/// How long a stream waits for more after an event: a burst is read at once.
const GATHER: Duration = Duration::from_millis(250);
/// How long it waits for a read, behind the reads of others: less than the silence after which a client gives it up.
const PATIENCE: Duration = Duration::from_secs(10);

/// Streams what the token may see, until it is revoked or expires.
///
/// # Errors
/// Events after this place are deleted, too many streams are open, or the first events are not read in time.
pub async fn open(http: &Http, actor: Actor, token: String, after: Place) -> Result<Response, Problem> {
    let Actor::Token { id, .. } = actor else {
        return Err(Refusal::Forbidden.into());
    };
    let limits = &http.settings.http;
    let listener = Listener::Token(id);
    let seat = Streams::take(&http.streams, listener, limits.streams_per_user, limits.streams)?;
    let mut follower = Follower {
        http: http.clone(),
        actor,
        place: after,
        told: VecDeque::new(),
        more: false,
        ping_at: Instant::now() + PING_EVERY,
        _seat: seat,
    };
    // Only the database knows whether what comes after any place is kept.
    let first = http
        .event_reads
        .alone((&http.engine, said), &follower.actor, after);
    let first = in_time(first).await?;
    if let Some(newest) = follower.take(first) {
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

/// A read, which waits behind the reads of others for [`PATIENCE`] at the most.
async fn in_time(read: impl Future<Output = engine::Result<Next>>) -> engine::Result<Next> {
    let late = Error::Unavailable("a stream of events was not read in time");
    timeout(PATIENCE, read).await.unwrap_or(Err(late))
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
    http: Http,
    actor: Actor,
    /// Up to here everything is told, or is in `told`.
    place: Place,
    told: VecDeque<Arc<Said>>,
    /// Whether there may be more without anything new.
    more: bool,
    ping_at: Instant,
    _seat: streams::Place,
}

impl Follower {
    /// `None`: the client has to come back.
    async fn next(&mut self) -> Option<sse::Event> {
        loop {
            if let Some(said) = self.told.pop_front() {
                let event = sse::Event::default().id(said.place.to_string());
                return Some(event.data(&said.data));
            }
            if Instant::now() >= self.ping_at {
                self.ping_at = Instant::now() + PING_EVERY;
                self.http.event_reads.forget();
                return Some(named(PING, self.place));
            }
            if !self.more {
                let newer = self.http.engine.events().newer_than(self.place.number);
                if timeout_at(self.ping_at, newer).await.is_err() {
                    continue;
                }
                sleep(GATHER).await;
            }
            let reads = &self.http.event_reads;
            let next = reads.after((&self.http.engine, said), &self.actor, self.place);
            let next = in_time(next)
                .await
                .inspect_err(|error| tracing::warn!(%error, "a stream of events cannot go on now"))
                .ok()?;
            if self.take(next).is_some() {
                return None;
            }
        }
    }

    /// Goes on to what comes next; returns the place of the newest event when some are deleted that are not told yet.
    fn take(&mut self, next: Next) -> Option<Place> {
        match next {
            Next::Gone { newest } => Some(newest),
            Next::Kept { said, upto, more } => {
                self.told = said.into();
                self.place = upto;
                self.more = more;
                None
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
