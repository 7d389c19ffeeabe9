//! `/api/v1/events`: what happens, as a stream of server-sent events or page by page.
//!
//! | file | what it does |
//! |---|---|
//! | `types` | the types of events, and their place in the document |
//! | `data` | what is in them |
//! | `fill` | makes events of what the engine tells |
//! | `stream` | tells them as they come |
//! | `together` | reads once what all streams tell |
//! | `words` | words them for webhooks |

pub mod together;
pub mod types;
pub mod words;

mod data;
mod fill;
mod stream;

use super::{
    Reader, bearer,
    list::{Asked, parsed_limit},
    problem::Problem,
};
use crate::http::state::Http;
use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use domain::{page::PAGE_DEFAULT, refusal::Refusal};
use engine::events::feed::{self, Feed, Place};
use serde::{Deserialize, Serialize};
use types::Event;
use utoipa::ToSchema;

/// Which events.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Since {
    /// The id of an event, or `next_cursor`: what happened after it. If missing: what happens from now on.
    #[param(value_type = String, required = false, pattern = "^[0-9]+(-[0-9]+)?$")]
    after: Option<String>,
    /// Maximum number of items of a page; 50 if missing.
    #[param(value_type = u32, required = false, minimum = 1, maximum = 200)]
    limit: Option<String>,
}

/// A page of events, in their order.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EventPage)]
struct Told {
    items: Vec<Event>,
    /// Pass it back as `after`, also when there are no items. While it changes, ask again at once: a page may be short, or empty,
    /// although more has happened.
    next_cursor: String,
}

/// Tells what happens, in order.
///
/// With `Accept: text/event-stream` as server-sent events: `data` is an event, `id` its id, and a stream that broke off
/// goes on with `Last-Event-ID`. Besides them, the stream begins with an event named `hello` and sends one named `ping`
/// every few seconds while nothing else is told: their `id`, too, is a place to go on from. Otherwise a page of what happened after `after`, for
/// scripts that ask now and then. An event may be told twice, with the same `id`; what was erased meanwhile is left out.
/// Events are kept for a day. After a longer absence the answer is 410, and the way on is: ask for a page without
/// `after`, which gives a place; read the lists; go on after that place.
#[utoipa::path(
    get,
    path = "/api/v1/events",
    tag = "Events",
    params(Since, ("Last-Event-ID" = Option<String>, Header, nullable = false, description = "The id of the last event that is known; it goes before `after`.")),
    responses(
        (status = 200, description = "What happened.", content((Told = "application/json"), (Event = "text/event-stream"))),
        (status = 410, description = "Events since then are not kept any more; the type is `urn:switchboard:events_gone`.", content_type = "application/problem+json", body = Problem)
    ),
    security(("token" = ["read"]))
)]
pub async fn follow(
    Reader(actor): Reader,
    State(http): State<Http>,
    Asked(asked): Asked<Since>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let known = headers.get("last-event-id").map(HeaderValue::to_str).transpose();
    // To begin from now on would leave out what the script has not heard.
    let known = known.map_err(|_| Refusal::BadCursor)?;
    let known = known.filter(|id| !id.is_empty()).or(asked.after.as_deref());
    let after = match known {
        Some(place) => place.parse::<Place>().map_err(|_| Refusal::BadCursor)?,
        None => Place::after(http.engine.events().last()),
    };
    let limit = asked.limit.as_deref().map(parsed_limit).transpose()?;
    if wants_stream(&headers) {
        let token = bearer(&headers).unwrap_or_default().to_owned();
        return stream::open(&http, actor, token, after).await;
    }
    let limit = limit.unwrap_or(PAGE_DEFAULT) as usize;
    match feed::read(&http.engine, &actor, after, limit).await? {
        Feed::Kept { happenings, upto } => {
            let items = fill::events(&http.engine, &actor, happenings).await?;
            let next_cursor = upto.to_string();
            Ok(axum::Json(Told { items, next_cursor }).into_response())
        }
        Feed::Gone { newest } => Err(Problem::events_gone(newest)),
    }
}

fn wants_stream(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter();
    let mut accepted = accepted.filter_map(|value| value.to_str().ok());
    accepted.any(|value| value.to_ascii_lowercase().contains("text/event-stream"))
}
