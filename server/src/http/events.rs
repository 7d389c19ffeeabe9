//! Live updates, as server-sent events. Each says only what to read again, so a stream may break at any time:
//! it begins with `resync`, and a browser connects again by itself.

use super::{Http, login_session};
use axum::{
    extract::State,
    http::StatusCode,
    response::{
        IntoResponse as _, Response,
        sse::{self, KeepAlive, Sse},
    },
};
use domain::{
    event::{Change, Event},
    ids::PersonId,
    people::{Actor, Me},
};
use engine::{Engine, people, web_sessions};
use futures::{StreamExt as _, future, stream};
use std::{
    collections::HashMap,
    convert::Infallible,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tower_sessions::Session;

/// Proxies cut connections on which nothing moves for a minute or so.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// What the person may see, for as long as they are logged in and remain who they are; after a change of role
/// the stream ends, and the browser's next one has the new rights.
pub async fn stream(State(http): State<Http>, session: Session) -> Response {
    let (engine, streams) = (http.engine.clone(), http.streams.clone());
    let me = match login_session::person(&engine, &session).await {
        Ok(me) => me,
        Err(status) => return status.into_response(),
    };
    let Some(id) = session.id() else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    let Some(place) = Streams::take(&streams, me.id, http.settings.http.streams_per_person) else {
        return StatusCode::TOO_MANY_REQUESTS.into_response();
    };

    let actor = Actor::Person(me.clone());
    let subscription = engine.events().subscribe();
    let events = stream::unfold(
        (subscription, actor, place),
        |(mut subscription, actor, place)| async move {
            let event = subscription.next(&actor).await?;
            Some((event, (subscription, actor, place)))
        },
    );
    let check = http.settings.http.stream_check_seconds;
    let gone = Box::pin(logged_out(engine, me, id.to_string(), check));
    let over = future::select(gone, Box::pin(http.stopping.clone().begun()));

    let first = Event {
        number: 0,
        change: Change::Resync,
    };
    let events = stream::iter([first]).chain(events).map(frame).take_until(over);
    Sse::new(events)
        .keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
        .into_response()
}

fn frame(event: Event) -> Result<sse::Event, Infallible> {
    let data = serde_json::to_string(&event).unwrap_or_default();
    Ok(sse::Event::default().id(event.number.to_string()).data(data))
}

/// Ends when the person is logged out, disabled, or changed.
async fn logged_out(engine: Engine, me: Me, session: String, check: Duration) {
    loop {
        tokio::time::sleep(check).await;
        let in_session = web_sessions::load(&engine, &session).await;
        let person = people::me(&engine, me.id).await;
        let unchanged = matches!(in_session, Ok(Some(_))) && matches!(person, Ok(Some(now)) if now == me);
        if !unchanged {
            return;
        }
    }
}

/// How many streams each person has open.
#[derive(Debug, Default)]
pub struct Streams(Mutex<HashMap<PersonId, usize>>);

/// One open stream; dropped with it.
#[derive(Debug)]
struct Place {
    streams: Arc<Streams>,
    person: PersonId,
}

impl Streams {
    fn take(streams: &Arc<Self>, person: PersonId, most: usize) -> Option<Place> {
        let mut open = streams.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(person).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Place {
            streams: Arc::clone(streams),
            person,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.streams.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.person) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.person);
            }
        }
    }
}
