//! Live updates, as server-sent events. A stream may break at any time: its first event gives its position, and
//! a browser that reconnects names the last event that it knows.

use super::{
    login_session,
    state::Http,
    streams::{Listener, Streams},
};
use axum::{
    extract::{Query, State},
    http::{HeaderMap, HeaderName, StatusCode, header},
    response::{
        IntoResponse as _, Response,
        sse::{self, Sse},
    },
};
use domain::{
    access::{Actor, Me},
    event::{HELLO, Hello, PING, PING_EVERY, WRITING},
};
use engine::{
    Engine,
    events::{self, Told},
    presence::OpenPage,
};
use futures::{Stream, StreamExt as _, future, stream};
use serde::{Deserialize, Serialize};
use std::{convert::Infallible, time::Duration};
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tower_sessions::Session;

/// Headers for proxies. nginx holds a response back until its buffer is full, unless
/// [this header](https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_buffering) says otherwise; a
/// compressing proxy holds it back as well, unless `no-transform` forbids compression.
pub(super) const PASS_ON_AT_ONCE: [(HeaderName, &str); 2] = [
    (HeaderName::from_static("x-accel-buffering"), "no"),
    (header::CACHE_CONTROL, "no-cache, no-transform"),
];

/// The position at which a stream resumes.
#[derive(Debug, Deserialize)]
pub struct Since {
    after: Option<u64>,
}

/// Streams the events that the user may see, for as long as they are logged in and their account is unchanged. After a
/// change of role the stream ends, and the browser's next one has the new rights.
///
/// `after`, or `Last-Event-ID`, is the number of the last event that the browser knows: the events since then come
/// first.
pub async fn stream(
    State(http): State<Http>,
    Query(Since { after }): Query<Since>,
    headers: HeaderMap,
    session: Session,
) -> Response {
    let engine = http.engine.clone();
    let me = match login_session::user(&engine, &session).await {
        Ok(me) => me,
        Err(status) => return status.into_response(),
    };
    let Some(id) = session.id() else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    let limits = &http.settings.http;
    let listener = Listener::User(me.id);
    let place = match Streams::take(&http.streams, listener, limits.streams_per_user, limits.streams) {
        Ok(place) => place,
        Err(full) => return full.into_response(),
    };

    let actor = Actor::User(me.clone());
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    let after = last.and_then(|id| id.parse().ok()).or(after);
    let (position, subscription) = match events::follow(&engine, &actor, after).await {
        Ok(begun) => begun,
        Err(error) => {
            tracing::warn!(%error, "a stream of events cannot begin now");
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    };
    let hello = Hello {
        user: me.id,
        position,
    };
    // Both are given back when the stream ends.
    let kept = (place, OpenPage::open(&engine, &me));
    let changes = stream::unfold(
        (subscription, actor, kept),
        |(mut subscription, actor, kept)| async move {
            let event = subscription.next(&actor).await?;
            Some((changed(&event), (subscription, actor, kept)))
        },
    );
    let whispers = stream::unfold(
        (engine.events().whispers(), Actor::User(me.clone())),
        |(mut whispers, actor)| async move {
            let writing = whispers.next(&actor).await?;
            Some((named(WRITING, &writing), (whispers, actor)))
        },
    );
    let gone = Box::pin(logged_out(
        engine,
        me,
        id.to_string(),
        limits.stream_check_seconds,
    ));
    let over = future::select(gone, Box::pin(http.stopping.clone().begun()));

    let events = stream::iter([named(HELLO, &hello)])
        .chain(stream::select(changes, stream::select(whispers, pings())))
        .map(Ok::<_, Infallible>)
        .take_until(over);
    (PASS_ON_AT_ONCE, Sse::new(events)).into_response()
}

fn changed(event: &Told) -> sse::Event {
    let data = serde_json::to_string(event).unwrap_or_default();
    sse::Event::default().id(event.number.to_string()).data(data)
}

fn named(name: &str, data: &impl Serialize) -> sse::Event {
    let data = serde_json::to_string(data).unwrap_or_default();
    sse::Event::default().event(name).data(data)
}

fn pings() -> impl Stream<Item = sse::Event> {
    let mut clock = interval_at(Instant::now() + PING_EVERY, PING_EVERY);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    stream::unfold(clock, |mut clock| async move {
        clock.tick().await;
        // Browsers do not dispatch an event without data.
        Some((sse::Event::default().event(PING).data("{}"), clock))
    })
}

/// Returns when the user is logged out, disabled, or changed.
async fn logged_out(engine: Engine, me: Me, session: String, check: Duration) {
    loop {
        tokio::time::sleep(check).await;
        if !login_session::is_as_before(&engine, &session, &me).await {
            return;
        }
    }
}
