//! Lets scripts repeat a POST with its `Idempotency-Key` until they have the answer
//! (<https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/>). `engine::idempotency` knows what was done.

use super::{
    Caller,
    key::{KEY, key_of, repeats},
    operations::{self, Operation},
    problem::Problem,
};
use crate::http::{state::Http, uploads};
use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, header, request, response},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use domain::{access::Actor, ids::TokenId, refusal::Refusal};
use engine::{
    Engine,
    audit::request::carried,
    idempotency::{self, Answer, Begun, Claim},
};
use sha2::{Digest as _, Sha256};
use std::{panic::resume_unwind, time::Duration};
use tokio::time::{Instant, sleep};
use tracing::Instrument as _;

/// Says that the answer was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
/// What of an answer's head is given again; the rest is of each answer.
const KEPT: [HeaderName; 5] = [
    header::CONTENT_TYPE,
    header::ETAG,
    header::LOCATION,
    header::RETRY_AFTER,
    uploads::RESUMABLE,
];
/// How long a repetition waits for the answer to the first request.
const PATIENCE: Duration = Duration::from_secs(3);
/// A quick request is answered soon, and many that wait for a slow one ask seldom.
const FIRST_LOOK: Duration = Duration::from_millis(50);
const LAST_LOOK: Duration = Duration::from_millis(800);

/// The layer for all requests with a token.
pub async fn answer_once(
    State(http): State<Http>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let claimed = claimed(&request)?;
    let Some((operation, token, key)) = claimed else {
        return Ok(next.run(request).await);
    };
    let (head, body) = request.into_parts();
    let body = in_memory(body).await;
    let fingerprint = fingerprint(operation, &head, &body);
    let asked = idempotency::Request {
        token,
        key,
        fingerprint,
    };
    match begin(&http.engine, &asked).await? {
        Begun::Now(claim) => {
            let request = Request::from_parts(head, Body::from(body));
            Ok(serve(http, claim, next.run(request)).await)
        }
        Begun::Before(answer) => Ok(again(answer)),
        Begun::InProgress => Err(Problem::request_in_progress()),
        Begun::OutcomeUnknown => Err(Problem::outcome_unknown()),
        Begun::OfAnother => Err(Refusal::KeyReused.into()),
        Begun::TooMany => Err(Problem::too_many_keys()),
    }
}

/// What a request that is repeated by its key asks for, its token and its key. Whoever may not make the request claims nothing.
fn claimed(request: &Request) -> Result<Option<(&'static Operation, TokenId, String)>, Problem> {
    let path = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let is_repeated = request.method() == Method::POST && path.is_some_and(repeats);
    let operation = operations::of(request).filter(|_| is_repeated);
    let (Some(operation), Some(caller)) = (operation, request.extensions().get::<Caller>()) else {
        return Ok(None);
    };
    let (Some(key), Actor::Token { id, .. }) = (key_of(request.headers())?, &caller.0) else {
        return Ok(None);
    };
    if let Some(scope) = operation.scope {
        caller.require(scope)?;
    }
    Ok(Some((operation, *id, key)))
}

/// A body that other layers or the handler have in memory already.
async fn in_memory(body: Body) -> Bytes {
    to_bytes(body, usize::MAX).await.unwrap_or_default()
}

/// Equal for requests with the same method, address and body, and the same headers that say what is asked for.
fn fingerprint(operation: &Operation, head: &request::Parts, body: &[u8]) -> String {
    let address = head.uri.path_and_query().map_or("/", |address| address.as_str());
    let mut hash = Sha256::new().chain_update(format!("{} {address}\n", head.method));
    for name in operation.headers.iter().filter(|name| *name != KEY) {
        for value in head.headers.get_all(name) {
            hash.update(name);
            hash.update(": ");
            hash.update(value);
            hash.update("\n");
        }
    }
    hash.update(body);
    hex::encode(hash.finalize())
}

/// Claims the key; of several requests at once, all but one wait for the answer.
async fn begin(engine: &Engine, asked: &idempotency::Request) -> engine::Result<Begun> {
    let until = Instant::now() + PATIENCE;
    let mut pause = FIRST_LOOK;
    loop {
        match idempotency::begin(engine, asked).await? {
            Begun::InProgress if Instant::now() < until => sleep(pause).await,
            begun => return Ok(begun),
        }
        pause = LAST_LOOK.min(pause * 2);
    }
}

/// Serves the request in a task of its own, to its end, even if the script has gone away: it comes back for the answer. A stop
/// waits for it.
async fn serve(
    http: Http,
    claim: Claim,
    answered: impl Future<Output = Response> + Send + 'static,
) -> Response {
    let tasks = http.keyed.clone();
    let work = async move {
        let response = idempotency::within(&http.engine, claim.clone(), answered).await;
        let (head, body) = response.into_parts();
        let body = in_memory(body).await;
        let kept = kept(&head, &body);
        if let Err(error) = idempotency::finish(&http.engine, &claim, kept.as_ref()).await {
            tracing::error!(%error, "the answer to a request with an Idempotency-Key cannot be kept");
        }
        Response::from_parts(head, Body::from(body))
    };
    let served = tasks.spawn(carried(work.in_current_span())).await;
    served.unwrap_or_else(|error| match error.try_into_panic() {
        Ok(panic) => resume_unwind(panic),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    })
}

/// An answer for repetitions; `None` if they may be answered otherwise: it was our fault or too much, or the right was missing.
fn kept(head: &response::Parts, body: &Bytes) -> Option<Answer> {
    let status = head.status.as_u16();
    if matches!(status, 401 | 403 | 429 | 500..) {
        return None;
    }
    let headers = KEPT.into_iter().filter_map(|name| {
        let value = head.headers.get(&name)?.to_str().ok()?;
        Some((name.to_string(), value.to_owned()))
    });
    Some(Answer {
        status,
        headers: headers.collect(),
        body: String::from_utf8(body.to_vec()).ok()?,
    })
}

fn again(answer: Answer) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            headers.insert(name, value);
        }
    }
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_after_an_effect_still_says_when_to_come_back() {
        let refused = (StatusCode::CONFLICT, [(header::RETRY_AFTER, "1")], "later").into_response();
        let (head, _) = refused.into_parts();
        let given = again(kept(&head, &Bytes::from_static(b"later")).unwrap());
        assert_eq!(given.status(), StatusCode::CONFLICT);
        assert_eq!(given.headers()[header::RETRY_AFTER], "1");
        assert_eq!(given.headers()[REPLAYED], "true");
    }
}
