//! Reads each body whole before its request is handled. One limit applies to each body, another to all bodies in memory
//! together. The request's head says who sends it. A sender who is not authenticated (a stranger) may send no more than
//! a log-in needs, and strangers share a memory budget of their own: however much they send, and however slowly, they
//! crowd out nobody else.
//!
//! A client that is refused while it still sends often sees a broken connection instead of the answer. So a body that
//! is too large is read to its end and discarded, unless it is larger than any honest mistake.

use super::{
    login_session,
    memory_budget::{Room, Taken},
    state::Http,
};
use axum::{
    body::{Body, Bytes, HttpBody as _},
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use http_body_util::BodyExt as _;
use std::time::Duration;
use tokio::time::timeout;
use tower_sessions::Session;

/// Largest body of a sender who has neither logged in nor a token.
pub const STRANGERS: usize = 64 * 1024;
/// Bytes beyond the limit that are read and discarded so that the client sees the answer.
const PATIENCE: usize = 32 * 1024 * 1024;
/// How long the body of a request that is refused by its head is read on, for the same reason.
const THROWN_AWAY_WITHIN: Duration = Duration::from_secs(5);
/// Seconds after which a client whose body found no room may retry.
const RETRY_AFTER: u32 = 5;

/// For routes that anybody may call.
pub async fn of_strangers(State(http): State<Http>, request: Request, next: Next) -> Response {
    read(&http.strangers_bodies, STRANGERS, request, next).await
}

/// For senders whom the request's head authenticates.
pub async fn of_the_known(State(http): State<Http>, request: Request, next: Next) -> Response {
    read(&http.bodies, http.settings.http.body_bytes, request, next).await
}

/// For uploads: one is begun by the head alone, and what comes with it is thrown away; each part is the handler's to read.
pub async fn of_uploads(request: Request, next: Next) -> Response {
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    let (head, body) = request.into_parts();
    throw_away(&head.headers, body).await;
    next.run(Request::from_parts(head, Body::empty())).await
}

/// For pages and server functions.
pub async fn of_people(State(http): State<Http>, request: Request, next: Next) -> Response {
    let most = request.body().size_hint().upper();
    let session = request.extensions().get::<Session>().cloned();
    match is_somebodys(&http, most, session).await {
        true => of_the_known(State(http), request, next).await,
        false => of_strangers(State(http), request, next).await,
    }
}

/// For a small body a session with a log-in is enough: the handler loads that session anyway, and it is read only once.
/// For a large body the user is looked up first.
async fn is_somebodys(http: &Http, most: Option<u64>, session: Option<Session>) -> bool {
    let most = most.and_then(|most| usize::try_from(most).ok());
    match (most, session) {
        (Some(0), _) | (_, None) => false,
        (Some(..=STRANGERS), Some(session)) => login_session::has_begun(&session).await,
        (_, Some(session)) => login_session::user(&http.engine, &session).await.is_ok(),
    }
}

/// Refuses a body of more than `limit` bytes with 413.
async fn read(room: &Room, limit: usize, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    match whole(room, &parts.headers, body, limit).await {
        // The body's memory stays reserved until the response exists.
        Ok((whole, _taken)) => next.run(Request::from_parts(parts, Body::from(whole))).await,
        Err(StatusCode::SERVICE_UNAVAILABLE) => (
            StatusCode::SERVICE_UNAVAILABLE,
            [(header::RETRY_AFTER, RETRY_AFTER)],
        )
            .into_response(),
        Err(status) => status.into_response(),
    }
}

/// Reads a body of up to `limit` bytes.
///
/// # Errors
/// 413 if it is larger, 400 if it breaks off, 503 if there is no room for it.
pub async fn whole<'r>(
    room: &'r Room,
    headers: &HeaderMap,
    mut body: Body,
    limit: usize,
) -> Result<(Bytes, Taken<'r>), StatusCode> {
    let hint = body.size_hint();
    let told = usize::try_from(hint.lower()).unwrap_or(usize::MAX);
    let most = hint.upper().and_then(|upper| usize::try_from(upper).ok());
    let most = most.unwrap_or(limit).min(limit);
    if told > limit && (waits_for_consent(headers) || told - limit > PATIENCE) {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }

    let mut arrived = Arrived::nothing(room, most);
    let mut length = 0_usize;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            return Err(StatusCode::BAD_REQUEST);
        };
        let Ok(data) = frame.into_data() else {
            continue;
        };
        length = length.saturating_add(data.len());
        if length.max(told) > limit {
            arrived = Arrived::nothing(room, most);
            if length > limit.saturating_add(PATIENCE) {
                break;
            }
        } else if !arrived.add(&data) {
            drop((arrived, data));
            throw_away(headers, body).await;
            return Err(StatusCode::SERVICE_UNAVAILABLE);
        }
    }
    if length.max(told) > limit {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    Ok((arrived.bytes.into(), arrived.taken))
}

/// What has come of a body. Only that takes memory, not what is announced: a client may announce much and send it slowly.
struct Arrived<'r> {
    bytes: Vec<u8>,
    /// As much as `bytes` has room for.
    taken: Taken<'r>,
    /// Bytes that the body will have at the most.
    most: usize,
}

impl<'r> Arrived<'r> {
    fn nothing(room: &'r Room, most: usize) -> Self {
        Self {
            bytes: Vec::new(),
            taken: Taken::nothing_of(room),
            most,
        }
    }

    /// Copies what has come, so that the connection's own buffer is free again; returns false if there is no room for it.
    fn add(&mut self, data: &[u8]) -> bool {
        let (length, before) = (self.bytes.len() + data.len(), self.bytes.capacity());
        if length > before {
            // Some more at a time, so that a body in many small parts is not copied at each.
            let ahead = length.max(self.most.min(before + before / 8));
            let Some(capacity) = [ahead, length]
                .into_iter()
                .find(|capacity| self.taken.more(capacity - before))
            else {
                return false;
            };
            self.bytes.reserve_exact(capacity - self.bytes.len());
        }
        self.bytes.extend_from_slice(data);
        true
    }
}

/// Reads and discards the rest of a refused request's body for a while, so that the client sees the answer.
pub async fn throw_away(headers: &HeaderMap, mut body: Body) {
    if body.is_end_stream() || waits_for_consent(headers) {
        return;
    }
    let to_the_end = async {
        let mut length = 0;
        while let Some(Ok(frame)) = body.frame().await {
            length += frame.data_ref().map_or(0, Bytes::len);
            if length > PATIENCE {
                break;
            }
        }
    };
    // If the body has not ended by then, the connection is closed.
    let _ = timeout(THROWN_AWAY_WITHIN, to_the_end).await;
}

/// With `Expect: 100-continue` the client sends the body only once the server begins to read it.
fn waits_for_consent(headers: &HeaderMap) -> bool {
    headers
        .get(header::EXPECT)
        .is_some_and(|expect| expect.as_bytes().eq_ignore_ascii_case(b"100-continue"))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(room: &Room, bytes: usize) -> Result<(Bytes, Taken<'_>), StatusCode> {
        whole(room, &HeaderMap::new(), Body::from(vec![b' '; bytes]), 1000).await
    }

    #[tokio::test]
    async fn the_room_is_everybodys_and_comes_back() {
        let room = Room::of(1500);
        let one = read(&room, 1000).await.expect("there is room");
        assert_eq!(
            read(&room, 1000).await.err(),
            Some(StatusCode::SERVICE_UNAVAILABLE)
        );
        let other = read(&room, 500).await.expect("there is room for a smaller one");
        drop(one);
        assert_eq!(read(&room, 1001).await.err(), Some(StatusCode::PAYLOAD_TOO_LARGE));
        read(&room, 1000).await.expect("there is room again");
        drop(other);
        assert_eq!(room.left(), 1500);
    }

    #[test]
    fn what_is_announced_takes_no_memory() {
        let room = Room::of(100);
        let mut arrived = Arrived::nothing(&room, 4_000_000);
        for (length, capacity) in [(40, 40), (80, 80), (81, 90), (90, 90), (95, 95), (100, 100)] {
            let more = vec![b' '; length - arrived.bytes.len()];
            assert!(arrived.add(&more), "there is room for {length}");
            assert_eq!(arrived.bytes.capacity(), capacity);
            assert_eq!(room.left(), i64::try_from(100 - capacity).unwrap());
        }
        assert!(!arrived.add(b" "));
        drop(arrived);
        assert_eq!(room.left(), 100);
        // At the end, no more than there will be.
        let mut arrived = Arrived::nothing(&room, 82);
        assert!(arrived.add(&[b' '; 80]) && arrived.add(b" "));
        assert_eq!(arrived.bytes.capacity(), 82);
    }
}
